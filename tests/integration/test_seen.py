"""The server seen from outside: access log, event log, healthz, metrics."""

import contextlib
import http.client
import json
import os
import shutil
import signal
import socket
import tempfile
import unittest

from support import Server, StubUpstream, run_lwshost, vhost
from support.ip_info import asking, fetch, late, sina
from support.seen import Log, metrics

STATUS = [{"mountpoint": "/healthz", "origin": "callback://lwshost-status"},
          {"mountpoint": "/metrics", "origin": "callback://lwshost-status"}]


class Seen(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.mkdtemp(prefix="lwshost-seen-")
        self.addCleanup(shutil.rmtree, self.folder)
        self.access = Log(os.path.join(self.folder, "access.log"))
        self.events = Log(os.path.join(self.folder, "events.log"))

    def write(self, name, data):
        path = os.path.join(self.folder, name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "wb") as file:
            file.write(data)

    def conf(self, mounts=(), protocols=(), log_format="json", **keys):
        return {"global": {"event-log": self.events.path, "log-format": log_format},
                "vhosts": [vhost(access_log=self.access.path, mounts=[*mounts, *STATUS],
                                 ws_protocols=[{"lwshost-status": {}}, *protocols], **keys)]}

    def start(self, conf, **options):
        server = Server(conf, **options)
        server.__enter__()
        self.addCleanup(server.__exit__, None, None, None)
        return server

    def ask(self, server, path, method="GET", headers=(), body=None, **seen):
        """One request, and the line that it leaves."""
        before = len(self.access.of("http"))
        answer = fetch(server.port, path, method, body, headers)
        server.wait_until(lambda: len(self.access.of("http")) > before, f"the line of {path}")
        line = self.access.of("http")[before]
        self.assertEqual((line["status"], line["method"], line["vhost"], line["client"]),
                         (answer[0], method, "localhost", seen.get("client", "127.0.0.1")))
        self.assertEqual(line.get("bytes", len(answer[2])), len(answer[2]))
        self.assertEqual(line["version"], "1.1")
        self.assertLess(line["duration_ms"], 20000)
        return answer, line


class Files(Seen):
    def setUp(self):
        super().setUp()
        self.write("www/index.html", b"<p>index</p>")
        self.write("www/big.txt", b"0123456789abcdef" * 65536)
        self.write("www/strange.xyz", b"?")
        self.write("passwords", b"me:secret\n")
        www = f"file://{self.folder}/www"
        self.server = self.start(self.conf(mounts=[
            {"mountpoint": "/www", "origin": www, "default": "index.html"},
            {"mountpoint": "/mine", "origin": www, "basic-auth": f"{self.folder}/passwords"},
            {"mountpoint": "/away", "origin": ">http://example.com/"}]))

    def test_what_lws_serves_is_there_with_its_status(self):
        (_, headers, _), line = self.ask(self.server, "/www/index.html?pin=1234#x")
        self.assertEqual(line["path"], "/www/index.html")  # no query
        tag = {"If-None-Match": headers["etag"]}
        for path, method, fields, status in (
                ("/www/index.html", "GET", tag, 304), ("/www/index.html", "HEAD", {}, 200),
                ("/www/big.txt", "GET", {}, 200), ("/www/", "GET", {}, 200),
                ("/www/nothing", "GET", {}, 404), ("/nothing", "GET", {}, 404),
                ("/mine/index.html", "GET", {}, 401), ("/www/index.html", "DELETE", {}, 405),
                ("/nothing", "DELETE", {}, 405)):
            (seen, _, _), line = self.ask(self.server, path, method, fields)
            self.assertEqual((seen, line["path"]), (status, path))

    def test_a_kind_of_file_that_is_not_served(self):
        (status, _, _), _ = self.ask(self.server, "/www/strange.xyz")
        self.assertIn(status, (415, 200))  # lws 5: as mere bytes

    def test_each_request_of_a_kept_connection(self):
        connection = http.client.HTTPConnection("127.0.0.1", self.server.port, timeout=20)
        self.addCleanup(connection.close)
        for path in ("/www/index.html", "/nothing", "/www", "/healthz", "/away/x", "/www/big.txt"):
            connection.request("GET", path)
            connection.getresponse().read()
        self.access.wait(self.server, "http", 6)
        self.assertEqual([(line["path"], line["status"]) for line in self.access.of("http")],
                         [("/www/index.html", 200), ("/nothing", 404), ("/www", 301),
                          ("/healthz", 200), ("/away/x", 301), ("/www/big.txt", 200)])

    def test_paths_can_not_forge_lines(self):
        for raw in ("%0a{%22event%22:%22forged%22}", "%0d%0aevent=forged", "%22,%22status%22:200",
                    "a%00b", "%1b%5b31m", "%e2%80%aegnp", "%ff%fe", "\\\"x", "x" * 2000):
            with contextlib.suppress(http.client.HTTPException):  # some are no requests for lws
                fetch(self.server.port, f"/{raw}")
        fetch(self.server.port, "/last")
        self.access.wait(self.server, "http", path="/last")
        self.assertGreaterEqual(len(self.access.of("http")), 5)
        with open(self.access.path, "rb") as file:
            text = file.read()
        for byte in text:
            self.assertTrue(byte == 10 or byte >= 32 and byte != 127, text)
        self.assertFalse(self.access.of("forged"))
        self.assertNotIn("\u202e".encode(), text)
        self.assertTrue(all(line["status"] != 200 for line in self.access.of("http")))

    def test_a_client_that_goes_before_the_answer(self):
        self.write("www/huge.txt", b"x" * (1 << 25))
        raw = socket.create_connection(("127.0.0.1", self.server.port), 20)
        raw.sendall(b"GET /www/huge.txt HTTP/1.1\r\nHost: x\r\n\r\n")
        raw.recv(1000)
        raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
        raw.close()
        line = self.access.wait(self.server, "http", path="/www/huge.txt")
        self.assertEqual((line["status"], line.get("bytes")), (200, None))  # cut off


class Plugins(Seen):
    def conf(self, upstream, **keys):
        return super().conf(
            mounts=[{"mountpoint": "/api", "origin": "callback://chat-room"},
                    {"mountpoint": "/ip-info", "origin": "callback://ip-info"}],
            protocols=[{"chat-room": {"default": "1"}}, {"ip-info": asking(upstream)}], **keys)

    def test_their_answers(self):
        with StubUpstream(sina) as upstream:
            server = self.start(self.conf(upstream))
            for path, method, status in (
                    ("/api/status", "GET", 200), ("/api/status?pin=abc", "HEAD", 200),
                    ("/api/nothing", "GET", 404), ("/api/rooms/lobby/announcements", "POST", 403),
                    ("/ip-info?ip=8.8.8.8&ip=9.9.9.9", "GET", 200), ("/ip-info?ip=x", "GET", 400),
                    ("/ip-info", "PUT", 405), ("/ip-info/metrics", "GET", 200)):
                (seen, _, _), line = self.ask(server, path, method,
                                              body="{}" if method == "POST" else None)
                self.assertEqual((seen, line["path"]), (status, path.split("?")[0]))
            status, _, body = fetch(server.port, "/ip-info?ip=8.8.8.8&ip=9.9.9.9&format=ndjson")
            line = self.access.wait(server, "http", 9)
            self.assertEqual((line["status"], status), (200, 200))
            self.assertGreaterEqual(line["bytes"], len(body))  # and the chunks around it

    def test_the_client_is_the_one_that_proxies_name(self):
        with StubUpstream(sina) as upstream:
            conf = self.conf(upstream, trusted_proxies="127.0.0.1")
            conf["vhosts"][0]["ws-protocols"][1]["chat-room"]["trusted-proxies"] = "127.0.0.1"
            server = self.start(conf)
            fields = {"X-Forwarded-For": "6.6.6.6, 203.0.113.7"}
            for path in ("/nothing", "/api/status", "/healthz"):
                self.ask(server, path, headers=fields, client="203.0.113.7")
            (status, _, _), _ = self.ask(server, "/metrics", headers=fields, client="203.0.113.7")
            self.assertEqual(status, 403)

    def test_events(self):
        answers = [StubUpstream.reply("no", status="500 Oops")]  # and then nothing any more
        with StubUpstream(lambda request: answers.pop() if answers else None) as upstream:
            server = self.start(self.conf(upstream, log_format="key-value"))
            fetch(server.port, "/ip-info?ip=8.8.8.8")
            line = self.events.wait(server, "upstream-failed", status=500)
            self.assertEqual((line["provider"], line["reason"]), ("sina", "upstream_status"))
            fetch(server.port, "/ip-info?ip=9.9.9.9")
            self.events.wait(server, "upstream-failed", reason="upstream_closed")
            with open(self.events.path, encoding="utf-8") as file:
                self.assertNotIn("8.8.8.8", file.read())  # who asks for what is not told
            self.assertEqual(self.events.of("listening")[0]["url"], server.urls[0])
            self.assertEqual(self.events.of("serving")[0]["vhosts"], 1)


class Health(Seen):
    def test_it_says_so_while_the_server_drains(self):
        with StubUpstream(late(1.5)) as upstream:
            server = self.start(self.conf(
                mounts=[{"mountpoint": "/ip-info", "origin": "callback://ip-info"}],
                protocols=[{"ip-info": asking(upstream, timeout_ms=9000, deadline_ms=9000)}]))
            status, headers, body = fetch(server.port, "/healthz")
            self.assertEqual((status, json.loads(body)["status"]), (200, "ok"))
            self.assertEqual((headers["content-type"], headers["cache-control"]),
                             ("application/json", "no-store"))
            kept = http.client.HTTPConnection("127.0.0.1", server.port, timeout=20)
            slow = http.client.HTTPConnection("127.0.0.1", server.port, timeout=20)
            self.addCleanup(kept.close)
            self.addCleanup(slow.close)
            kept.request("GET", "/healthz")
            kept.getresponse().read()
            slow.request("GET", "/ip-info?ip=8.8.8.8")
            server.wait_until(lambda: upstream.requests, "the lookup")
            server.signal(signal.SIGTERM)
            self.events.wait(server, "draining")
            kept.request("GET", "/healthz")
            answer = kept.getresponse()
            self.assertEqual((answer.status, json.loads(answer.read())["status"]),
                             (503, "draining"))
            self.assertEqual(slow.getresponse().status, 200)
            # A second signal would end it at once, without a last line.
            server.wait_until(lambda: server.process.poll() is not None, "the end")
            self.assertEqual(server.stop(), 0)
        self.assertEqual(self.events.lines()[-1]["event"], "stopped")

    def test_only_get_and_head(self):
        server = self.start(self.conf())
        self.assertEqual(fetch(server.port, "/healthz", "HEAD")[0::2], (200, b""))
        self.assertEqual(fetch(server.port, "/healthz", "DELETE")[0], 405)
        self.assertEqual(fetch(server.port, "/healthz/other")[0], 404)

    def test_metrics_count(self):
        server = self.start(self.conf())
        for path, status in (("/healthz", 200), ("/nothing", 404), ("/nothing", 404)):
            self.assertEqual(fetch(server.port, path)[0], status)
        self.access.wait(server, "http", 3)
        samples, families = metrics(fetch(server.port, "/metrics")[2].decode())
        self.assertEqual(samples['lwshost_http_requests_total{status="404"}'], 2)
        self.assertEqual(samples['lwshost_http_requests_total{status="200"}'], 1)
        self.assertEqual(samples["lwshost_http_request_duration_seconds_count"], 3)
        self.assertEqual(samples['lwshost_http_request_duration_seconds_bucket{le="+Inf"}'], 3)
        self.assertEqual(samples["lwshost_draining"], 0)
        self.assertEqual(samples["lwshost_log_dropped_lines_total"], 0)
        self.assertGreaterEqual(samples["lwshost_log_lines_total"], 5)
        self.assertGreater(samples["process_resident_memory_bytes"], 1 << 20)
        self.assertEqual(families["lwshost_http_request_duration_seconds"], "histogram")


class Logs(Seen):
    def test_moved_away_and_opened_anew(self):
        server = self.start(self.conf())
        self.ask(server, "/healthz")
        os.rename(self.access.path, self.access.path + ".1")
        server.signal(signal.SIGUSR1)
        server.wait_until(lambda: os.path.exists(self.access.path), "a new file")
        self.ask(server, "/nothing")
        self.assertEqual([line["path"] for line in self.access.of("http")], ["/nothing"])
        self.assertEqual([line["path"] for line in Log(self.access.path + ".1").of("http")],
                         ["/healthz"])
        self.events.wait(server, "logs-reopened")

    def test_cut_from_outside(self):
        server = self.start(self.conf())
        self.ask(server, "/healthz")
        os.truncate(self.access.path, 0)
        self.ask(server, "/nothing")
        self.assertEqual([line["path"] for line in self.access.of("http")], ["/nothing"])

    def test_a_reader_that_hangs_holds_nobody_up(self):
        os.mkfifo(self.access.path)
        reader = os.open(self.access.path, os.O_RDONLY | os.O_NONBLOCK)
        server = self.start(self.conf())
        connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=20)
        path = "/" + "x" * 900
        for _ in range(2500):  # more than a megabyte of lines
            connection.request("GET", path)
            connection.getresponse().read()
        connection.close()
        samples, _ = metrics(fetch(server.port, "/metrics")[2].decode())
        self.assertGreater(samples["lwshost_log_dropped_lines_total"], 100)
        self.assertEqual(server.stop(), 0)
        os.close(reader)

    def test_a_reload_goes_on_in_the_same_files(self):
        server = self.start(self.conf())
        self.ask(server, "/healthz")
        good = self.conf()
        server.write_conf("{")
        server.signal(signal.SIGHUP)
        self.events.wait(server, "configuration-refused")
        server.write_conf(good)
        server.signal(signal.SIGHUP)
        server.wait_until(lambda: len(server.urls) == 2, "the new one to listen")
        self.ask(server, "/healthz")
        samples, _ = metrics(fetch(server.port, "/metrics")[2].decode())
        self.assertEqual(samples['lwshost_configurations_total{result="taken"}'], 2)
        self.assertEqual(samples['lwshost_configurations_total{result="refused"}'], 1)
        names = [line["event"] for line in self.events.lines()]
        self.assertEqual(names, ["serving", "listening", "configuration-refused",
                                 "configuration-read", "draining-to-restart", "restarting",
                                 "serving", "listening"])

    def test_standard_error_will_do(self):
        conf = self.conf()
        conf["global"]["event-log"] = "stderr"
        server = self.start(conf)
        server.wait_stderr('"event":"listening"')

    def test_what_is_wrong_is_said(self):
        for change, place in (({"access-log": "/nowhere/at/all"}, "access-log: /nowhere/at/all"),
                              ({"access-log": "/tmp"}, "access-log: /tmp"),
                              ({"trusted-proxies": "10.0.0.1/8"}, "trusted-proxies"),
                              ({"forwarded-header": "via"}, "forwarded-header")):
            conf = self.conf()
            conf["vhosts"][0].update(change)
            self.assertIn(place, self.complaint(conf))
        conf = self.conf()
        conf["global"]["log-format"] = "xml"
        self.assertIn("log-format", self.complaint(conf))

    def complaint(self, conf):
        self.write("conf", json.dumps(conf).encode())
        done = run_lwshost("-c", self.folder, "--check")
        self.assertEqual(done.returncode, 2)
        return done.stderr


if __name__ == "__main__":
    unittest.main()
