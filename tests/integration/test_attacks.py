"""What people try who mean harm: docs/security.md says what protects, these show that it does."""

import http.client
import json
import select
import socket
import threading
import time
import unittest

from support import StubUpstream
from support.chat import ChatServer, chat_conf
from support.ip_info import asking, fetch, fetch_json, sina, site
from support.server import SOURCE, Server
from support.ws import WsClient, WsClosed, WsRefused

HEADERS_S = 10  # lws waits as long for a whole request head
BODY_S = 20  # HTTP_BODY_MAX_MS
SLACK_S = 15  # busy machines, sanitizers
KEY = "open sesame"
JSON_HEAD = "Host: a\r\nContent-Type: application/json\r\nContent-Length: 900\r\n"


def everything(upstream):
    """One vhost with files, a chat with its HTTP side, and lookups."""
    conf = site(asking(upstream, rate=0))
    conf["ws-protocols"] += chat_conf(admin_key=KEY)[0]["ws-protocols"]
    conf["mounts"] += [{"mountpoint": "/api", "origin": "callback://chat-room"},
                       {"mountpoint": "/", "origin": f"file://{SOURCE}/mount",
                        "default": "index.html"}]
    return [conf]


class Slow(threading.Thread):
    """A client that sends the beginning of something, and then one piece after the other, or nothing."""

    def __init__(self, port, begin, piece=b""):
        super().__init__()
        self.socket = socket.create_connection(("127.0.0.1", port))
        self.begin, self.piece = begin.encode(), piece
        self.answer, self.seconds = b"", None
        self.start()

    def run(self):
        begun = time.monotonic()
        with self.socket:
            self.socket.sendall(self.begin)
            while time.monotonic() - begun < BODY_S + SLACK_S:
                try:
                    if select.select([self.socket], [], [], 0.25)[0]:
                        data = self.socket.recv(65536)
                        if not data:
                            break
                        self.answer += data
                    elif not self.answer:
                        self.socket.sendall(self.piece)
                except OSError:
                    break
            else:
                return
        self.seconds = time.monotonic() - begun


class Patience(unittest.TestCase):
    def test_who_is_slow_on_purpose_is_given_up_in_each_phase(self):
        with StubUpstream(sina) as upstream, Server(everything(upstream)) as server:
            heads = {name: Slow(server.port, begin, piece) for name, begin, piece in (
                ("nothing", "", b""),
                ("a line that stops", "GET /", b""),
                ("a line that goes on", "GET /", b"a"),
                ("headers that stop", "GET / HTTP/1.1\r\nHost: a\r\n", b""),
                ("headers that go on", "GET / HTTP/1.1\r\nHost: a\r\n", b"X-A: b\r\n"),
                ("an upgrade", "GET /chat HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\n", b"X: y\r\n"))}
            bodies = {name: Slow(server.port, begin, b" ") for name, begin in (
                ("ip-info", f"POST /ip-info HTTP/1.1\r\n{JSON_HEAD}\r\n["),
                ("chat-room", "POST /api/rooms/lobby/announcements HTTP/1.1\r\n"
                              f"Authorization: Bearer {KEY}\r\n{JSON_HEAD}\r\n{{"))}
            status, _, _ = fetch(server.port, "/")
            self.assertEqual(status, 200)
            self.assertTrue(fetch_json(server.port, "/ip-info?ip=14.130.112.24")[2]["complete"])
            for name, client in heads.items():
                with self.subTest(name):
                    client.join()
                    self.assertIsNotNone(client.seconds, "it is still there")
                    self.assertLess(client.seconds, HEADERS_S + SLACK_S)
            for name, client in bodies.items():
                with self.subTest(name):
                    client.join()
                    self.assertIsNotNone(client.seconds, "it is still there")
                    self.assertRegex(client.answer, rb"^HTTP/1.1 408 ")
                    self.assertIn(b"\r\n\r\n{", client.answer)


class Floods(unittest.TestCase):
    def ask(self, port, head):
        """All that comes back for a head that may be cut off while it is sent."""
        with socket.create_connection(("127.0.0.1", port), 20) as client:
            answer = b""
            try:
                client.sendall(head)
                while data := client.recv(65536):
                    answer += data
            except OSError:
                pass
            return answer

    def test_heads_without_end_end_their_connection_only(self):
        with StubUpstream(sina) as upstream, Server(everything(upstream)) as server:
            stay = WsClient(server.port, protocols=["chat-room"])
            stay.receive_json("welcome")
            for head in (b"GET / HTTP/1.1\r\nHost: a\r\nX-A: " + b"b" * 1000000,
                         b"GET / HTTP/1.1\r\nHost: a\r\n"
                         + b"".join(b"X-%d: b\r\n" % n for n in range(50000)),
                         b"GET /" + b"a" * 1000000 + b" HTTP/1.1\r\nHost: a\r\n\r\n",
                         b"GET / HTTP/1.1\r\nHost: a\r\nCookie: " + b"c" * 100000 + b"\r\n\r\n"):
                self.assertNotRegex(self.ask(server.port, head), rb"^HTTP/1.1 200")
            stay.send_json(type="join", room="lobby")
            self.assertEqual(stay.receive_json("joined")["room"], "lobby")
            self.assertEqual(fetch(server.port, "/")[0], 200)
            stay.abort()

    def test_upgrades_that_are_refused_leave_nothing_behind(self):
        with ChatServer(chat_conf(origins="https://a.example")) as server:
            for n in range(500):
                with self.assertRaises(WsRefused) as refused:
                    WsClient(server.port, protocols=["chat-room"],
                             headers=[("Origin", "https://evil.example")])
                self.assertEqual(refused.exception.status, 403, n)
            client = server.connect(protocols=["chat-room"], headers=[("Origin", "https://a.example")])
            client.send_json(type="join", room="lobby")
            self.assertEqual(client.receive_json("joined")["room"], "lobby")

    def test_nothing_is_unpacked(self):
        """A bomb needs permessage-deflate: it is not agreed to, and what claims to be packed is 1002."""
        with ChatServer(chat_conf()) as server:
            client = server.connect(protocols=["chat-room"], headers=[
                ("Sec-WebSocket-Extensions", "permessage-deflate; client_max_window_bits")])
            self.assertNotIn("sec-websocket-extensions", client.fields)
            client.receive_json("welcome")
            client.send_frame(1, bytes.fromhex("c1010000ffff") * 100, rsv=4)
            with self.assertRaises(WsClosed) as closed:
                client.receive_json("error")
            self.assertIn(closed.exception.code, (1002, None))


class Questions(unittest.TestCase):
    def test_nothing_inside_can_be_reached_through_a_lookup(self):
        """ip= is an address in its one canonical form, never a name, and special ones are never asked about."""
        with StubUpstream(sina) as upstream, Server(everything(upstream)) as server:
            for ip in ("127.0.0.1", "10.0.0.1", "169.254.169.254", "::1", "[::1]", "::ffff:127.0.0.1",
                       "64:ff9b::7f00:1", "fd00::1", "fe80::1%25lo", "0.0.0.0", "localhost",
                       "metadata.internal", "127.1", "0x7f000001", "2130706433", "0177.0.0.1",
                       "http://127.0.0.1/", "127.0.0.1:80", "1.2.3.4@127.0.0.1", "1.2.3.4/../x",
                       "1.2.3.4%23", "%EF%BC%91.2.3.4"):
                status, _, body = fetch(server.port, f"/ip-info?ip={ip}")
                self.assertLess(status, 500, (ip, body))
                self.assertNotIn(b"\xe5\x8c\x97\xe4\xba\xac", body, ip)  # what the provider says
            with self.assertRaises(http.client.RemoteDisconnected):  # libwebsockets takes no NUL
                fetch(server.port, "/ip-info?ip=1.2.3.4%00")
            self.assertEqual(upstream.requests, [])

    def test_no_header_or_request_can_be_slipped_to_a_provider(self):
        end = "%0d%0aX-Evil:%20yes%0d%0a%0d%0aGET%20/evil%20HTTP/1.1%0d%0a"
        with StubUpstream(sina) as upstream, Server(everything(upstream)) as server:
            for query in (f"ip=14.130.112.24{end}", f"ip=14.130.112.24&lang=en{end}",
                          f"ip=14.130.112.24&provider=sina{end}", f"ip=14.130.112.24&fields=city{end}",
                          f"x{end}=14.130.112.24", f"ip=14.130.112.24&format=json{end}"):
                status, headers, _ = fetch(server.port, "/ip-info?" + query)
                self.assertLess(status, 500, query)
                self.assertNotIn("x-evil", headers)
            self.assertTrue(fetch_json(server.port, "/ip-info?ip=15.130.112.24")[2]["complete"])
            seen = json.dumps([[r["target"], r["headers"]] for r in upstream.requests]).lower()
            self.assertIn("15.130.112.24", seen)
            self.assertNotIn("evil", seen)


if __name__ == "__main__":
    unittest.main()
