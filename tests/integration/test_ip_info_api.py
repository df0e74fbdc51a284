"""What callers can choose, and the HTTP around answers."""

import asyncio
import csv
import io
import json
import socket
import subprocess
import tempfile
import time
import unittest

import jsonschema

from support.ip_info import TUTORIAL, asking, fetch, fetch_json, late, sina, site
from support.server import Server
from support.upstream import StubUpstream

LIST = "/ip-info?ip=" + ",".join(TUTORIAL)
CITY = "/ip-info/14.130.112.24"


class Forms(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.upstream = StubUpstream(sina).__enter__()
        cls.addClassCleanup(cls.upstream.__exit__, None, None, None)
        cls.server = Server([site(asking(cls.upstream, cache_entries=100))]).__enter__()
        cls.addClassCleanup(cls.server.__exit__, None, None, None)
        cls.port = cls.server.port

    def test_fields(self):
        _, _, body = fetch_json(self.port, LIST + "&fields=city,kind")
        self.assertEqual(body["results"][0],
                         {"ip": TUTORIAL[0], "ok": True, "kind": "public", "city": TUTORIAL[0]})
        self.assertEqual(fetch(self.port, CITY + "?fields=town")[0], 400)

    def test_one_field(self):
        status, headers, body = fetch(self.port, CITY + "/country")
        self.assertEqual((status, body), (200, "中国\n".encode()))
        self.assertEqual(headers["content-type"], "text/plain; charset=utf-8")
        self.assertEqual(fetch(self.port, CITY + "/hostname")[::2], (204, b""))
        self.assertEqual(fetch(self.port, CITY + "/town")[0], 404)
        self.assertEqual(fetch(self.port, "/ip-info/me/ip")[2], b"127.0.0.1\n")

    def test_meta_tells_how_it_came_about(self):
        fetch_json(self.port, CITY)
        _, _, body = fetch_json(self.port, CITY + "?meta=1")
        self.assertIs(body["cached"], True)
        self.assertGreaterEqual(body["age"], 0)
        self.assertIsInstance(body["ms"], int)

    def test_csv(self):
        status, headers, body = fetch(self.port, LIST + ",x&format=csv&fields=city,error")
        self.assertEqual(status, 200)
        self.assertEqual(headers["content-type"], "text/csv; charset=utf-8; header=present")
        rows = list(csv.reader(io.StringIO(body.decode(), newline="")))
        self.assertEqual(rows[0], ["ip", "ok", "city", "error"])
        self.assertEqual(rows[1], [TUTORIAL[0], "true", TUTORIAL[0], ""])
        self.assertEqual(rows[5], ["x", "false", "", "invalid_ip"])

    def test_an_answer_that_the_client_has_is_not_sent_again(self):
        status, headers, body = fetch(self.port, LIST)
        self.assertTrue(body)
        self.assertRegex(headers["cache-control"], r"^private, max-age=\d+$")
        tag = headers["etag"]
        status, headers, body = fetch(self.port, LIST, headers={"If-None-Match": tag})
        self.assertEqual((status, body), (304, b""))
        self.assertEqual(headers["etag"], tag)
        status, _, body = fetch(self.port, LIST, headers={"If-None-Match": '"other"'})
        self.assertEqual(status, 200)

    def test_what_is_about_the_caller_is_kept_by_nobody(self):
        for path in ("/ip-info", "/ip-info/me", LIST + ",x"):
            _, headers, _ = fetch(self.port, path)
            self.assertEqual(headers["cache-control"], "no-store", path)
            self.assertIsNone(headers["etag"])

    def test_lines(self):
        status, headers, body = fetch(self.port, LIST + ",10.0.0.1,x&format=ndjson")
        self.assertEqual((status, headers["content-type"]), (200, "application/x-ndjson"))
        lines = [json.loads(line) for line in body.splitlines()]
        self.assertEqual(sorted(line["index"] for line in lines[:-1]), list(range(6)))
        self.assertEqual(lines[-1], {"complete": False, "count": 6, "succeeded": 5, "failed": 1})
        self.assertEqual(fetch(self.port, LIST + "&format=ndjson&strict=1")[0], 400)

    def test_other_sites_are_not_told_anything(self):
        _, headers, _ = fetch(self.port, CITY, headers={"Origin": "https://a.example"})
        self.assertIsNone(headers["access-control-allow-origin"])


def by_address(request):
    """An answer after as many tenths of a second as the last number of the address says."""
    async def answer(request):
        await asyncio.sleep(int(request["query"]["ip"].rsplit(".", 1)[1]) / 10)
        return sina(request)
    return answer(request)


class Lines(unittest.TestCase):
    def read(self, port, request):
        """Each line of the answer, and when it came."""
        with socket.create_connection(("127.0.0.1", port), timeout=30) as peer:
            peer.sendall(request.encode())
            start, data, seen = time.monotonic(), b"", []
            while b"\"complete\"" not in data:
                piece = peer.recv(65536)
                if not piece:
                    break
                data += piece
                seen.append((time.monotonic() - start, piece))
            return data, seen

    def test_each_comes_when_it_is_there(self):
        with StubUpstream(by_address) as upstream, \
                Server([site(asking(upstream, timeout_ms=5000))]) as server:
            data, seen = self.read(server.port,
                                   "GET /ip-info?ip.slow=1.0.0.8&ip.fast=1.0.0.1&format=ndjson "
                                   "HTTP/1.1\r\nHost: x\r\n\r\n")
            self.assertIn(b"transfer-encoding: chunked", data)
            self.assertLess(data.index(b'"name":"fast"'), data.index(b'"name":"slow"'))
            fast = next(at for at, piece in seen if b'"name":"fast"' in piece)
            slow = next(at for at, piece in seen if b'"name":"slow"' in piece)
            self.assertGreater(slow - fast, 0.4, "the fast one has not waited for the slow one")
            # The connection goes on.
            data, _ = self.read(server.port, "GET /ip-info?ip=10.0.0.1&format=ndjson HTTP/1.1\r\n"
                                "Host: x\r\n\r\n")
            self.assertIn(b"200 OK", data)

    def test_a_client_of_http_1_0_reads_to_the_end(self):
        with StubUpstream(late(0.1)) as upstream, Server([site(asking(upstream))]) as server:
            with socket.create_connection(("127.0.0.1", server.port), timeout=30) as peer:
                peer.sendall(b"GET /ip-info?ip=1.0.0.1&format=ndjson HTTP/1.0\r\nHost: x\r\n\r\n")
                data = b""
                while piece := peer.recv(65536):
                    data += piece
            head, _, body = data.partition(b"\r\n\r\n")
            self.assertNotIn(b"chunked", head)
            self.assertEqual(len(body.splitlines()), 2)

    def test_what_is_missing_at_the_deadline_is_a_line_too(self):
        with StubUpstream(late(3)) as upstream, \
                Server([site(asking(upstream, timeout_ms=5000))]) as server:
            status, _, body = fetch(server.port, "/ip-info?ip=1.0.0.1,10.0.0.1&format=ndjson"
                                    "&deadline=100")
            lines = [json.loads(line) for line in body.splitlines()]
            self.assertEqual([line.get("index") for line in lines], [1, 0, None])
            self.assertEqual(lines[1]["error"]["code"], "timeout")

    def test_a_client_that_leaves_costs_nothing(self):
        with StubUpstream(late(0.3)) as upstream, Server([site(asking(upstream))]) as server:
            for _ in range(20):
                with socket.create_connection(("127.0.0.1", server.port)) as peer:
                    peer.sendall(b"GET /ip-info?ip=1.0.0.1,10.0.0.1&format=ndjson HTTP/1.1\r\n"
                                 b"Host: x\r\n\r\n")
                    peer.recv(100)
            self.assertEqual(fetch_json(server.port, "/ip-info/1.0.0.2")[0], 200)

    def test_over_http_2(self):
        with tempfile.TemporaryDirectory() as folder, StubUpstream(by_address) as upstream:
            cert, key = folder + "/cert.pem", folder + "/key.pem"
            subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt",
                            "ec_paramgen_curve:prime256v1", "-nodes", "-subj", "/CN=localhost",
                            "-keyout", key, "-out", cert, "-days", "2"],
                           check=True, capture_output=True)
            with Server([site(asking(upstream, timeout_ms=5000), host_ssl_cert=cert,
                              host_ssl_key=key, alpn="h2,http/1.1")]) as server:
                answer = subprocess.run(
                    ["curl", "-sSk", "--http2", "--max-time", "20", "-w", "%{http_version}",
                     f"https://127.0.0.1:{server.port}/ip-info?ip=1.0.0.4,1.0.0.1&format=ndjson"],
                    capture_output=True, text=True, check=False)
            self.assertEqual(answer.stdout[-1:], "2", answer.stderr)
            lines = [json.loads(line) for line in answer.stdout.splitlines()[:-1]]
            self.assertEqual([line.get("index") for line in lines], [1, 0, None], answer.stderr)


class Sites(unittest.TestCase):
    def test_pages_of_named_sites_may_ask(self):
        with StubUpstream(sina) as upstream, \
                Server([site(asking(upstream, cors_origin="https://a.example, https://b.example"))
                        ]) as server:
            _, headers, _ = fetch(server.port, CITY, headers={"Origin": "https://b.example"})
            self.assertEqual(headers["access-control-allow-origin"], "https://b.example")
            self.assertEqual(headers["vary"], "accept, origin")
            _, headers, _ = fetch(server.port, CITY, headers={"Origin": "https://c.example"})
            self.assertIsNone(headers["access-control-allow-origin"])
            status, headers, body = fetch(
                server.port, "/ip-info", method="OPTIONS",
                headers={"Origin": "https://a.example", "Access-Control-Request-Method": "POST"})
            self.assertEqual((status, body), (204, b""))
            self.assertEqual(headers["access-control-allow-methods"], "GET, POST, OPTIONS")
            self.assertEqual(headers["access-control-allow-headers"], "content-type")


class Reports(unittest.TestCase):
    def test_health_and_metrics(self):
        with StubUpstream(sina) as upstream, Server([site(asking(upstream))]) as server:
            fetch(server.port, CITY)
            fetch(server.port, "/ip-info/x")
            status, _, body = fetch_json(server.port, "/ip-info/health")
            self.assertEqual((status, body), (200, {
                "status": "ok", "providers": [{"name": "sina", "state": "ok"}]}))
            status, headers, body = fetch(server.port, "/ip-info/metrics")
            self.assertEqual(status, 200)
            self.assertTrue(headers["content-type"].startswith("application/openmetrics-text"))
            lines = body.decode().splitlines()
            self.assertIn('ip_info_lookups_total{code="found"} 1', lines)
            self.assertIn('ip_info_lookups_total{code="invalid_ip"} 1', lines)
            self.assertIn('ip_info_requests_total{status="400"} 1', lines)
            self.assertIn("ip_info_connections_opened_total 1", lines)
            self.assertEqual(lines[-1], "# EOF")
            self.assertEqual(fetch(server.port, "/ip-info/metrics", method="POST", body="[]",
                                   headers={"Content-Type": "application/json"})[0], 405)

    def test_nobody_to_ask_is_not_healthy(self):
        with Server([site({"status": "ok"})]) as server:
            self.assertEqual(fetch_json(server.port, "/ip-info/health")[0], 503)

    def test_metrics_are_for_the_administrators(self):
        with StubUpstream(sina) as upstream, \
                Server([site(asking(upstream, admin_net="192.0.2.1"))]) as server:
            self.assertEqual(fetch_json(server.port, "/ip-info/metrics")[0], 403)
            self.assertEqual(fetch_json(server.port, "/ip-info/health")[0], 200)


class Described(unittest.TestCase):
    """What openapi.json says is what comes."""

    def test_answers_are_as_described(self):
        def answer(request):
            if request["query"]["ip"] == TUTORIAL[1]:
                return StubUpstream.reply("no", status="500 No")
            return sina(request)

        with StubUpstream(answer) as upstream, \
                Server([site(asking(upstream, cache_entries=9))]) as server:
            status, _, document = fetch_json(server.port, "/ip-info/openapi.json")
            self.assertEqual((status, document["openapi"]), (200, "3.1.0"))

            def check(path, name, **how):
                status, headers, body = fetch_json(server.port, path, **how)
                jsonschema.Draft202012Validator(
                    {"$ref": f"#/components/schemas/{name}", "components": document["components"]}
                ).validate(body)
                self.assertTrue(headers["content-type"].startswith(
                    "application/problem+json" if name == "Problem" else "application/json"))
                return status

            self.assertEqual(check(LIST + ",10.0.0.1,x,::ffff:1.2.3.4&meta=1", "Answer"), 200)
            self.assertEqual(check("/ip-info?ip.a=1.2.3.4&ip.b=x", "Answer"), 200)
            self.assertEqual(check(CITY, "Result"), 200)
            self.assertEqual(check("/ip-info/me", "Result"), 200)
            self.assertEqual(check("/ip-info/health", "Health"), 200)
            self.assertEqual(check("/ip-info/x", "Problem"), 400)
            self.assertEqual(check("/ip-info/" + TUTORIAL[1], "Problem"), 502)
            self.assertEqual(check("/ip-info?ip=x&ip.a=y", "Problem"), 400)
            self.assertEqual(check("/ip-info", "Answer", method="POST", body=json.dumps(TUTORIAL),
                                   headers={"Content-Type": "application/json"}), 200)
            for line in fetch(server.port, LIST + ",x&format=ndjson&meta=1")[2].splitlines()[:-1]:
                jsonschema.Draft202012Validator(
                    {"$ref": "#/components/schemas/Result", "components": document["components"]}
                ).validate(json.loads(line))


class Rate(unittest.TestCase):
    def test_a_client_has_a_rate_and_behind_a_proxy_too(self):
        with StubUpstream(sina) as upstream, \
                Server([site(asking(upstream, rate=60, burst=4, admin_net="192.0.2.1",
                                    trusted_proxies="127.0.0.1"))]) as server:
            def ask(client):
                return fetch_json(server.port, LIST, headers={"X-Forwarded-For": client})
            self.assertEqual(ask("198.51.100.1")[0], 200)
            status, headers, body = ask("6.6.6.6, 198.51.100.1")
            self.assertEqual((status, body["status"]), (429, 429))
            self.assertIn(headers["retry-after"], ("3", "4"))
            self.assertEqual(ask("198.51.100.2")[0], 200)
            for _ in range(3):
                self.assertEqual(ask("192.0.2.1")[0], 200)

    def test_who_is_no_proxy_can_say_what_it_likes(self):
        with StubUpstream(sina) as upstream, \
                Server([site(asking(upstream, rate=60, burst=4, admin_net="192.0.2.1"))]) as server:
            self.assertEqual(fetch(server.port, LIST)[0], 200)
            self.assertEqual(fetch(server.port, LIST, headers={"X-Forwarded-For": "1.1.1.1"})[0],
                             429)


if __name__ == "__main__":
    unittest.main()
