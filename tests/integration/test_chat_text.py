"""The chat for those who speak the tutorial's lines: no subprotocol, or chat-room-text."""

import shutil
import signal
import socket
import struct
import time
import unittest

from support import Server, WsClosed, WsRefused, vhost
from support.chat import ChatServer, big_conf, chat_conf, fill, parts
from support.ws import BINARY, CLOSE, TEXT


class Lines(unittest.TestCase):
    def test_the_three_kinds_of_line_are_the_tutorials(self):
        with ChatServer(chat_conf()) as server:
            one = server.connect()
            self.assertIsNone(one.protocol)
            self.assertEqual(parts(one.receive()), ("127.0.0.1", "进入聊天室"))
            two = server.connect(protocols=["chat-room-text"])
            self.assertEqual(two.protocol, "chat-room-text")
            joined = one.receive()
            self.assertEqual(parts(joined), ("127.0.0.1", "进入聊天室"))
            self.assertEqual(two.receive(), joined)
            one.send("你好, <b>world</b> & \"all\"")
            said = one.receive()
            self.assertEqual(parts(said), ("127.0.0.1", "说：你好, <b>world</b> & \"all\""))
            self.assertEqual(two.receive(), said)
            two.close()
            self.assertEqual(parts(one.receive()), ("127.0.0.1", "离开聊天室"))

    def test_no_line_can_be_forged_inside_a_message(self):
        with ChatServer(chat_conf()) as server:
            one = server.connect()
            one.receive()
            one.send("a\r\n[10.0.0.1]-[x]-说：b\x00\x7f\u0085")
            self.assertEqual(parts(one.receive())[1], "说：a  [10.0.0.1]-[x]-说：b   ")
            one.send("")
            self.assertEqual(parts(one.receive())[1], "说：")

    def test_words_time_and_path_are_options(self):
        conf = chat_conf(text_open="came", text_say="said: ", text_close="went",
                         time_format="%H", path="/talk")
        with ChatServer(conf) as server:
            one = server.connect("/talk")
            self.assertRegex(one.receive(), r"^\[127\.0\.0\.1\]-\[\d\d\]-came$")
            two = server.connect("/talk")
            two.receive()
            one.receive()
            two.send("x")
            self.assertRegex(one.receive(), r"^\[127\.0\.0\.1\]-\[\d\d\]-said: x$")
            two.abort()
            self.assertRegex(one.receive(), r"^\[127\.0\.0\.1\]-\[\d\d\]-went$")

    def test_rooms_nicks_and_history_come_from_the_uri(self):
        with ChatServer(chat_conf()) as server:
            lobby = server.connect()
            lobby.receive()
            ann = server.connect("/chat?room=Tea&nick=%E5%B0%8F%E7%8E%8B%20A")
            self.assertEqual(parts(ann.receive()), ("小王 A", "进入聊天室"))
            for text in ("one", "two", "three"):
                ann.send(text)
                ann.receive()
            bob = server.connect("/chat?room=tea&nick=bob&history=2")
            self.assertEqual(parts(bob.receive()), ("小王 A", "说：two"))
            self.assertEqual(parts(bob.receive()), ("小王 A", "说：three"))
            self.assertEqual(parts(bob.receive()), ("bob", "进入聊天室"))
            lobby.send("alone")
            self.assertEqual(parts(lobby.receive()), ("127.0.0.1", "说：alone"))
            ann.send("last")
            self.assertEqual(parts(bob.receive()), ("小王 A", "说：last"))

    def test_a_bad_name_is_told_by_a_close_code(self):
        with ChatServer(chat_conf()) as server:
            watcher = server.connect()
            watcher.receive()
            for query, reason in (("room=a%2Fb", "bad-room"), ("room=" + "a" * 65, "bad-room"),
                                  ("room=" + "a" * 400, "bad-room"), ("nick=%20x", "bad-nick"),
                                  ("nick=%FF", "bad-nick"),
                                  ("nick=", "bad-nick"), ("history=x", "bad-request")):
                client = server.connect("/chat?" + query)
                with self.assertRaises(WsClosed) as closed:
                    client.receive()
                self.assertEqual((closed.exception.code, closed.exception.reason), (4508, reason))
            watcher.send("nobody came")
            self.assertEqual(parts(watcher.receive())[1], "说：nobody came")


class Messages(unittest.TestCase):
    def test_fragments_are_one_message(self):
        with ChatServer(chat_conf()) as server:
            one, two = server.connect(), server.connect()
            one.receive(), one.receive(), two.receive()
            text = "进" * 1300  # 3900 bytes
            data = text.encode()
            one.send_frame(TEXT, data[:1], fin=False)  # within a character
            one.send_frame(0, data[1:2000], fin=False)
            one.send_frame(9, b"ping between fragments")
            one.send_frame(0, b"", fin=False)
            one.send_frame(0, data[2000:])
            self.assertEqual(parts(two.receive())[1], "说：" + text)
            one.send_frame(TEXT, data)  # larger than any of lws's buffers
            self.assertEqual(parts(two.receive())[1], "说：" + text)

    def test_too_big_is_1009_and_costs_nobody_else(self):
        with ChatServer(chat_conf()) as server:
            watcher = server.connect()
            watcher.receive()
            for frames in ([b"x" * 5000], [b"x" * 4096, b"x"], [b"x" * 200000]):
                client = server.connect(timeout=10)
                client.receive()
                for n, frame in enumerate(frames):
                    client.send_frame(0 if n else TEXT, frame, fin=n == len(frames) - 1)
                with self.assertRaises(WsClosed) as closed:
                    while True:
                        client.receive()
                self.assertEqual(closed.exception.code, 1009)
                watcher.receive(), self.assertEqual(parts(watcher.receive())[1], "离开聊天室")
            client = server.connect()
            client.receive(), watcher.receive()
            client.send("x" * 4096)
            self.assertEqual(parts(watcher.receive())[1], "说：" + "x" * 4096)

    def test_bad_utf8_and_binary_have_their_codes(self):
        with ChatServer(chat_conf()) as server:
            watcher = server.connect()
            watcher.receive()
            for opcode, payload, code in ((TEXT, b"ok \xff", 1007), (TEXT, b"\xed\xa0\x80", 1007),
                                          (TEXT, b"cut \xe8\xbf", 1007), (BINARY, b"ok", 1003)):
                client = server.connect()
                client.receive(), watcher.receive()
                client.send_frame(opcode, payload)
                with self.assertRaises(WsClosed) as closed:
                    while True:
                        client.receive()
                self.assertEqual(closed.exception.code, code)
                self.assertEqual(parts(watcher.receive())[1], "离开聊天室")

    def test_a_flood_is_dropped_then_closed(self):
        with ChatServer(chat_conf(rate=1, burst=3)) as server:
            watcher, client = server.connect(), server.connect()
            watcher.receive(), watcher.receive(), client.receive()
            for n in range(60):
                client.send(str(n))
            with self.assertRaises(WsClosed) as closed:
                while True:
                    client.receive()
            self.assertEqual(closed.exception.code, 4500)
            said = []
            while not said or said[-1] != "离开聊天室":
                said.append(parts(watcher.receive())[1])
            self.assertIn(len(said), (4, 5))  # three, and one if a second went by


class Refusals(unittest.TestCase):
    def test_a_refused_handshake_leaves_no_line(self):
        with ChatServer(chat_conf()) as server:
            watcher = server.connect()
            watcher.receive()
            for path, headers, status in (
                    ("/chat", [("Origin", "http://evil.example")], 403),
                    ("/chat", [("Origin", "null")], 403),
                    ("/chat", [("Origin", f"http://127.0.0.1:{server.port + 1}")], 403),
                    ("/chat", [("Origin", "http://" + "a" * 1500)], 403),
                    ("/", [], 404), ("/chatter", [], 404), ("/chat/x", [], 404)):
                with self.assertRaises(WsRefused) as refused:
                    server.connect(path, headers=headers)
                self.assertEqual(refused.exception.status, status)
            same = server.connect(headers=[("Origin", f"http://127.0.0.1:{server.port}")])
            self.assertEqual(parts(watcher.receive())[1], "进入聊天室")
            same.receive()
            same.close()
            self.assertEqual(parts(watcher.receive())[1], "离开聊天室")
            server.wait_stderr("origin http://evil.example is not allowed (host 127.0.0.1:")

    def test_listed_origins_stand_instead_of_same(self):
        with ChatServer(chat_conf(origins="https://a.example, http://b.example:81")) as server:
            for origin in ("https://a.example", "http://b.example:81"):
                server.connect(headers=[("Origin", origin)]).receive()
            with self.assertRaises(WsRefused):
                server.connect(headers=[("Origin", f"http://127.0.0.1:{server.port}")])

    def test_limits_are_told_by_close_codes(self):
        with ChatServer(chat_conf(per_ip=3, max_participants=2)) as server:
            one, two = server.connect(), server.connect()
            with self.assertRaises(WsClosed) as closed:
                server.connect().receive()
            self.assertEqual((closed.exception.code, closed.exception.reason), (4508, "room-full"))
            other = server.connect("/chat?room=other")
            other.receive()
            with self.assertRaises(WsClosed) as closed:
                server.connect("/chat?room=other").receive()
            self.assertEqual(closed.exception.code, 4504)
            other.close()
            one.receive(), two.receive()
            server.connect("/chat?room=other").receive()
        with ChatServer(chat_conf(max_connections=1)) as server:
            one = server.connect()
            one.receive()
            with self.assertRaises(WsClosed) as closed:
                server.connect().receive()
            self.assertEqual(closed.exception.code, 4505)

    def test_bad_options_stop_the_start_with_their_place(self):
        for conf, place in ((chat_conf(ratte=1), "chat-room.ratte"),
                            (chat_conf(per_ip="x"), "chat-room.per-ip"),
                            (chat_conf(origins="example.com"), "chat-room.origins"),
                            (chat_conf(default_room="A B"), "chat-room.default-room"),
                            (chat_conf({"text-say": "x"}), "text-say")):
            self.assert_ends(conf, 2, place)

    def test_the_text_protocol_needs_a_chat_room(self):
        self.assert_ends([vhost(ws_protocols=[{"chat-room-text": {"default": "1"}}])], 1,
                         "chat-room-text needs chat-room")

    def assert_ends(self, conf, status, words):
        server = Server(conf)
        self.addCleanup(shutil.rmtree, server.folder)
        server.wait_until(lambda: server.process.poll() is not None, "the end")
        self.assertEqual(server.stop(), status)
        self.assertIn(words, server.stderr)


class Crowds(unittest.TestCase):
    def test_everybody_gets_everything_once_in_order(self):
        conf = chat_conf(per_ip=0, rate=0, presence_limit=1)
        with ChatServer(conf) as server:
            clients = [server.connect() for _ in range(300)]
            for n in range(200):
                clients[n % 7].send(f"m{n}")
            orders = set()
            for client in clients:
                said = []
                while len(said) < 200:
                    what = parts(client.receive())[1]
                    if what.startswith("说："):
                        said.append(what)
                orders.add(tuple(said))
            self.assertEqual(len(orders), 1)
            order = orders.pop()
            self.assertEqual(sorted(order), sorted(f"说：m{n}" for n in range(200)))
            for sender in range(7):  # and each sender's in the order in which they were sent
                own = [f"说：m{n}" for n in range(sender, 200, 7)]
                self.assertEqual([what for what in order if what in own], own)

    def test_a_silent_reader_is_closed_and_holds_up_nobody(self):
        conf = chat_conf(rate=0, room_log_bytes=65536, per_ip=0)
        with ChatServer(conf) as server:
            silent = server.connect("/chat?nick=silent", receive_buffer=2048)
            silent.receive()
            one = server.connect("/chat?nick=one")
            two = server.connect("/chat?nick=two")
            one.receive(), one.receive(), two.receive()
            text = "x" * 4000
            worst, left = 0, False
            for _ in range(3000):
                began = time.monotonic()
                one.send(text)
                while parts(line := one.receive())[1] != "说：" + text:
                    left = left or parts(line) == ("silent", "离开聊天室")
                while parts(two.receive())[1] != "说：" + text:
                    pass
                worst = max(worst, time.monotonic() - began)
                if left:
                    break
            self.assertTrue(left, "the silent one was never closed")
            self.assertLess(worst, 2)
            with self.assertRaises(WsClosed) as closed:
                while True:
                    silent.receive()
            self.assertIn(closed.exception.code, (4002, None))

    def test_a_member_that_reads_slowly_but_surely_gets_4002(self):
        conf = chat_conf(rate=0, room_log_bytes=65536)
        with ChatServer(conf) as server:
            slow = server.connect("/chat?nick=slow", receive_buffer=4096)
            one = server.connect("/chat?nick=one")
            slow.receive(), one.receive()
            text = "y" * 4000
            one.send(text)
            while parts(one.receive())[1] != "离开聊天室":
                one.send(text)
            with self.assertRaises(WsClosed) as closed:
                while True:
                    slow.receive()
            self.assertEqual(closed.exception.code, 4002)

    def test_half_a_connection_that_reads_nothing_holds_up_nobody(self):
        for loop in ("uv", "poll"):
            with self.subTest(loop=loop), \
                    ChatServer(big_conf(), environment={"LWSHOST_EVENT_LOOP": loop}) as server:
                silent = server.connect("/chat?nick=silent", receive_buffer=2048)
                silent.receive()
                one = server.connect("/chat?nick=one")
                one.receive()
                fill(one)
                silent.socket.shutdown(socket.SHUT_WR)
                for n in range(20):
                    one.send(f"after {n}")
                    self.assertEqual(parts(one.receive()), ("one", f"说：after {n}"))

    def test_a_close_behind_unread_output_is_answered_too(self):
        with ChatServer(big_conf(history_count=0)) as server:
            slow = server.connect(protocols=["chat-room"], receive_buffer=2048)
            slow.send_json(type="join", id=1, nick="slow")
            slow.receive_json("joined")
            one = server.connect(protocols=["chat-room"])
            one.send_json(type="join", id=1, nick="one")
            one.receive_json("joined")
            talker = server.connect("/chat?nick=talker")
            talker.receive()
            one.receive_json("join")
            fill(talker)
            slow.send_frame(CLOSE, struct.pack("!H", 1000))
            with self.assertRaises(WsClosed) as closed:
                while True:
                    slow.receive()
            self.assertEqual(closed.exception.code, 1000)
            self.assertEqual(one.receive_json("leave")["reason"], "left")


class Ends(unittest.TestCase):
    def test_stopping_tells_everybody_1001(self):
        with ChatServer(chat_conf()) as server:
            clients = [server.connect() for _ in range(20)]
            clients += [server.connect(protocols=["chat-room"]) for _ in range(5)]
            for client in clients:
                client.receive()
            server.signal(signal.SIGTERM)
            for client in clients:
                with self.assertRaises(WsClosed) as closed:
                    while True:
                        self.assertNotIn("离开聊天室", client.receive())
                self.assertEqual(closed.exception.code, 1001)

    def test_a_new_configuration_tells_everybody_1012(self):
        with ChatServer(chat_conf()) as server:
            clients = [server.connect() for _ in range(5)]
            clients += [server.connect(protocols=["chat-room"]) for _ in range(5)]
            for client in clients:
                client.receive()
            server.signal(signal.SIGHUP)
            for client in clients:
                with self.assertRaises(WsClosed) as closed:
                    while True:
                        client.receive()
                self.assertEqual(closed.exception.code, 1012)
            server.wait_listening(2)
            self.assertEqual(parts(server.connect().receive())[1], "进入聊天室")

    def test_stopping_does_not_wait_for_those_who_never_answer(self):
        with ChatServer(chat_conf()) as server:
            client = server.connect()
            client.receive()
            began = time.monotonic()
            self.assertEqual(server.stop(), 0)
            self.assertLess(time.monotonic() - began, 4.5)

    def test_a_close_is_answered_with_its_code(self):
        with ChatServer(chat_conf()) as server:
            client = server.connect()
            client.receive()
            client.send_frame(CLOSE, struct.pack("!H", 4321) + b"bye")
            with self.assertRaises(WsClosed) as closed:
                client.receive()
            self.assertEqual(closed.exception.code, 4321)

    def test_a_reset_connection_leaves(self):
        with ChatServer(chat_conf()) as server:
            watcher, client = server.connect(), server.connect()
            watcher.receive(), watcher.receive(), client.receive()
            client.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            client.abort()
            self.assertEqual(parts(watcher.receive())[1], "离开聊天室")

    def test_no_answer_to_a_ping_is_4001(self):
        with ChatServer(chat_conf(ping_interval=1, pong_timeout=1)) as server:
            deaf, alive = server.connect(), server.connect()
            deaf.receive(), deaf.receive(), alive.receive()
            fin, opcode, payload = deaf.receive_frame()
            self.assertEqual((fin, opcode, payload), (True, 9, b"ping"))
            line = alive.receive()  # it answers pings meanwhile
            self.assertEqual(parts(line)[1], "离开聊天室")
            with self.assertRaises(WsClosed) as closed:
                while True:
                    deaf.receive()
            self.assertEqual(closed.exception.code, 4001)


if __name__ == "__main__":
    unittest.main()
