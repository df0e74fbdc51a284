"""One chat on several ports: vhosts that name the same hub share rooms, sessions and limits."""

import os
import shutil
import signal
import subprocess
import tempfile
import unittest

from support import WsClosed, WsRefused, vhost
from support.chat import ChatServer, parts
from support.server import Server
from support.ws import WsClient
from test_chat_json import Chat
from test_vhosts import port_of


def door(name, chat=None, **keys):
    """A vhost with a door to the chat."""
    return vhost(name=name, ws_protocols=[{"chat-room": chat or {}},
                                          {"chat-room-text": {"default": "1"}}], **keys)


class HubServer(ChatServer):
    """A server with several doors."""

    def __init__(self, *vhosts, **options):
        super().__init__(list(vhosts), **options)
        self.doors = len(vhosts)

    def __enter__(self):
        super().__enter__()
        self.wait_listening(self.doors)
        return self

    def restart(self):
        count = len(self.urls)
        self.signal(signal.SIGHUP)
        self.wait_listening(count + self.doors)
        self.urls = self.urls[count:]

    def at(self, door):
        return Door(self, door)


class Door:
    """One of a server's ports, with what the clients of support want to know of a server."""

    def __init__(self, server, number):
        self.clients = server.clients
        self.port = port_of(server.urls[number])
        self.is_tls = server.urls[number].startswith("https:")

    def chat(self):
        return Chat(self, tls=self.is_tls)

    def connect(self, *arguments, **options):
        self.clients.append(WsClient(self.port, *arguments, tls=self.is_tls, **options))
        return self.clients[-1]


class Hub(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.mkdtemp(prefix="lwshost-hub-")
        cls.addClassCleanup(shutil.rmtree, cls.folder)
        cls.cert, cls.key = f"{cls.folder}/cert.pem", f"{cls.folder}/key.pem"
        subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt",
                        "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2", "-subj",
                        "/CN=localhost", "-keyout", cls.key, "-out", cls.cert],
                       check=True, capture_output=True)

    def secure(self, name, chat):
        return door(name, chat, host_ssl_cert=self.cert, host_ssl_key=self.key)

    def test_plain_and_tls_vhosts_are_one_chat(self):
        plain = door("plain", {"hub": "main", "default-room": "tea", "per-ip": "3"})
        with HubServer(plain, self.secure("secure", {"hub": "main"})) as server:
            self.assertFalse(server.at(0).is_tls)
            self.assertTrue(server.at(1).is_tls)
            ann, bob = server.at(0).chat(), server.at(1).chat()
            ann.join(nick="Ann")
            ann.say("before", "c1", room="tea")
            joined = bob.join(nick="Bob")
            self.assertEqual((joined["room"], joined["count"], joined["offset"]), ("tea", 2, 1))
            self.assertEqual(bob.receive_json("message")["text"], "before")
            bob.say("over TLS", "c2", room="tea")
            self.assertEqual(ann.receive_json("message")["text"], "before")
            self.assertEqual(ann.receive_json("message")["text"], "over TLS")
            # a session goes on at the other door, with its place
            ann.abort()
            again = server.at(1).chat()
            joined = again.join(session=ann.welcome["session"], room="tea")
            self.assertEqual((joined["user"], joined["nick"], joined["count"]),
                             (ann.welcome["user"], "Ann", 2))
            # per-ip counts both doors
            line = server.at(0).connect()
            line.receive()
            with self.assertRaises(WsClosed) as closed:
                server.at(1).connect().receive()
            self.assertEqual(closed.exception.code, 4504)

    def test_other_hubs_and_none_are_chats_of_their_own(self):
        with HubServer(door("a", {"hub": "one"}), door("b", {"hub": "two"}), door("c"),
                       door("d")) as server:
            clients = [server.at(n).chat() for n in range(4)]
            for client in clients:
                joined = client.join(nick="Ann")
                self.assertEqual((joined["nick"], joined["count"]), ("Ann", 1))

    def test_each_door_has_its_own_path_and_origins(self):
        with HubServer(door("a", {"hub": "h", "path": "/a"}),
                       door("b", {"hub": "h", "origins": "http://x.example"})) as server:
            origin = [("Origin", "http://x.example")]
            one = server.at(0).connect("/a")
            one.receive()
            server.at(1).connect("/chat", headers=origin).receive()
            self.assertEqual(parts(one.receive())[1], "进入聊天室")
            for number, path, headers, status in ((0, "/chat", [], 404), (1, "/a", [], 404),
                                                  (0, "/a", origin, 403)):
                with self.assertRaises(WsRefused) as refused:
                    server.at(number).connect(path, headers=headers)
                self.assertEqual(refused.exception.status, status)

    def test_vhosts_of_the_same_name_share_too(self):
        """lwsws' vhosts are often all called localhost."""
        with HubServer(door("localhost", {"hub": "h"}), door("localhost", {"hub": "h"})) as server:
            server.at(0).chat().join(nick="Ann")
            self.assertEqual(server.at(1).chat().join(nick="Bob")["count"], 2)

    def test_a_restart_tells_each_member_once_and_begins_anew(self):
        path = os.path.join(self.folder, "chat.db")
        plain = door("plain", {"hub": "main", "store": f"sqlite:{path}"})
        with HubServer(plain, self.secure("secure", {"hub": "main"})) as server:
            for last in (1, 2):
                ann, bob = server.at(0).chat(), server.at(1).chat()
                self.assertEqual(ann.join(nick="Ann")["offset"], last - 1)
                self.assertEqual(bob.join(nick="Bob")["count"], 2)
                self.assertEqual(bob.say(f"text {last}", f"c{last}")["offset"], last)
                server.restart()
                for client in (ann, bob):
                    with self.assertRaises(WsClosed) as closed:
                        client.receive_json("nothing")
                    self.assertEqual((closed.exception.code, closed.exception.reason),
                                     (1012, "service restart"))
        self.assertNotIn("have not ended", server.stderr)

    def test_term_waits_for_the_members_of_both_doors(self):
        with HubServer(door("a", {"hub": "h"}), door("b", {"hub": "h"})) as server:
            clients = [server.at(0).connect(), server.at(1).connect()]
            for client in clients:
                client.receive()
            server.signal(signal.SIGTERM)
            for client in clients:
                with self.assertRaises(WsClosed) as closed:
                    while True:
                        client.receive()
                self.assertEqual(closed.exception.code, 1001)
        self.assertNotIn("have not ended", server.stderr)


class Mistakes(unittest.TestCase):
    def refuses(self, vhosts, status, *words, arguments=()):
        server = Server(vhosts, arguments=arguments)
        self.addCleanup(shutil.rmtree, server.folder)
        server.wait_until(lambda: server.process.poll() is not None, "the end")
        self.assertEqual(server.stop(), status)
        for word in words:
            self.assertIn(word, server.stderr)

    def test_an_option_that_differs_is_named(self):
        vhosts = [door("a", {"hub": "main", "rate": "7"}), door("b", {"hub": "main", "rate": "8"})]
        for arguments in ((), ("--check",)):
            self.refuses(vhosts, 2, "vhosts[1]", "chat-room.rate", 'hub "main"',
                         arguments=arguments)

    def test_what_a_vhost_does_not_say_does_not_differ(self):
        with HubServer(door("a", {"hub": "h", "rate": "7"}), door("b", {"hub": "h"}),
                       door("c", {"hub": "h", "rate": "7"})) as server:
            for number in range(3):
                self.assertEqual(server.at(number).chat().welcome["limits"]["rate"], 7)

    def test_no_order_of_options_or_hubs_hides_it(self):
        self.refuses([door("a", {"hub": "main"}), door("x", {"hub": "other", "rate": "8"}),
                      door("b", {"rate": "8", "hub": "main"})], 2, "vhosts[2]", "chat-room.rate")
