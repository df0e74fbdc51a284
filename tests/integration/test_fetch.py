"""fetch in a plugin that is not ip-info: the tutorial's three requests, and the client alone."""

import asyncio
import json
import os
import ssl
import tempfile
import threading
import time
import unittest

from support import Server, StubUpstream, vhost
from support.certificate import make_certificate
from support.h2_upstream import H2Upstream
from support.ip_info import fetch, fetch_json, open_files

TEST_PLUGINS = os.environ["LWSHOST_TEST_PLUGIN_DIR"]
(OK, TIMEOUT, CONNECT_FAILED, TLS_FAILED, DNS_FAILED, CLOSED, TOO_LARGE, QUEUE_FULL, NO_ORIGIN,
 BAD_REQUEST) = range(10)


def serve(upstream, **options):
    options = {"upstream": upstream.url if isinstance(upstream, StubUpstream) else upstream,
               **{name.replace("_", "-"): str(value) for name, value in options.items()}}
    return Server([vhost(mounts=[{"mountpoint": "/t", "origin": "callback://fetch-test"}],
                         ws_protocols=[{"fetch-test": options}])],
                  arguments=["--plugin-dir", TEST_PLUGINS])


def relay(server, method, path="/", headers=None, body=None):
    told = {"method": method, "path": path, "headers": headers or {}}
    if body is not None:
        told["body"] = body
    return fetch_json(server.port, "/t/relay", method="POST", body=json.dumps(told))[2]


class Tutorial(unittest.TestCase):
    """/req_a waits for something slow; /req_b and /req_c do not wait with it."""

    def test_a_slow_request_leaves_the_others_free(self):
        release = threading.Event()

        async def answer(request):
            while request["path"] == "/slow" and not release.is_set():
                await asyncio.sleep(0.01)
            return StubUpstream.reply(request["path"][1:])
        with StubUpstream(answer) as upstream, serve(upstream) as server:
            slow = []
            thread = threading.Thread(
                target=lambda: slow.append(fetch(server.port, "/t/req_a", timeout=60)))
            thread.start()
            server.wait_until(lambda: upstream.requests, "req_a to be under way")
            worst = 0
            for _ in range(30):
                for path, body in (("/t/req_b", b"b\n"), ("/t/req_c", b"c: left and right, then more\n")):
                    begin = time.monotonic()
                    self.assertEqual(fetch(server.port, path)[::2], (200, body))
                    worst = max(worst, time.monotonic() - begin)
            self.assertEqual(slow, [], "it could not be answered yet")
            print(f"\nbeside a request that waits: worst other {worst * 1000:.1f} ms")
            self.assertLess(worst, 1)
            release.set()
            thread.join()
            self.assertEqual(slow[0][::2], (200, b"a: 200 OK, slow\n"))

    def test_req_c_asks_two_at_once(self):
        together = []

        async def answer(request):
            if request["path"] in ("/left", "/right"):
                together.append(request["path"])
                while len(together) < 2:  # one after the other would never end
                    await asyncio.sleep(0.005)
            return StubUpstream.reply(request["path"][1:])
        with StubUpstream(answer) as upstream, serve(upstream) as server:
            self.assertEqual(fetch(server.port, "/t/req_c")[::2],
                             (200, b"c: left and right, then more\n"))
            self.assertEqual([r["path"] for r in upstream.requests][2:], ["/more"])

    def test_requesters_that_leave(self):
        async def answer(request):
            await asyncio.sleep(0.2)
            return StubUpstream.reply("late")
        with StubUpstream(answer) as upstream, serve(upstream) as server:
            before = open_files(server)
            for path in ("req_a", "req_c") * 4:
                with self.assertRaises(TimeoutError):
                    fetch(server.port, "/t/" + path, timeout=0.05)
            self.assertEqual(fetch(server.port, "/t/req_b")[0], 200)
            server.wait_until(lambda: open_files(server) <= before + upstream.open_connections,
                              "connections to be closed")

    def test_requests_under_way_when_the_server_stops(self):
        async def answer(request):
            await asyncio.sleep(60)
        with StubUpstream(answer) as upstream, serve(upstream) as server:
            threads = [threading.Thread(target=self.ask_until_the_end, args=(server.port, path))
                       for path in ("/t/req_a", "/t/req_c")]
            for thread in threads:
                thread.start()
            server.wait_until(lambda: len(upstream.requests) == 3, "all to be under way")
            self.assertEqual(server.stop(), 0)
            for thread in threads:
                thread.join()

    @staticmethod
    def ask_until_the_end(port, path):
        try:
            fetch(port, path)
        except OSError:
            pass


def mirror(request):
    """What was asked, in the answer."""
    if request["path"] == "/teapot":
        return StubUpstream.reply("short", status="418 I'm a teapot, " + "very " * 30)
    if request["path"] == "/nameless":
        return b"HTTP/1.1 599 \r\nContent-Length: 0\r\n\r\n"
    headers = {n: v for n, v in request["headers"].items() if n != "host"}
    answer = StubUpstream.reply(f"{request['method']} {request['target']} "
                                f"{json.dumps(headers, sort_keys=True)} {len(request['body'])}")
    return answer.split(b"\r\n\r\n")[0] + b"\r\n\r\n" if request["method"] == "HEAD" else answer


class Client(unittest.TestCase):
    """method, url, headers, body to error, code, reason, body."""

    @classmethod
    def setUpClass(cls):
        cls.upstream = StubUpstream(mirror).__enter__()
        cls.addClassCleanup(cls.upstream.__exit__, None, None, None)
        cls.server = serve(cls.upstream).__enter__()
        cls.addClassCleanup(cls.server.__exit__, None, None, None)

    def test_methods_headers_and_bodies(self):
        for method, body, headers, said in (
                ("GET", None, {}, "{}"), ("GET", None, {"Accept": "a/b", "X-Y": "\u00e9 \t1"}, None),
                ("POST", "hello", {"Content-Type": "text/plain"},
                 '{"content-length": "5", "content-type": "text/plain"}'),
                ("POST", None, {}, '{"content-length": "0"}'),
                ("PUT", "", {}, '{"content-length": "0"}'), ("PATCH", "x", {}, '{"content-length": "1"}'),
                ("DELETE", None, {}, "{}"), ("DELETE", "why", {}, '{"content-length": "3"}'),
                ("OPTIONS", None, {}, "{}"), ("PURGE", None, {}, "{}")):
            with self.subTest(method=method, body=body):
                answer = relay(self.server, method, "/p?q=1", headers, body)
                self.assertEqual((answer["error"], answer["code"], answer["reason"]), (OK, 200, "OK"))
                if said:
                    self.assertEqual(answer["body"], f"{method} /p?q=1 {said} {len(body or '')}")
                else:
                    self.assertIn('"accept": "a/b"', answer["body"])

    def test_head_has_a_length_and_no_body_and_keeps_the_connection(self):
        connections = self.upstream.connections
        for _ in range(3):
            answer = relay(self.server, "HEAD")
            self.assertEqual((answer["error"], answer["code"], answer["bytes"]), (OK, 200, 0))
            self.assertIn("GET / ", relay(self.server, "GET")["body"])
        self.assertLessEqual(self.upstream.connections, connections + 1)

    def test_the_reason_is_what_was_said_cut_at_63_bytes(self):
        answer = relay(self.server, "GET", "/teapot")
        self.assertEqual((answer["error"], answer["code"], answer["body"]), (OK, 418, "short"))
        self.assertEqual(answer["reason"], ("I'm a teapot, " + "very " * 30)[:63])
        self.assertEqual(relay(self.server, "GET", "/nameless"),
                         {"error": OK, "code": 599, "reason": "", "body": "", "bytes": 0})

    def test_a_body_of_a_megabyte(self):
        answer = relay(self.server, "POST", body="x" * 1000000)
        self.assertEqual(answer["body"], 'POST / {"content-length": "1000000"} 1000000')
        self.assertIn("GET / ", relay(self.server, "GET")["body"])

    def test_what_can_not_be_sent_is_refused_at_once(self):
        asked = len(self.upstream.requests)
        for method, headers in (("CONNECT", {}), ("", {}), ("GE T", {}), ("GET\r\nX:", {}),
                                ("GET", {"Host": "other"}), ("GET", {"content-length": "5"}),
                                ("GET", {"Transfer-Encoding": "chunked"}), ("GET", {"": "x"}),
                                ("GET", {"Connection": "close"}), ("GET", {"Expect": "100-continue"}),
                                ("GET", {"A b": "x"}), ("GET", {"A": "x\r\nB: y"}),
                                ("GET", {"A": "x\ny"}), ("GET", {"A": "\x7f"})):
            with self.subTest(method=method, headers=headers):
                self.assertEqual(relay(self.server, method, "/", headers), {"refused": BAD_REQUEST})
        for url in ("http://127.0.0.1:1/", "https://" + self.upstream.url[7:], "ftp://x/", "/a b",
                    "/\u00e9"):
            with self.subTest(url=url):
                self.assertEqual(relay(self.server, "GET", url), {"refused": NO_ORIGIN})
        self.assertEqual(len(self.upstream.requests), asked)


class Connections(unittest.TestCase):
    def once(self, request):
        """Each connection answers once; the next request finds it closed."""
        first = request["connection"] not in self.served
        self.served.add(request["connection"])
        return StubUpstream.reply("ok") if first else None

    def setUp(self):
        self.served = set()

    def test_only_what_may_be_repeated_is_sent_again(self):
        for method, times, error in (("GET", 2, OK), ("HEAD", 2, OK), ("PUT", 2, OK),
                                     ("DELETE", 2, OK), ("POST", 1, CLOSED), ("PATCH", 1, CLOSED)):
            def answer(request):
                reply = self.once(request)
                return reply and (reply.replace(b"\r\n\r\nok", b"\r\n\r\n")
                                  if request["method"] == "HEAD" else reply)
            self.served.clear()
            with self.subTest(method=method), StubUpstream(answer) as upstream, \
                    serve(upstream) as server:
                self.assertEqual(relay(server, "GET")["error"], OK)
                self.assertEqual(relay(server, method, body="x" if method[0] == "P" else None)["error"],
                                 error)
                self.assertEqual([r["method"] for r in upstream.requests], ["GET"] + [method] * times)

    def test_an_answer_before_the_request_is_whole(self):
        """What is left of the request must not be taken for the next one's beginning."""
        connections = []

        async def early(reader, writer):
            connections.append(writer)
            head = await reader.readuntil(b"\r\n\r\n")
            if len(connections) == 1:
                writer.write(StubUpstream.reply("too much", status="413 Content Too Large"))
            else:
                writer.write(StubUpstream.reply(head.split(b" ")[0]))
            await writer.drain()
            writer.close()  # with most of the body unread

        loop = asyncio.new_event_loop()
        stub = loop.run_until_complete(asyncio.start_server(early, "127.0.0.1", 0, limit=1024))
        thread = threading.Thread(target=loop.run_forever, daemon=True)
        thread.start()
        try:
            with serve(f"http://127.0.0.1:{stub.sockets[0].getsockname()[1]}") as server:
                answer = relay(server, "POST", body="GET / HTTP/1.1\r\n\r\n" * 100000)
                # The system may throw the answer away with the connection.
                self.assertIn((answer["error"], answer["reason"]),
                              ((OK, "Content Too Large"), (CLOSED, "")))
                self.assertEqual(relay(server, "GET")["body"], "GET")
                self.assertEqual(len(connections), 2)
        finally:
            loop.call_soon_threadsafe(loop.stop)
            thread.join()

    def test_over_tls(self):
        with tempfile.TemporaryDirectory() as folder:
            good = make_certificate(folder)
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(*good)
            with StubUpstream(mirror, tls=context) as upstream, \
                    serve(upstream.url.replace("127.0.0.1", "localhost"), tls_ca=good[0]) as server:
                self.assertIn("POST / ", relay(server, "POST", body="x" * 1000000)["body"])
                self.assertEqual(relay(server, "HEAD")["code"], 200)
                self.assertEqual(relay(server, "GET", "/teapot")["code"], 418)
                self.assertEqual(upstream.connections, 1)

    def test_over_http_2(self):
        """Each method and body as over HTTP/1.1, on one connection; there are no reason phrases."""
        with tempfile.TemporaryDirectory() as folder:
            good = make_certificate(folder)
            with H2Upstream(good, rules={"all": {"do": "mirror"}}) as upstream, \
                    serve(upstream.url, tls_ca=good[0], h2=1) as server:
                for method, body, said in (("GET", None, {"x-y": "Z"}), ("DELETE", None, {"x-y": "Z"}),
                                           ("POST", "hello", {"x-y": "Z", "content-length": "5"}),
                                           ("POST", None, {"x-y": "Z", "content-length": "0"}),
                                           ("PUT", "x" * 1000000,
                                            {"x-y": "Z", "content-length": "1000000"})):
                    answer = relay(server, method, "/p?q=1", {"X-Y": "Z"}, body)
                    self.assertEqual((answer["error"], answer["code"], answer["reason"]), (OK, 200, ""))
                    self.assertEqual(json.loads(answer["body"]),
                                     {"method": method, "path": "/p?q=1", "said": said,
                                      "length": len(body or "")})
                answer = relay(server, "HEAD")
                self.assertEqual((answer["error"], answer["code"], answer["bytes"]), (OK, 200, 0))
                self.assertEqual(fetch(server.port, "/t/req_c")[0], 200)
                self.assertEqual(upstream.sessions, 1)

    def test_what_was_not_begun_with_is_sent_again_whatever_its_method(self):
        for rule, error, times in (({"do": "reset", "code": 7, "times": 1}, OK, 2),
                                   ({"do": "reset", "code": 7}, CLOSED, 2),
                                   ({"do": "reset", "code": 2, "times": 1}, CLOSED, 1)):
            with self.subTest(rule=rule), H2Upstream(rules={"all": rule}) as upstream, \
                    serve(upstream.url, h2=1) as server:
                self.assertEqual(relay(server, "POST", body="x")["error"], error)
                self.assertEqual(len(upstream.told("stream")), times)

    def test_errors_have_their_number(self):
        answers = {"/closed": lambda: None, "/large": lambda: StubUpstream.reply("x" * 65537),
                   "/junk": lambda: b"SSH-2.0-x\r\n"}
        with StubUpstream(lambda r: answers[r["path"]]()) as upstream, serve(upstream) as server:
            for path, error in (("/closed", CLOSED), ("/large", TOO_LARGE), ("/junk", CLOSED)):
                self.assertEqual(relay(server, "GET", path)["error"], error, path)
        with serve("http://127.0.0.1:1") as server:
            self.assertEqual(relay(server, "GET")["error"], CONNECT_FAILED)

    def test_who_waits_in_line_is_bounded(self):
        async def answer(request):
            await asyncio.sleep(0.5)
            return StubUpstream.reply("x")
        with StubUpstream(answer) as upstream, serve(upstream, lanes=1, max_queue=0) as server:
            # Two at once, and one lane: the second has an error, not a hanging request.
            self.assertEqual(fetch(server.port, "/t/req_c")[0], 502)


if __name__ == "__main__":
    unittest.main()
