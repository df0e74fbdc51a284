"""A stub upstream: an HTTP/1.1 keep-alive server that answers late, wrongly or not at all."""

import asyncio
import threading
import urllib.parse


class StubUpstream:
    """Answers each request with what `answer(request)` returns or awaits.

    answer gets a dict with method, target, path, query, headers, body, connection (its number) and
    returns bytes: the whole HTTP answer (see reply()), or None to close the connection. It may be a
    coroutine function. `connections` counts accepted connections, `requests` holds every request.
    """

    def __init__(self, answer):
        self.answer = answer
        self.connections = 0
        self.open_connections = 0
        self.requests = []
        self._loop = asyncio.new_event_loop()
        self._ready = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)

    @staticmethod
    def reply(body, status="200 OK", headers=(), content_type="application/json"):
        body = body.encode() if isinstance(body, str) else body
        lines = [f"HTTP/1.1 {status}", f"Content-Type: {content_type}",
                 f"Content-Length: {len(body)}", *[f"{n}: {v}" for n, v in headers]]
        return "\r\n".join(lines).encode() + b"\r\n\r\n" + body

    def _run(self):
        asyncio.set_event_loop(self._loop)
        self._server = self._loop.run_until_complete(
            asyncio.start_server(self._serve, "127.0.0.1", 0))
        self.port = self._server.sockets[0].getsockname()[1]
        self._ready.set()
        self._loop.run_forever()

    async def _serve(self, reader, writer):
        self.connections += 1
        self.open_connections += 1
        number = self.connections
        try:
            while True:
                head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
                first, *rest = head.rstrip("\r\n").split("\r\n")
                method, target, _ = first.split(" ")
                headers = {n.lower(): v.strip() for n, v in (line.split(":", 1) for line in rest)}
                body = await reader.readexactly(int(headers.get("content-length", "0")))
                url = urllib.parse.urlsplit(target)
                request = {"method": method, "target": target, "path": url.path,
                           "query": dict(urllib.parse.parse_qsl(url.query)), "headers": headers,
                           "body": body, "connection": number}
                self.requests.append(request)
                answer = self.answer(request)
                if asyncio.iscoroutine(answer):
                    answer = await answer
                if answer is None:
                    return
                writer.write(answer)
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            self.open_connections -= 1
            writer.close()

    @property
    def url(self):
        return f"http://127.0.0.1:{self.port}"

    def __enter__(self):
        self._thread.start()
        self._ready.wait(10)
        return self

    def __exit__(self, kind, value, trace):
        async def end():
            self._server.close()
            for task in asyncio.all_tasks():
                if task is not asyncio.current_task():
                    task.cancel()
            self._loop.stop()
        asyncio.run_coroutine_threadsafe(end(), self._loop)
        self._thread.join(10)
