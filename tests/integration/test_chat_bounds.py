"""The bounds of a busy chat: what one does to the server costs the others nothing and stays behind
nowhere. Each bound at its edge is in tests/unit/chat-room; docs/chat-room.md has the table."""

import os
import selectors
import shutil
import socket
import time
import unittest

from support import Server, WsClosed
from support.api import api_conf
from support.chat import ChatServer, chat_conf
from support.ip_info import fetch
from test_chat_json import Chat

# AddressSanitizer keeps what is freed for a while, which would look like growth.
FRUGAL = {"ASAN_OPTIONS": "quarantine_size_mb=1:" + os.environ.get("ASAN_OPTIONS", "")}
MARK = b"##"  # ends each message of a crowd's talker, and is in no frame's head


def rss(server):
    """Resident memory in KiB."""
    with open(f"/proc/{server.process.pid}/status", encoding="ascii") as status:
        return next(int(line.split()[1]) for line in status if line.startswith("VmRSS:"))


def descriptors(server):
    return len(os.listdir(f"/proc/{server.process.pid}/fd"))


class Crowd:
    """Members that count the messages they get, by their mark, and read nothing else of them."""

    def __init__(self, members):
        self.selector = selectors.DefaultSelector()
        self.counts = {}
        for member in members:
            member.socket.setblocking(False)
            self.counts[member.socket] = 0
            self.selector.register(member.socket, selectors.EVENT_READ)
        self.tails = dict.fromkeys(self.counts, b"")

    def _read(self, sock):
        data = self.tails[sock] + sock.recv(1 << 20)
        self.counts[sock] += data.count(MARK)
        self.tails[sock] = data[-1:] if not data.endswith(MARK) else b""
        return self.counts[sock]

    def wait_until_all_have(self, count, seconds=20):
        end = time.monotonic() + seconds
        behind = {sock for sock, have in self.counts.items() if have < count}
        while behind:
            assert time.monotonic() < end, f"{len(behind)} members still wait for message {count}"
            for key, _ in self.selector.select(0.1):
                if self._read(key.fileobj) >= count:
                    behind.discard(key.fileobj)

    def close(self):
        self.selector.close()


class SlowReaders(unittest.TestCase):
    def test_one_that_never_reads_in_a_busy_room_of_100(self):
        conf = chat_conf(rate=0, per_ip=0, leave_delay=0, presence_limit=0, room_log_bytes=262144,
                         max_message_bytes=16384, max_frame_bytes=32768, history_count=0)
        with ChatServer(conf, environment=FRUGAL) as server:
            silent = Chat(server, receive_buffer=2048)
            silent.join(nick="silent")
            members = [server.connect("/chat") for _ in range(49)]
            members += [Chat(server) for _ in range(49)]
            for member in members[49:]:
                member.join()
            talker = Chat(server)
            talker.join(nick="talker")
            crowd = Crowd(members)
            self.addCleanup(crowd.close)
            text = "x" * 16000 + MARK.decode()
            reason, worst, before = None, 0, rss(server)
            for n in range(1, 401):
                began = time.monotonic()
                talker.send_json(type="message", room="lobby", text=text, cid=str(n))
                while (event := talker.receive_json())["type"] != "message":
                    reason = event["reason"]
                crowd.wait_until_all_have(n)
                worst = max(worst, time.monotonic() - began)
            grown = rss(server) - before
            print(f"the worst message took {1000 * worst:.1f} ms, memory grew by {grown} KiB; ",
                  end="", flush=True)
            self.assertEqual(reason, "slow")
            self.assertLess(worst, 1)
            self.assertLess(grown, 3000)  # of 6250 KiB that were said, 256 of which are kept
            with self.assertRaises(WsClosed):
                while True:
                    silent.receive()

    def test_answers_that_are_not_read_have_their_bound_too(self):
        conf = chat_conf(rate=0, leave_delay=0, client_queue_bytes=65536)
        with ChatServer(conf) as server:
            silent, bob = Chat(server, receive_buffer=4096), Chat(server)
            silent.join(nick="silent")
            bob.join(nick="bob")
            went = None
            for n in range(5000):
                bob.send_json(type="message", id=n, room="lobby", to="silent", text="x" * 4000,
                              cid=str(n))
                while (event := bob.receive_json())["type"] not in ("ok", "error"):
                    went = event
                if event["type"] == "error":
                    break
            self.assertEqual(event["reason"], "no-such-user")
            if not went:
                went = bob.receive_json("leave")
            self.assertEqual((went["nick"], went["reason"]), ("silent", "slow"))
            whispers = 0
            with self.assertRaises(WsClosed) as closed:
                while True:
                    whispers += silent.receive_json()["type"] == "message"
            self.assertEqual(closed.exception.code, 4002)
            self.assertLess(whispers, n)


class Floods(unittest.TestCase):
    def test_a_json_flood_is_refused_then_closed(self):
        with ChatServer(chat_conf(rate=1, burst=2)) as server:
            ann, bob = Chat(server), Chat(server)
            ann.join(nick="Ann")
            bob.join(nick="Bob")
            ann.receive_json("join")
            for n in range(60):
                bob.send_json(type="message", room="lobby", text=str(n), cid=str(n))
            refused = 0
            with self.assertRaises(WsClosed) as closed:
                while True:
                    refused += bob.receive_json().get("reason") == "rate-limited"
            self.assertEqual((closed.exception.code, refused), (4500, 49))
            self.assertEqual([ann.receive_json()["type"] for _ in range(2)], ["message", "leave"])


class Churn(unittest.TestCase):
    """Connections of every kind, half of which end without a word."""

    WAVE = 800

    def _come_and_go(self, server, n):
        if n % 5 == 0:
            with socket.create_connection(("127.0.0.1", server.port)) as half:
                half.sendall(b"GET /chat HTTP/1.1\r\nUpgrade: websocket\r\n")
            return
        client = Chat(server) if n % 5 < 3 else server.connect(f"/chat?room=r{n % 7}&nick=n")
        server.clients.pop()
        if n % 5 == 1:
            client.send_json(type="join", room=f"r{n % 7}")
            client.receive_json("joined")
            client.send_json(type="message", room=f"r{n % 7}", text="x", cid="1")
        elif n % 5 == 3:
            client.send("x")
        if n % 2:
            client.close()
        else:
            client.abort()

    def _wave(self, server):
        for n in range(self.WAVE):
            self._come_and_go(server, n)

    def test_thousands_come_and_go_and_nothing_stays_behind(self):
        conf = api_conf(per_ip=0, leave_delay=1, history_ttl=1)
        with ChatServer(conf, environment=FRUGAL) as server:
            ann = Chat(server)
            ann.join(nick="Ann")
            at_first, gauges, memory = descriptors(server), self._gauges(server), []
            self.assertGreaterEqual(len(gauges), 7, gauges)
            for _ in range(3):
                self._wave(server)
                server.wait_until(lambda: descriptors(server) <= at_first, "all descriptors")
                for n in range(7):
                    self._wait_until_alone(ann, f"r{n}")
                self.assertEqual(self._gauges(server), gauges)
                memory.append(rss(server))
            print(f"memory after each wave: {memory} KiB; ", end="", flush=True)
            self.assertLess(memory[2] - memory[1], 160)  # 200 bytes for each of 800 connections
            ann.say("still here", "c")

    @staticmethod
    def _gauges(server):
        """What the chat says that it holds; rooms of which something is remembered may stay."""
        page = fetch(server.port, "/api/metrics")[2].decode()
        names = ("chat_connections", "chat_addresses", "chat_sessions", "chat_members",
                 "chat_away_members", "chat_queued_bytes", "chat_lag_bytes")
        return [line for line in page.splitlines() if line.startswith(names)]

    def _wait_until_alone(self, ann, room):
        """Until the places of those who went without a word are given up."""
        end = time.monotonic() + 20
        while True:
            count = ann.ask("join", "joined", room=room)["count"]
            ann.ask("leave", "ok", id=1, room=room)
            if count == 1:
                return
            self.assertLess(time.monotonic(), end, f"{count} in {room}")
            time.sleep(0.05)


class Options(unittest.TestCase):
    def test_a_default_that_does_not_fit_is_named(self):
        server = Server(chat_conf(max_message_bytes=65536))
        self.assertEqual(server.process.wait(30), 2)
        server.stop()
        self.assertIn(": vhosts[0].ws-protocols[0].chat-room: client-queue-bytes: must be at least",
                      server.stderr)
        shutil.rmtree(server.folder)


if __name__ == "__main__":
    unittest.main()
