"""The chat on streams of HTTP/2, as browsers open them when the page came that way (RFC 8441)."""

import json
import os
import shutil
import subprocess
import tempfile
import threading
import unittest

from support import Server, WsClosed, vhost
from test_chat_json import Chat
from support.certificate import make_certificate
from support.chat import parts

NODE = shutil.which("node")
CLIENT = os.path.join(os.path.dirname(__file__), "support", "ws_over_http2.mjs")


class Stream:
    """One WebSocket on an HTTP/2 connection of its own, through Node's client."""

    def __init__(self, port, path="/chat", protocol="chat-room"):
        self.process = subprocess.Popen([NODE, CLIENT, str(port), path, protocol], text=True,
                                        stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        self.clock = threading.Timer(60, self.process.kill)
        self.clock.start()
        self.pieces = []  # of the last message
        self.head = self._next()

    def _next(self):
        line = self.process.stdout.readline()
        if not line:
            raise WsClosed(None)
        return json.loads(line)

    def command(self, **what):
        self.process.stdin.write(json.dumps(what) + "\n")
        self.process.stdin.flush()

    def send_json(self, **members):
        self.command(send=json.dumps(members))

    def receive(self):
        """The next whole message; its fragments are in `pieces`."""
        self.pieces = []
        while True:
            frame = self._next()
            if "code" in frame:
                raise WsClosed(frame["code"])
            if "opcode" not in frame:
                raise WsClosed(None, str(frame))
            if frame["opcode"] in (9, 10):
                continue
            assert (frame["opcode"] == 0) == bool(self.pieces), frame["opcode"]
            self.pieces.append(bytes.fromhex(frame["hex"]))
            if frame["fin"]:
                return b"".join(self.pieces).decode("utf-8")

    def receive_json(self, kind=None):
        while True:
            message = json.loads(self.receive())
            if kind is None or message["type"] == kind:
                return message

    def join(self, **members):
        self.send_json(type="join", **members)
        return self.receive_json("joined")

    def abort(self):
        self.clock.cancel()
        self.process.kill()
        self.process.wait()
        self.process.stdin.close()
        self.process.stdout.close()


class Http2Server(Server):
    """A server with TLS whose clients hang up before it is stopped."""

    def __init__(self, cert, key, **options):
        options = {name.replace("_", "-"): str(value) for name, value in options.items()}
        super().__init__([vhost(host_ssl_cert=cert, host_ssl_key=key, alpn="h2,http/1.1",
                                ws_protocols=[{"chat-room": options},
                                              {"chat-room-text": {"default": "1"}}])])
        self.clients = []

    def connect(self, *arguments):
        self.clients.append(Stream(self.port, *arguments))
        return self.clients[-1]

    def __exit__(self, *exception):
        for client in self.clients:
            client.abort()
        super().__exit__(*exception)


@unittest.skipUnless(NODE and shutil.which("openssl"), "node and openssl are needed")
class Streams(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory()
        cls.cert, cls.key = make_certificate(cls.folder.name)

    @classmethod
    def tearDownClass(cls):
        cls.folder.cleanup()

    def serve(self, **options):
        return Http2Server(self.cert, self.key, **options)

    def test_a_conversation_across_http_versions(self):
        with self.serve() as server:
            two = server.connect()
            self.assertEqual((two.head["status"], two.head["subprotocol"]), (200, "chat-room"))
            two.join(id=1, nick="two")
            one = Chat(server, tls=True)
            one.join(id=1, nick="one")
            self.assertEqual(two.receive_json("join")["nick"], "one")
            two.send_json(type="message", id=2, room="lobby", cid="a", text="你好")
            self.assertEqual(one.receive_json("message")["text"], "你好")
            self.assertEqual(two.receive_json("ok")["offset"], 1)
            one.say("hello", "b")
            while (message := two.receive_json("message"))["offset"] != 2:
                pass
            self.assertEqual(message["from"]["nick"], "one")
            two.command(close=1000)
            with self.assertRaises(WsClosed) as closed:
                two.receive()
            self.assertEqual(closed.exception.code, 1000)
            self.assertEqual(one.receive_json("leave")["reason"], "left")

    def test_frames_above_what_http2_takes_come_in_fragments(self):
        with self.serve(rate=0) as server:
            two = server.connect()
            two.join(id=1, nick="two")
            texts = [f"{n} " + "界" * 1300 for n in range(30)]
            for n, text in enumerate(texts):
                two.send_json(type="message", id=n, room="lobby", cid=str(n), text=text)
            for text in texts:
                self.assertEqual(two.receive_json("message")["text"], text)
            for _ in range(5):
                two.send_json(type="history", id=1, room="lobby", limit=100)
                page = two.receive_json("history")
                self.assertGreater(sum(map(len, two.pieces)), 32000)
                self.assertLess(max(map(len, two.pieces)), 16384 - 10)
                self.assertEqual([m["text"] for m in page["messages"]],
                                 texts[-len(page["messages"]):])

    def test_everybody_gets_everything_once_in_order(self):
        with self.serve(rate=0) as server:
            streams = [server.connect("/chat?nick=s", "chat-room-text") for _ in range(3)]
            for stream in streams:
                stream.receive()
            for n in range(300):
                streams[n % 3].command(send=f"{n % 3} {n} " + "x" * 500)
            orders = []
            for stream in streams:
                order = []
                while len(order) < 300:
                    what = parts(stream.receive())[1]
                    order += [what] if what.startswith("说：") else []
                orders.append(order)
            self.assertEqual(len(set(orders[0])), 300)
            self.assertEqual(orders[0], orders[1])
            self.assertEqual(orders[0], orders[2])

    def test_closes_of_the_server_have_their_codes(self):
        with self.serve(join_timeout=1, max_frame_bytes=1024, max_message_bytes=64) as server:
            late, big = server.connect(), server.connect()
            big.join(id=1)
            big.command(send="x" * 2000)
            for stream, code in ((late, 4506), (big, 1009)):
                with self.assertRaises(WsClosed) as closed:
                    while True:
                        stream.receive()
                self.assertEqual(closed.exception.code, code)

    def test_who_is_gone_leaves(self):
        with self.serve(leave_delay=0) as server:
            one = Chat(server, tls=True)
            one.join(id=1, nick="one")
            for how in ("reset", "kill"):
                two = server.connect()
                two.join(id=1, nick=how)
                self.assertEqual(one.receive_json("join")["nick"], how)
                two.command(reset=True) if how == "reset" else two.abort()
                self.assertEqual(one.receive_json("leave")["nick"], how)


if __name__ == "__main__":
    unittest.main()
