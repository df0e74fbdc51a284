"""Who is behind a proxy, what others see of it, and which rooms anybody may make."""

import os
import shutil
import socket
import subprocess
import tempfile
import unittest

from support import WsClosed, vhost
from support.chat import ChatServer, chat_conf, parts
from support.ws import WsClient
from test_chat_json import Chat

NODE = shutil.which("node")


def forwarded(*values, name="X-Forwarded-For"):
    return [(name, value) for value in values]


def shown(client):
    """Who came, in a line to a text client."""
    who, what = parts(client.receive())
    assert what == "进入聊天室", what
    return who


class Proxies(unittest.TestCase):
    def test_nobody_is_trusted_by_default(self):
        with ChatServer(chat_conf()) as server:
            one = server.connect(headers=forwarded("1.2.3.4"))
            self.assertEqual(shown(one), "127.0.0.1")

    def test_a_trusted_proxys_word_is_taken(self):
        with ChatServer(chat_conf(trusted_proxies="127.0.0.0/8, 10.0.0.0/8", per_ip=0)) as server:
            for values, address in (([], "127.0.0.1"), (["1.2.3.4"], "1.2.3.4"),
                                    (["2001:DB8::1"], "2001:db8::1"),
                                    (["6.6.6.6, 1.2.3.4", "10.0.0.7"], "1.2.3.4"),
                                    (["6.6.6.6", "1.2.3.4", " 10.0.0.7 "], "1.2.3.4"),
                                    (["rubbish, 10.0.0.7"], "10.0.0.7"), (["rubbish"], "127.0.0.1"),
                                    (["6.6.6.6, " * 200 + "1.2.3.4"], "1.2.3.4")):
                with self.subTest(values):
                    client = server.connect(headers=forwarded(*values))
                    self.assertEqual(shown(client), address)
                    client.close()

    def test_x_real_ip_can_be_the_header(self):
        conf = chat_conf(trusted_proxies="127.0.0.1", forwarded_header="x-real-ip")
        with ChatServer(conf) as server:
            headers = forwarded("1.2.3.4", name="X-Real-IP") + forwarded("6.6.6.6")
            self.assertEqual(shown(server.connect(headers=headers)), "1.2.3.4")

    def test_per_ip_counts_the_clients(self):
        with ChatServer(chat_conf(trusted_proxies="127.0.0.1", per_ip=1)) as server:
            one = server.connect(headers=forwarded("1.2.3.4"))
            self.assertEqual(shown(one), "1.2.3.4")
            two = server.connect(headers=forwarded("1.2.3.5"))
            self.assertEqual(shown(two), "1.2.3.5")
            for values in (["1.2.3.4"], ["6.6.6.6, 1.2.3.4"], ["::ffff:1.2.3.4"]):
                with self.assertRaises(WsClosed) as closed:
                    server.connect(headers=forwarded(*values)).receive()
                self.assertEqual(closed.exception.code, 4504)
            with self.assertRaises(WsClosed) as closed:
                server.connect("/chat", ["chat-room"], forwarded("1.2.3.5")).receive()
            self.assertEqual(closed.exception.code, 4504)

    def test_a_unix_socket_is_trusted_by_its_word(self):
        for trusted, address in (("unix", "1.2.3.4"), ("127.0.0.0/8", "local")):
            with tempfile.TemporaryDirectory() as folder:
                path = os.path.join(folder, "socket")
                conf = [vhost(interface=path, unix_socket="1",
                              ws_protocols=[{"chat-room": {"trusted-proxies": trusted}},
                                            {"chat-room-text": {"default": "1"}}])]
                with UnixServer(conf, path) as server:
                    self.assertEqual(shown(server.connect(headers=forwarded("1.2.3.4"))), address)

    @unittest.skipUnless(NODE, "node is not here")
    def test_http2_too(self):
        with tempfile.TemporaryDirectory() as folder:
            cert, key = os.path.join(folder, "cert.pem"), os.path.join(folder, "key.pem")
            subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt",
                            "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2", "-subj",
                            "/CN=localhost", "-keyout", key, "-out", cert],
                           check=True, capture_output=True)
            conf = chat_conf(trusted_proxies="127.0.0.1, 10.0.0.0/8")
            conf[0].update({"host-ssl-cert": cert, "host-ssl-key": key})
            with ChatServer(conf) as server:
                over_tls = WsClient(server.port, tls=True)
                server.clients.append(over_tls)
                self.assertEqual(shown(over_tls), "127.0.0.1")
                self.join_over_http2(server, "6.6.6.6, 1.2.3.4, 10.0.0.7")
                self.assertEqual(shown(over_tls), "1.2.3.4")

    def join_over_http2(self, server, value):
        script = """
            import http2 from "node:http2";
            const session = http2.connect(`https://127.0.0.1:${process.argv[1]}`,
                                          { rejectUnauthorized: false });
            session.once("remoteSettings", () => {
                const stream = session.request({ ":method": "CONNECT", ":protocol": "websocket",
                    ":path": "/chat", "sec-websocket-version": "13",
                    "x-forwarded-for": process.argv[2] });
                stream.on("data", () => { console.log("joined"); session.destroy(); });
                stream.on("error", () => {});
            });
            session.on("error", (error) => { console.error(error); process.exit(1); });
        """
        subprocess.run([NODE, "--input-type=module", "-e", script, str(server.port), value],
                       check=True, timeout=30, capture_output=True)


class UnixServer(ChatServer):
    """A server on a unix socket."""

    def __init__(self, conf, path):
        self.path = path
        super().__init__(conf)

    def connect(self, *arguments, **options):
        self.clients.append(UnixClient(self.path, *arguments, **options))
        return self.clients[-1]


class UnixClient(WsClient):
    def __init__(self, path, headers=()):
        self.socket = socket.socket(socket.AF_UNIX)
        self.socket.settimeout(20)
        self.socket.connect(path)
        self.buffer, self.protocol, self._asked = b"", None, []
        self._shake("/chat", (), headers, "localhost")


class Shown(unittest.TestCase):
    def see(self, show_ip, address):
        conf = chat_conf(show_ip=show_ip, trusted_proxies="127.0.0.1", time_format="%Y")
        with ChatServer(conf) as server:
            one = server.connect(headers=forwarded(address))
            line = one.receive()
            ann = Chat(server)
            people = ann.join(nick="Ann")["participants"]
            self.assertEqual(one.receive().split("]")[0], "[Ann")
            one.send("hi")
            self.assertEqual(one.receive().split("]")[0], line.split("]")[0])
            self.assertNotIn(address, str(people) + str(ann.receive_json("message")))
            named = server.connect("/chat?nick=bob", headers=forwarded(address))
            self.assertEqual(named.receive().split("]")[0], "[bob")
            return line.split("]")[0][1:]

    def test_an_address_is_shown_as_asked(self):
        self.assertEqual(self.see("full", "1.2.3.4"), "1.2.3.4")
        self.assertEqual(self.see("masked", "1.2.3.4"), "1.2.3.*")
        self.assertEqual(self.see("masked", "2001:db8:1:2::9"), "2001:db8:1:*")
        self.assertRegex(self.see("none", "1.2.3.4"), r"^guest-\d+$")


class Rooms(unittest.TestCase):
    def test_rooms_can_be_the_named_ones_only(self):
        with ChatServer(chat_conf(create="no", rooms="tea, garden")) as server:
            ann = Chat(server)
            self.assertEqual(ann.refused("join", room="shed"), (404, "no-such-room"))
            for room in ("lobby", "tea", "Garden"):
                self.assertEqual(ann.join(room=room)["room"], room.lower())
            server.connect("/chat?room=tea").receive()
            with self.assertRaises(WsClosed) as closed:
                server.connect("/chat?room=shed").receive()
            self.assertEqual((closed.exception.code, closed.exception.reason),
                             (4508, "no-such-room"))
