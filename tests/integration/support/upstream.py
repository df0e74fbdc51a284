"""A stub upstream: an HTTP/1.1 keep-alive server that answers late, wrongly or not at all."""

import asyncio
import threading
import urllib.parse


class StubUpstream:
    """Answers each request with what `answer(request)` returns or awaits.

    answer gets a dict with method, target, path, query, headers, body, connection (its number) and
    returns bytes: the whole HTTP answer (see reply()), last(bytes) to close the connection after it,
    or None to close it at once. It may be a coroutine function. `connections` counts accepted
    connections, `requests` holds every request. tls: an ssl.SSLContext to speak https.
    """

    def __init__(self, answer, tls=None):
        self.answer = answer
        self.tls = tls
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

    class last(bytes):
        """An answer after which the connection closes."""

    def _run(self):
        asyncio.set_event_loop(self._loop)
        self._server = self._loop.run_until_complete(
            asyncio.start_server(self._serve, "127.0.0.1", 0, ssl=self.tls))
        self.port = self._server.sockets[0].getsockname()[1]
        self._ready.set()
        self._loop.run_forever()
        self._loop.close()

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
                if isinstance(answer, self.last):
                    return
        except (asyncio.IncompleteReadError, asyncio.CancelledError, OSError):
            pass
        finally:
            self.open_connections -= 1
            writer.close()

    @property
    def url(self):
        return f"{'https' if self.tls else 'http'}://127.0.0.1:{self.port}"

    def __enter__(self):
        self._thread.start()
        self._ready.wait(10)
        return self

    def __exit__(self, kind, value, trace):
        async def end():
            self._server.close()
            others = asyncio.all_tasks() - {asyncio.current_task()}
            for task in others:
                task.cancel()
            await asyncio.gather(*others, return_exceptions=True)
            self._loop.call_soon(self._loop.stop)
        asyncio.run_coroutine_threadsafe(end(), self._loop)
        self._thread.join(10)
