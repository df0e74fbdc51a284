"""ip-info and providers by name: the system's resolver may be slow, addresses may be dead."""

import asyncio
import json
import signal
import socket
import ssl
import tempfile
import threading
import time
import unittest

from support import Server, StubUpstream, preload
from support.certificate import Authority
from support.chat import ChatServer
from support.ip_info import fetch_json, sina, site


class Named(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(folder.cleanup)
        cls.environment = preload.build(folder.name, "names")
        cls.upstream = StubUpstream(sina).__enter__()
        cls.addClassCleanup(cls.upstream.__exit__, None, None, None)

    def server(self, hosts, **more):
        """Providers a, b, … at these hosts; the port is the stub's."""
        options = {"providers": ",".join("abc"[:len(hosts)])}
        for name, host in zip("abc", hosts):
            options.update({f"{name}:url": f"http://{host}:{self.upstream.port}/?ip={{ip}}",
                            f"{name}:map": "city=/city", f"{name}:private": "1"})
        options.update({name.replace("_", "-"): str(value) for name, value in more.items()})
        return self.with_names(options)

    def with_names(self, options):
        return Server([site(options)], environment=self.environment)

    def ask_in_the_background(self, server, path):
        answers = []
        thread = threading.Thread(
            target=lambda: answers.append(fetch_json(server.port, path)))
        thread.start()
        return thread, answers

    def test_a_name_that_takes_its_time_leaves_the_others_free(self):
        with self.server(["slow-3.test", "127.0.0.1", "localhost"], timeout_ms=9000,
                         deadline_ms=9000) as server:
            thread, answers = self.ask_in_the_background(server, "/ip-info/1.1.1.1?provider=a")
            worst = 0
            for _ in range(20):
                for path in ("/ip-info/me", "/ip-info/8.8.8.8?provider=b",
                             "/ip-info/8.8.8.8?provider=c"):
                    begin = time.monotonic()
                    self.assertEqual(fetch_json(server.port, path)[0], 200, path)
                    worst = max(worst, time.monotonic() - begin)
            self.assertFalse(answers, "the name is still being looked up")
            print(f"\nbeside a name of 3 s: worst other {worst * 1000:.1f} ms")
            self.assertLess(worst, 1)
            thread.join()
            self.assertEqual((answers[0][0], answers[0][2]["city"]), (200, "1.1.1.1"))

    def test_chat_keeps_its_latency_while_a_thousand_lookups_hang(self):
        """And while the resolver stalls: of all, the chat on the same vhost knows nothing."""
        async def never(request):
            await asyncio.sleep(60)
        with StubUpstream(never) as upstream:
            options = {"providers": "a,b", "max-inflight": "0", "max-queue": "2000", "rate": "0",
                       "deadline-ms": "30000", "timeout-ms": "30000", "max-body": "65536",
                       "max-ips-post": "1000", "a:lanes": "256",
                       "a:url": upstream.url + "/?ip={ip}", "a:map": "city=/city", "a:private": "1",
                       "b:url": f"http://slow-30.test:{upstream.port}/?ip={{ip}}",
                       "b:map": "city=/city", "b:private": "1"}
            conf = site(options)
            conf["ws-protocols"][0].update({"chat-room": {"rate": "0"},
                                            "chat-room-text": {"default": "1"}})
            with ChatServer([conf], environment=self.environment) as server:
                member = server.connect()
                member.receive()
                quiet = self.chat_latency_ms(member)
                askers = [self.hang(server, provider) for provider in "ab"]
                server.wait_until(lambda: len(upstream.requests) == 256, "all lanes to be used")
                busy = self.chat_latency_ms(member)
                print(f"\nchat, median and worst of 200: {quiet} ms, beside 2000 lookups {busy} ms")
                self.assertLess(busy[0], 50)
                self.assertLess(busy[1], 1000)
                for asker in askers:
                    asker.setblocking(False)
                    with self.assertRaises(BlockingIOError, msg="it still hangs"):
                        asker.recv(1)
                    asker.close()

    @staticmethod
    def hang(server, provider):
        body = json.dumps([f"1.0.{n // 250}.{n % 250}" for n in range(1000)])
        asker = socket.create_connection(("127.0.0.1", server.port))
        asker.sendall(f"POST /ip-info?provider={provider} HTTP/1.1\r\nHost: x\r\nContent-Type: "
                      f"application/json\r\nContent-Length: {len(body)}\r\n\r\n{body}".encode())
        return asker

    @staticmethod
    def chat_latency_ms(member):
        times = []
        for n in range(200):
            begin = time.monotonic()
            member.send(f"message {n}")
            member.receive()
            times.append((time.monotonic() - begin) * 1000)
        return round(sorted(times)[100], 2), round(max(times), 2)

    def test_stopping_does_not_wait_for_a_name(self):
        with self.server(["slow-60.test", "slow-61.test"], timeout_ms=100) as server:
            for provider in "ab":
                self.assertEqual(
                    fetch_json(server.port, "/ip-info/1.1.1.1?provider=" + provider)[0], 504)
            begin = time.monotonic()
            self.assertEqual(server.stop(), 0)
            took = time.monotonic() - begin
            print(f"\nstopping beside a name of 60 s: {took * 1000:.0f} ms")
            self.assertLess(took, 5)

    def test_reading_the_configuration_anew_does_not_wait_for_a_name(self):
        """The thread that looks it up comes back when the plugin was unloaded and loaded again."""
        with self.server(["slow-4.test", "127.0.0.1"], timeout_ms=100) as server:
            self.assertEqual(fetch_json(server.port, "/ip-info/1.1.1.1?provider=a")[0], 504)
            server.signal(signal.SIGHUP)
            server.wait_listening(2)
            self.assertNotIn("names: awake", server.stderr)
            server.wait_stderr("names: awake")
            for _ in range(20):
                self.assertEqual(fetch_json(server.port, "/ip-info/1.1.1.1?provider=b")[0], 200)

    def test_stopping_when_a_name_was_looked_up_just_then(self):
        """Threads that end while the plugin is being unloaded."""
        for _ in range(5):
            with self.server(["slow-0.test", "slow-1.test"], timeout_ms=1000) as server:
                for provider in "ab":
                    self.ask_in_the_background(server, "/ip-info/1.1.1.1?provider=" + provider)[0].join()
                self.assertEqual(server.stop(), 0)

    def test_parallel_lookups_try_every_address(self):
        with self.server(["two-2.test"], lanes=16) as server:
            _, _, answer = fetch_json(
                server.port, "/ip-info?ip=" + ",".join(f"1.0.{n}.1" for n in range(9)))
            self.assertEqual([r.get("error") for r in answer["results"]], [None] * 9)

    def test_parallel_lookups_try_every_address_when_connections_break_later(self):
        """All fail at the first address together; each must try the second, not every other one."""
        with tempfile.TemporaryDirectory() as folder, socket.socket() as closer:
            authority = Authority(folder)
            good = authority.issue("DNS:two-2.test")
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(*good)
            with StubUpstream(sina, tls=context) as upstream:
                closer.bind(("127.0.0.2", upstream.port))
                closer.listen(64)
                waiting = []

                def close_all_at_once():
                    while len(waiting) < 8:
                        waiting.append(closer.accept()[0])
                    for connection in waiting:
                        connection.close()
                thread = threading.Thread(target=close_all_at_once)
                thread.start()
                options = {"providers": "a", "a:map": "city=/city", "a:private": "1",
                           "a:tls-ca": authority.cert, "timeout-ms": "9000", "deadline-ms": "9000",
                           "a:url": f"https://two-2.test:{upstream.port}/?ip={{ip}}"}
                with self.with_names(options) as server:
                    _, _, answer = fetch_json(
                        server.port, "/ip-info?ip=" + ",".join(f"1.0.{n}.1" for n in range(8)))
                thread.join()
                self.assertEqual([r.get("error") for r in answer["results"]], [None] * 8)

    def test_an_address_that_does_not_answer_is_left_after_one_timeout(self):
        with socket.socket() as hole:
            hole.bind(("127.0.0.3", self.upstream.port))
            hole.listen(0)
            fillers = []
            for _ in range(20):  # until the kernel takes no more
                filler = socket.socket()
                self.addCleanup(filler.close)
                filler.setblocking(False)
                filler.connect_ex(hole.getsockname())
                fillers.append(filler)
            with self.server(["two-3.test"], timeout_ms=500) as server:
                codes = [fetch_json(server.port, f"/ip-info/1.0.{n}.1")[0] for n in range(4)]
            self.assertEqual(codes, [504, 200, 200, 200])


if __name__ == "__main__":
    unittest.main()
