"""The plugins in lwsws, libwebsockets' own server, from the configuration that lwshost ships."""

import http.client
import json
import os
import re
import ssl
import sys
import tempfile
import time
import unittest

from support import WsRefused
from support.certificate import make_certificate
from support.chat import parts
from support.ip_info import fetch, fetch_json
from support.lwsws import Lwsws, free_port, need_lwsws, tree_conf
from support.server import SOURCE
from support.ws import WsClient, WsClosed
from test_chat_json import Chat

sys.path.insert(0, os.path.join(SOURCE, "tests", "torture"))
from ledger import Room  # noqa: E402
from members import Client, Member, Writer, recover  # noqa: E402

CHAT = '"path": "/chat"'


def setUpModule():
    need_lwsws()


def with_chat_options(text, **options):
    assert CHAT in text
    more = "".join(f', "{name.replace("_", "-")}": "{value}"' for name, value in options.items())
    return text.replace(CHAT, CHAT + more)


class Shipped(unittest.TestCase):
    """conf/conf, as it is but for the port and the folders."""

    @classmethod
    def setUpClass(cls):
        cls.server = cls.enterClassContext(Lwsws(tree_conf()))

    def test_pages(self):
        for path, kind in (("/", "text/html; charset=utf-8"), ("/ip.html", "text/html; charset=utf-8"),
                           ("/js/chat-page.js", "text/javascript; charset=utf-8"),
                           ("/css/base.css", "text/css; charset=utf-8")):
            status, headers, body = fetch(self.server.port, path)
            self.assertEqual((status, headers["content-type"]), (200, kind), path)
            self.assertIn("script-src 'self'", headers["content-security-policy"])
            self.assertEqual(len(body), int(headers["content-length"]))
        self.assertEqual(fetch(self.server.port, "/nothing.html")[0], 404)

    def test_a_connection_is_good_for_more_than_one_file(self):
        """The first protocol of a vhost, which is one of ours here, is told when a file is sent."""
        connection = http.client.HTTPConnection("127.0.0.1", self.server.port, timeout=20)
        self.addCleanup(connection.close)
        for path, part in (("/", b"chat-page.js"), ("/ip.html", b"ip-page.js"),
                           ("/ip-lookup?ip=14.130.112.24", "北京".encode()), ("/nothing", b"404"),
                           ("/ip-info?ip=14.130.112.24", "北京".encode()),
                           ("/chat-api/rooms", b"rooms"), ("/css/base.css", b"color")):
            connection.request("GET", path)
            sock = connection.sock
            self.assertIn(part, connection.getresponse().read(), path)
            self.assertIs(connection.sock, sock, path)

    def test_lookups(self):
        status, _, answer = fetch_json(self.server.port,
                                       "/ip-info?ip=14.130.112.24&ip=127.0.0.1&ip=17.130.112.24")
        self.assertEqual(status, 200)
        self.assertEqual([result.get("city", result["kind"]) for result in answer["results"]],
                         ["北京", "loopback", "库比蒂诺"])
        self.assertEqual(fetch(self.server.port, "/ip-info?ip=14.130.112.24&format=text")[2].decode(),
                         "14.130.112.24:\n国家：中国 省份: 北京 城市: 北京\n")
        status, _, one = fetch_json(self.server.port, "/ip-lookup?ip=14.130.112.24")
        self.assertEqual((status, one["ret"], one["city"]), (200, 1, "北京"))

    def test_json_and_text_clients_share_a_room(self):
        ann, line = Chat(self.server), WsClient(self.server.port)
        self.server.clients.append(line)
        ann.join(nick="Ann")
        self.assertEqual([parts(line.receive())[1] for _ in range(2)], ["进入聊天室"] * 2)
        ann.say("hello", "c1")
        self.assertEqual(parts(line.receive()), ("Ann", "说：hello"))
        line.send("你好")
        self.assertEqual(ann.receive_json("message")["text"], "hello")
        self.assertEqual(ann.receive_json("message")["text"], "你好")

    def test_the_chat_over_http(self):
        ann = Chat(self.server)
        ann.join(nick="Ann", room="http")
        ann.say("for the record", "c1", "http")
        status, _, page = fetch_json(self.server.port, "/chat-api/rooms/http/messages")
        self.assertEqual((status, page["messages"][0]["text"]), (200, "for the record"))

    def test_other_paths_and_origins_are_refused(self):
        for path, headers, status in (("/elsewhere", (), 404),
                                      ("/chat", [("Origin", "http://evil.example")], 403)):
            with self.assertRaises(WsRefused) as refused:
                WsClient(self.server.port, path, protocols=["chat-room"], headers=headers)
            self.assertEqual(refused.exception.status, status)


class Public(unittest.TestCase):
    """conf/examples/public, with ports and a certificate of the test's own."""

    def test_tls_pages_chat_and_lookups(self):
        folder = self.enterContext(tempfile.TemporaryDirectory())
        cert, key = make_certificate(folder)
        ports = {name: free_port() for name in ("443", "7682")}
        conf = tree_conf("conf/examples/public")
        for old, new in (('"port": "80"', '"port": "7681"'),
                         (">https://chat.example.org", f">https://localhost:{ports['443']}"),
                         ("/etc/lwshost/tls/fullchain.pem", cert),
                         ("/etc/lwshost/tls/privkey.pem", key),
                         ("/var/lib/lwshost", folder),
                         ('"443"', f'"{ports["443"]}"'), ("7682", str(ports["7682"]))):
            self.assertIn(old, conf)
            conf = conf.replace(old, new)
        conf = re.sub(r',\s*"username".*\n.*"groupname".*', "", conf)
        with Lwsws(conf) as server:
            server.wait_listening(ports["443"])
            status, headers, _ = fetch(server.port, "/ip.html")
            self.assertEqual(status, 301)
            self.assertTrue(headers["location"].startswith(f"https://localhost:{ports['443']}"))
            context = ssl.create_default_context(cafile=cert)
            page = http.client.HTTPSConnection("localhost", ports["443"], timeout=20,
                                               context=context)
            self.addCleanup(page.close)
            page.request("GET", "/")
            answer = page.getresponse()
            self.assertEqual(answer.status, 200)
            self.assertIn("max-age", answer.headers["strict-transport-security"])
            self.assertIn(b"js/chat-page.js", answer.read())
            page.request("GET", "/ip-info?ip=17.130.112.24&lang=en")
            result, = json.loads(page.getresponse().read())["results"]
            self.assertEqual(result["city"], "Cupertino")
            with WsClient(ports["443"], protocols=["chat-room"], tls=True) as ann:
                self.assertEqual(ann.receive_json("welcome")["protocol"], 1)


class Mistakes(unittest.TestCase):
    def test_an_option_that_is_wrong_is_in_the_log_and_503(self):
        """lwsws can't be told not to start."""
        conf = tree_conf().replace(CHAT, '"pth": "/chat"').replace('"providers"', '"provider"')
        with Lwsws(conf) as server:
            server.wait_log("pth: unknown option")
            server.wait_log("provider: unknown option")
            with self.assertRaises(WsRefused) as refused:
                WsClient(server.port, protocols=["chat-room"])
            self.assertEqual(refused.exception.status, 503)
            self.assertEqual(fetch(server.port, "/ip-info?ip=1.1.1.1")[0], 503)
            self.assertEqual(fetch(server.port, "/")[0], 200)


class Reload(unittest.TestCase):
    """SIGHUP: a new process, while the old one lives as long as it has connections."""

    BACK_SECONDS = 10

    def setUp(self):
        folder = self.enterContext(tempfile.TemporaryDirectory())
        conf = with_chat_options(
            tree_conf(), store=f"sqlite:{folder}/chat.db", rate=0, per_ip=0, history_count=10000,
            history_bytes=67108864, room_log_bytes=134217728, client_queue_bytes=16777216)
        self.server = self.enterContext(Lwsws(conf))
        self.room = Room("lobby")
        self.writers = [Writer(self.room, f"w{n}") for n in range(3)]
        self.members = self.writers + [Member(self.room, f"r{n}") for n in range(3)]

    def all_connect(self, until):
        for member in self.members:
            while True:
                try:
                    self.server.wait_listening()
                    member.connect(self.server.port)
                    break
                except (OSError, WsClosed, WsRefused):  # it was the old one, or not yet ready
                    time.sleep(0.05)
                finally:
                    self.assertLess(time.monotonic(), until, self.server.log)

    def talk(self, count):
        """All talk until `count` more messages were seen."""
        seen = len(self.room.by_offset)
        for member in self.members:
            member.start()
        self.room.wait_seen(seen + count, 30)
        self.assertGreaterEqual(len(self.room.by_offset), seen + count)

    def test_nobody_loses_a_message_and_all_are_back(self):
        self.all_connect(time.monotonic() + 30)
        self.talk(100)
        for _ in range(2):
            self.server.hup()
            begun = time.monotonic()
            for member in self.members:
                member.finish()  # recovery is checked when it comes back
            self.all_connect(begun + self.BACK_SECONDS)
            self.talk(100)
        for member in self.members:
            member.client.hang_up()
            member.finish()
        client = Client(self.server.port)
        self.server.clients.append(client)
        _, messages = recover(client, self.room, 0)
        self.room.check(1, messages)
        self.assertGreater(sum(writer.resent for writer in self.writers), 0)

    def test_members_are_told_1012_and_the_old_process_is_left_by_all(self):
        ann = Chat(self.server)
        ann.join(nick="Ann")
        old, = self.server.generations()
        self.server.hup()
        with self.assertRaises(WsClosed) as closed:
            ann.receive_json("nothing")
        self.assertEqual(closed.exception.code, 1012)
        self.server.wait_log("Using config dir: ")
        end = time.monotonic() + self.BACK_SECONDS
        while not set(self.server.generations()) - {old}:
            self.assertLess(time.monotonic(), end)
            time.sleep(0.05)
        self.server.wait_listening()
        self.assertEqual(fetch(self.server.port, "/ip-info?ip=14.130.112.24&format=text")[0], 200)


if __name__ == "__main__":
    unittest.main()
