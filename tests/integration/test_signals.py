"""TERM and INT stop politely, HUP restarts in place or goes on as before; on both event loops."""

import http.client
import os
import signal
import socket
import tempfile
import threading
import time
import unittest

from support import Server, WsClient, WsClosed, vhost
from support.server import SANITIZER_REPORT

TEST_PLUGINS = os.environ["LWSHOST_TEST_PLUGIN_DIR"]
LOOPS = ("uv", "poll")


def conf(say="one", **options):
    return [vhost(mounts=[{"mountpoint": "/", "origin": "callback://echo-test"}],
                  ws_protocols=[{"echo-test": {"say": say, **options}}])]


def serve(loop, text=None, **options):
    return Server(conf() if text is None else text, arguments=["--plugin-dir", TEST_PLUGINS],
                  environment={"LWSHOST_EVENT_LOOP": loop}, **options)


def get(port):
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    try:
        connection.request("GET", "/")
        return connection.getresponse().read().decode()
    finally:
        connection.close()


class Case(unittest.TestCase):
    def on_both_loops(self, check):
        for loop in LOOPS:
            with self.subTest(loop):
                check(loop)

    def closed_with(self, client):
        with self.assertRaises(WsClosed) as closed:
            client.receive()
        client.abort()
        return closed.exception.code


class Loops(Case):
    def test_the_log_says_which(self):
        with serve("uv") as server:
            server.wait_stderr("libuv event loop")
        with serve("poll") as server:
            server.wait_stderr("poll event loop")

    def test_stdout_has_the_listening_lines_only(self):
        with serve("uv") as server:
            get(server.port)
            self.assertEqual(server.stop(), 0)
            self.assertEqual(server.stdout_lines,
                             [f"lwshost: listening on http://127.0.0.1:{server.port}/"])


class Stop(Case):
    def test_term_and_int(self):
        def check(loop):
            for number in (signal.SIGTERM, signal.SIGINT):
                with serve(loop) as server:
                    self.assertEqual(get(server.port), "one")
                    begun = time.monotonic()
                    self.assertEqual(server.stop(number), 0)
                    self.assertLess(time.monotonic() - begun, 4)
        self.on_both_loops(check)

    def test_members_are_told_1001(self):
        def check(loop):
            with serve(loop) as server:
                clients = [WsClient(server.port, protocols=["echo-test"]) for _ in range(20)]
                server.signal(signal.SIGTERM)
                self.assertEqual([self.closed_with(client) for client in clients], [1001] * 20)
                self.assertEqual(server.stop(), 0)
        self.on_both_loops(check)

    def test_idle_connections_do_not_delay_it(self):
        def check(loop):
            with serve(loop) as server:
                idle = [socket.create_connection(("127.0.0.1", server.port)) for _ in range(5)]
                kept = http.client.HTTPConnection("127.0.0.1", server.port, timeout=20)
                kept.request("GET", "/")
                kept.getresponse().read()
                begun = time.monotonic()
                self.assertEqual(server.stop(), 0)
                self.assertLess(time.monotonic() - begun, 4)
                for connection in idle:
                    connection.close()
                kept.close()
        self.on_both_loops(check)

    def test_a_file_under_way_is_sent_to_its_end(self):
        def check(loop):
            with tempfile.TemporaryDirectory() as folder:
                data = os.urandom(1 << 20) * 32
                with open(os.path.join(folder, "big.txt"), "wb") as file:
                    file.write(data)
                text = [vhost(mounts=[{"mountpoint": "/", "origin": f"file://{folder}"}])]
                with serve(loop, text) as server, \
                        socket.create_connection(("127.0.0.1", server.port), 20) as raw:
                    raw.sendall(b"GET /big.txt HTTP/1.1\r\nHost: x\r\n\r\n")
                    got = raw.recv(1000)
                    server.signal(signal.SIGTERM)
                    server.wait_stderr("asked to stop")
                    while piece := raw.recv(1 << 20):
                        got += piece
                    self.assertEqual(got.split(b"\r\n\r\n", 1)[1], data)
                    self.assertEqual(server.stop(), 0)
        self.on_both_loops(check)

    def test_nobody_new_is_let_in(self):
        def check(loop):
            with serve(loop, conf(linger="1")) as server:
                client = WsClient(server.port, protocols=["echo-test"])
                server.signal(signal.SIGTERM)
                server.wait_stderr("asked to stop")
                with self.assertRaises((ConnectionError, http.client.HTTPException)):
                    get(server.port)
                client.send("still here")
                self.assertEqual(client.receive(), "still here")
                client.close()
                self.assertEqual(server.stop(), 0)
        self.on_both_loops(check)

    def test_patience_ends(self):
        def check(loop):
            with serve(loop, conf(linger="1")) as server:
                client = WsClient(server.port, protocols=["echo-test"])
                begun = time.monotonic()
                server.signal(signal.SIGTERM)
                server.process.wait(20)
                self.assertGreater(time.monotonic() - begun, 4.5)
                self.assertIsNone(self.closed_with(client))
                self.assertEqual(server.stop(), 0)
        self.on_both_loops(check)

    def test_a_second_signal_ends_it_at_once(self):
        def check(loop):
            with serve(loop, conf(linger="1")) as server:
                client = WsClient(server.port, protocols=["echo-test"])
                begun = time.monotonic()
                server.signal(signal.SIGTERM)
                server.wait_stderr("asked to stop")
                server.signal(signal.SIGINT)
                server.process.wait(20)
                self.assertLess(time.monotonic() - begun, 4)
                self.assertIsNone(self.closed_with(client))
                self.assertEqual(server.stop(), 0)
        self.on_both_loops(check)


class Reload(Case):
    def test_a_good_configuration_is_served_on_the_same_port(self):
        def check(loop):
            with serve(loop) as server:
                port = server.port
                for n, say in enumerate(("two", "three"), 2):
                    client = WsClient(port, protocols=["echo-test"])
                    server.write_conf(conf(say))
                    server.signal(signal.SIGHUP)
                    self.assertEqual(self.closed_with(client), 1012)
                    server.wait_listening(n)
                    self.assertEqual(set(server.urls), {f"http://127.0.0.1:{port}/"})
                    self.assertEqual(get(port), say)
        self.on_both_loops(check)

    def test_a_bad_configuration_changes_nothing(self):
        def check(loop):
            with serve(loop) as server:
                with WsClient(server.port, protocols=["echo-test"]) as client:
                    for text, complaint in (("{", "conf:1"),
                                            (conf(refuse="no"), "refused as asked: no"),
                                            ([vhost(ws_protocols=[{"nobody-has": {}}])],
                                             "nobody-has")):
                        server.write_conf(text)
                        server.signal(signal.SIGHUP)
                        server.wait_stderr(complaint)
                    server.wait_until(lambda: server.stderr.count("goes on as before") == 3,
                                      "three refusals")
                    client.send("still here")
                    self.assertEqual(client.receive(), "still here")
                self.assertEqual(get(server.port), "one")
                self.assertEqual(len(server.urls), 1)
        self.on_both_loops(check)

    def test_a_port_that_is_in_use_changes_nothing(self):
        def check(loop):
            with serve(loop) as server, socket.create_server(("127.0.0.1", 0)) as taken:
                server.write_conf([vhost(port=str(taken.getsockname()[1]))])
                server.signal(signal.SIGHUP)
                server.wait_stderr("goes on as before")
                self.assertIn("vhosts[0].port", server.stderr)
                self.assertIn("Address already in use", server.stderr)
                self.assertEqual(get(server.port), "one")
        self.on_both_loops(check)

    def test_a_port_that_is_taken_meanwhile(self):
        def check(loop):
            with socket.create_server(("127.0.0.1", 0)) as free:
                port = free.getsockname()[1]
            with serve(loop, conf(linger="1")) as server:
                client = WsClient(server.port, protocols=["echo-test"])
                server.write_conf([vhost(port=str(port))])
                server.signal(signal.SIGHUP)
                server.wait_stderr("read anew")
                with socket.create_server(("127.0.0.1", port)):
                    client.close()
                    server.process.wait(20)
                self.assertEqual(server.stop(), 1)
                self.assertIn("Address already in use", server.stderr)
                self.assertNotRegex(server.stderr, SANITIZER_REPORT)
                server.process.returncode = 0  # expected: nothing for __exit__ to find
        self.on_both_loops(check)

    def test_the_last_configuration_counts(self):
        """Also when it comes while the one before is not served yet."""
        def check(loop):
            with serve(loop, conf(linger="1")) as server:
                client = WsClient(server.port, protocols=["echo-test"])
                server.write_conf(conf("two"))
                server.signal(signal.SIGHUP)
                server.wait_stderr("read anew")
                for text, said in (("{", "goes on as before"), (conf("three"), "read anew")):
                    count = server.stderr.count(said)
                    server.write_conf(text)
                    server.signal(signal.SIGHUP)
                    server.wait_until(lambda: server.stderr.count(said) > count, said)
                client.close()
                server.wait_listening(2)
                self.assertEqual(get(server.port), "three")
        self.on_both_loops(check)

    def test_vhosts_of_one_name_keep_their_ports(self):
        with serve("uv", [vhost(), vhost()]) as server:
            server.wait_listening(2)
            server.signal(signal.SIGHUP)
            server.wait_listening(4)
            self.assertEqual(server.urls[:2], server.urls[2:])
            self.assertNotEqual(server.urls[0], server.urls[1])

    def test_a_plugin_that_breaks_at_the_restart(self):
        def check(loop):
            with serve(loop) as server:
                server.write_conf(conf(broken="no longer"))
                server.signal(signal.SIGHUP)
                server.process.wait(20)
                self.assertEqual(server.stop(), 1)
                self.assertIn("no longer", server.stderr)
                server.process.returncode = 0  # expected: nothing for __exit__ to find
        self.on_both_loops(check)

    def test_stopping_while_restarting(self):
        def check(loop):
            with serve(loop, conf(linger="1")) as server:
                client = WsClient(server.port, protocols=["echo-test"])
                server.signal(signal.SIGHUP)
                server.wait_stderr("read anew")
                server.signal(signal.SIGTERM)
                client.close()
                self.assertEqual(server.stop(), 0)
                self.assertEqual(len(server.urls), 1)
        self.on_both_loops(check)

    def test_many_restarts_leave_nothing_behind(self):
        def check(loop):
            with serve(loop) as server:
                def descriptors():
                    return len(os.listdir(f"/proc/{server.process.pid}/fd"))
                before = descriptors()
                for n in range(2, 12):
                    server.signal(signal.SIGHUP)
                    server.wait_listening(n)
                    self.assertEqual(get(server.port), "one")
                server.wait_until(lambda: descriptors() <= before, "descriptors to be closed")
        self.on_both_loops(check)

    def test_restarts_under_load(self):
        def check(loop):
            with serve(loop) as server:
                port, end, answered = server.port, threading.Event(), []

                def ask():
                    while not end.is_set():
                        try:
                            answered.append(get(port))
                        except (OSError, http.client.HTTPException):
                            pass
                threads = [threading.Thread(target=ask) for _ in range(4)]
                for thread in threads:
                    thread.start()
                for n in range(2, 7):
                    server.signal(signal.SIGHUP)
                    server.wait_listening(n)
                end.set()
                for thread in threads:
                    thread.join()
                self.assertEqual(set(answered), {"one"})
        self.on_both_loops(check)


class Crashes(Case):
    def test_a_crash_stays_a_crash(self):
        """lws's libuv glue would catch these two signals and spin."""
        for number in (signal.SIGSEGV, signal.SIGFPE):
            server = serve("uv", wrapper=())
            with server:
                with open(f"/proc/{server.process.pid}/status", encoding="ascii") as file:
                    fields = dict(line.split(":\t", 1) for line in file if ":\t" in line)
                caught = int(fields["SigCgt"], 16)
                blocked = int(fields["SigBlk"], 16)
                self.assertFalse(blocked & 1 << (number - 1))
                for handled in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
                    self.assertFalse(caught & 1 << (handled - 1))
                    self.assertTrue(blocked & 1 << (handled - 1))

    def test_a_peer_that_is_gone_is_no_end(self):
        with serve("uv") as server:
            with open(f"/proc/{server.process.pid}/status", encoding="ascii") as file:
                fields = dict(line.split(":\t", 1) for line in file if ":\t" in line)
            self.assertTrue(int(fields["SigIgn"], 16) & 1 << (signal.SIGPIPE - 1))


if __name__ == "__main__":
    unittest.main()
