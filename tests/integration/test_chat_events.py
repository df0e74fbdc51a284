"""Event streams of the chat: server-sent events, read-only, that come back without a gap."""

import os
import re
import shutil
import socket
import subprocess
import tempfile
import time
import unittest

from support import vhost
from support.api import BEARER, KEY, ApiServer, EventStream, api_conf
from support.certificate import make_certificate
from support.protocol import check_event
from test_chat_json import Chat


def cpu_seconds(server):
    with open(f"/proc/{server.process.pid}/stat", encoding="ascii") as file:
        fields = file.read().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def wait_listeners(server, count):
    server.wait_until(lambda: server.ask("/status")[2]["connections"]["events"] == count,
                      f"{count} listeners")


class Streams(unittest.TestCase):
    def test_a_stream_from_the_head(self):
        with ApiServer() as server:
            server.announce("before")
            stream = server.listen()
            self.assertEqual((stream.status, stream.headers["content-type"]),
                             (200, "text/event-stream"))
            self.assertEqual(stream.headers["cache-control"], "no-cache")
            self.assertNotIn("content-length", stream.headers)
            begin = stream.block()
            self.assertRegex(begin["id"], r"^[0-9a-f]{16}:1$")
            self.assertNotIn("data", begin)
            ann = Chat(server)
            ann.join(nick="Ann")
            ann.say("a\nb 中", "c1")
            name, message = stream.event()
            check_event(message)
            self.assertEqual((name, message["type"], message["text"], message["offset"]),
                             ("message", "message", "a\nb 中", 2))
            self.assertNotIn("replay", message)
            self.assertEqual(stream.last_id, begin["id"].replace(":1", ":2"))
            server.announce("all")
            name, message = stream.event()
            check_event(message)
            self.assertEqual((name, message["text"]), ("announcement", "all"))

    def test_who_comes_back_gets_what_it_missed(self):
        with ApiServer() as server:
            stream = server.listen()
            server.announce("1")
            self.assertEqual(stream.texts(1), ["1"])
            stream.abort()
            for n in range(2, 151):
                server.announce(str(n))
            again = server.listen(last_id=stream.last_id)
            events = [again.event() for _ in range(149)]
            self.assertEqual([e[1]["text"] for e in events], [str(n) for n in range(2, 151)])
            self.assertTrue(all(e[1]["replay"] for e in events))
            server.announce("live")
            name, event = again.event()
            self.assertEqual((name, event["text"]), ("announcement", "live"))
            self.assertNotIn("replay", event)
            parameter = server.listen(f"/rooms/lobby/events?last-event-id={again.last_id}")
            self.assertEqual(parameter.block()["id"], again.last_id)

    def test_a_gap_is_told(self):
        with ApiServer(history_bytes=16000, room_log_bytes=65536, max_message_bytes=8192) as server:
            for _ in range(20):
                server.announce("x" * 7000)
            epoch = server.ask("/rooms/lobby/messages")[2]["epoch"]
            stream = server.listen(last_id=f"{epoch}:3")
            name, gap = stream.event()
            first = stream.event()[1]["offset"]
            self.assertEqual((name, gap), ("gap", {"type": "gap", "room": "lobby", "epoch": epoch,
                                                   "offset": 20, "missed": first - 4}))
            self.assertEqual([stream.event()[1]["offset"] for _ in range(20 - first)],
                             list(range(first + 1, 21)))
            for other in ("0123456789abcdef:3", f"{epoch}:21", "nonsense", ":", "a:b"):
                stream = server.listen(last_id=other)
                name, gap = stream.event()
                self.assertEqual((name, gap["missed"], gap["offset"]), ("gap", None, 20), other)
                self.assertEqual(stream.event()[1]["type"], "announcement")

    def test_a_stream_goes_on_after_a_restart(self):
        with tempfile.TemporaryDirectory() as folder:
            conf = api_conf(store=f"sqlite:{folder}/chat.db")
            with ApiServer(conf) as server:
                stream = server.listen()
                server.announce("1")
                self.assertEqual(stream.texts(1), ["1"])
                server.announce("2")
                self.assertEqual(stream.texts(1), ["2"])
                server.announce("3")
                last_id = stream.last_id
            with ApiServer(conf) as server:
                rooms = server.ask("/rooms")[2]
                self.assertEqual([(r["room"], r["count"], r["offset"]) for r in rooms["rooms"]],
                                 [("lobby", 0, 3)])
                again = server.listen(last_id=last_id)
                name, event = again.event()
                self.assertEqual((name, event["text"], event["replay"]),
                                 ("announcement", "3", True))
                server.announce("4")
                self.assertEqual(again.texts(1), ["4"])
                self.assertEqual(server.ask("/status")[2]["store"],
                                 {"kind": "sqlite", "state": "ok"})

    def test_head(self):
        with ApiServer() as server:
            stream = server.listen(method="HEAD")
            self.assertEqual((stream.status, stream.headers["content-type"]),
                             (200, "text/event-stream"))
            self.assertEqual(stream.rest(), b"")
            self.assertEqual(server.ask("/status")[2]["connections"]["events"], 0)


class Ends(unittest.TestCase):
    def test_the_server_stops(self):
        with ApiServer() as server:
            stream = server.listen()
            server.announce("x")
            before = time.monotonic()
            self.assertEqual(server.stop(), 0)
            self.assertLess(time.monotonic() - before, 4)
            self.assertIn(b"announcement", stream.rest())
            self.assertTrue(stream.rest().endswith(b"\n\n: end\n\n"), stream.rest())

    def test_the_room_is_closed(self):
        with ApiServer() as server:
            Chat(server).join(nick="Ann")
            stream = server.listen()
            self.assertEqual(server.ask("/rooms/lobby", "DELETE", headers=BEARER)[0], 200)
            name, event = stream.event()
            check_event(event)
            self.assertEqual((name, event["type"], event["room"]),
                             ("room_closed", "room_closed", "lobby"))
            self.assertEqual(stream.rest(), b": end\n\n")
            wait_listeners(server, 0)

    def test_silence_is_filled_with_comments(self):
        with ApiServer(ping_interval=1) as server:
            stream = server.listen()
            while stream.comments < 3:
                stream.block()
            server.announce("x")
            self.assertEqual(stream.texts(1), ["x"])

    def test_who_hangs_up_is_noticed(self):
        with ApiServer(per_ip=3) as server:
            streams = [server.listen() for _ in range(3)]
            status, _, body = server.ask("/rooms/lobby/events")
            self.assertEqual((status, body["reason"]), (429, "address-full"))
            streams[0].abort()
            streams[1].socket.shutdown(socket.SHUT_WR)
            wait_listeners(server, 1)
            server.announce("x")
            self.assertEqual(streams[2].texts(1), ["x"])

    def test_the_server_is_full(self):
        with ApiServer(max_connections=2) as server:
            Chat(server).join(nick="Ann")
            self.assertEqual(server.listen().status, 200)
            self.assertEqual(server.listen().status, 503)

    def test_who_does_not_read_is_dropped_and_recovers(self):
        with ApiServer(room_log_bytes=1048576, max_message_bytes=62000, max_frame_bytes=100000,
                       history_count=1000, history_bytes=67108864) as server:
            slow = server.listen(receive_buffer=4096)
            other = server.listen()
            start = slow.block()["id"]
            for n in range(200):
                server.announce(f"{n} " + "x" * 60000)
                self.assertTrue(other.texts(1)[0].startswith(f"{n} "))
            wait_listeners(server, 1)
            self.assertIn(b'chat_evictions_total{cause="log"} 1\n', server.ask("/metrics")[2])
            got = 0
            try:
                while True:
                    slow.event()
                    got += 1
            except EOFError:
                pass
            self.assertLess(got, 150)
            self.assertEqual(slow.last_id, start.replace(":0", f":{got}"))
            again = server.listen(last_id=slow.last_id)
            name, event = again.event()
            self.assertIn(name, ("announcement", "gap"))
            if name == "gap":
                self.assertGreater(event["missed"], 0)

    def test_who_talks_on_a_stream_is_dropped_and_costs_nothing(self):
        with ApiServer() as server:
            quiet = server.listen()
            request = f"GET /api/status HTTP/1.1\r\nHost: a\r\n\r\n"
            streams = [server.listen() for _ in range(3)]
            for stream in streams:
                stream.block()
                stream.socket.sendall(request.encode())
            wait_listeners(server, 1)
            at_once = server.listen(headers=["X: y\r\n\r\n" + request.rstrip()])
            at_once.block()
            used = cpu_seconds(server)
            time.sleep(1)  # the span that is measured, not a wait for something
            self.assertLess(cpu_seconds(server) - used, 0.5)
            server.announce("x")
            self.assertEqual(quiet.texts(1), ["x"])

    def test_waiting_costs_nothing(self):
        with ApiServer() as server:
            streams = [server.listen() for _ in range(10)]
            server.announce("x")
            for stream in streams:
                self.assertEqual(stream.texts(1), ["x"])
            used = cpu_seconds(server)
            time.sleep(1)  # the span that is measured, not a wait for something
            self.assertLess(cpu_seconds(server) - used, 0.3)

    def test_many_listeners_get_everything_in_order(self):
        with ApiServer(per_ip=0) as server:
            streams = [server.listen() for _ in range(60)]
            ann = Chat(server)
            ann.join(nick="Ann")
            for n in range(100):
                ann.send_json(type="message", room="lobby", text=str(n), cid=f"c{n}")
            for stream in streams:
                self.assertEqual(stream.texts(100), [str(n) for n in range(100)])


@unittest.skipUnless(shutil.which("openssl") and shutil.which("curl"), "openssl and curl needed")
class Tls(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory()
        cls.certificate = make_certificate(cls.folder.name)

    @classmethod
    def tearDownClass(cls):
        cls.folder.cleanup()

    def serve(self, **options):
        conf = api_conf(**options)
        cert, key = self.certificate
        conf[0].update(vhost(host_ssl_cert=cert, host_ssl_key=key, alpn="h2,http/1.1"))
        return ApiServer(conf)

    def curl(self, server, path, *options):
        return subprocess.Popen(["curl", "-skN", "--max-time", "60", *options,
                                 f"https://127.0.0.1:{server.port}/api{path}"],
                                stdout=subprocess.PIPE)

    def read_to(self, curl, text):
        """Up to the line that has this text."""
        lines = []
        while not any(text in line for line in lines[-1:]):
            lines.append(curl.stdout.readline())
            self.assertTrue(lines[-1], lines)

    def done(self, curl):
        output, _ = curl.communicate(timeout=90)
        return output.decode(), curl.returncode

    def test_http_2(self):
        with self.serve(ping_interval=1) as server:
            output, _ = self.done(self.curl(server, "/status", "--http2", "-w", " %{http_version}"))
            self.assertRegex(output, r'^\{"version".*\} 2$')
            post = ("--http2", "-w", " %{http_code}", "-d", '{"text":"x"}', "-H",
                    "Content-Type: application/json", "-H", f"Authorization: Bearer {KEY}")
            stream = self.curl(server, "/rooms/lobby/events", "--http2")
            self.read_to(stream, b"retry: ")
            for n in range(3):
                output, _ = self.done(self.curl(server, "/rooms/lobby/announcements", *post))
                self.assertTrue(output.endswith(" 201"), output)
                self.read_to(stream, b'"offset":%d,' % (n + 1))
            self.read_to(stream, b":\n")
            output, _ = self.done(self.curl(server, "/rooms/lobby", "--http2", "-X", "DELETE",
                                            "-H", f"Authorization: Bearer {KEY}"))
            self.assertEqual(output, '{"type":"ok"}')
            output, code = self.done(stream)
            self.assertTrue(re.search("event: room_closed\n.*: end\n\n$", output, re.S), output)
            self.assertEqual(code, 0)
            long = self.curl(server, "/rooms/lobby/messages?offset=0", "--http2")
            self.assertIn('"messages":[]', self.done(long)[0])

    def test_http_2_when_the_server_stops(self):
        with self.serve() as server:
            stream = self.curl(server, "/rooms/lobby/events?last-event-id=a:1", "--http2")
            self.read_to(stream, b"event: gap")
            before = time.monotonic()
            self.assertEqual(server.stop(), 0)
            self.assertLess(time.monotonic() - before, 4)
            self.assertTrue(self.done(stream)[0].endswith(": end\n\n"))

    def test_http_1(self):
        with self.serve() as server:
            stream = EventStream(server.port, "/api/rooms/lobby/events", tls=True)
            server.clients.append(stream)
            ann = Chat(server, tls=True)
            ann.join(nick="Ann")
            for n in range(50):
                ann.send_json(type="message", room="lobby", text=f"{n}", cid=f"c{n}")
            self.assertEqual(stream.texts(50), [str(n) for n in range(50)])


if __name__ == "__main__":
    unittest.main()
