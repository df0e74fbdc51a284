"""ip-info and providers that misbehave: each failure has its code, and the others are intact."""

import asyncio
import json
import time
import unittest

from support import Server, StubUpstream
from support.ip_info import asking, fetch_json, open_files, site
from test_ip_info_upstreams import BODY, HEAD, chunked, head


last = StubUpstream.last


async def never(request):
    await asyncio.sleep(60)


# What the provider sends for this address, and the code that it must become (None: an answer).
ANSWERS = {
    "1.0.0.1": (lambda r: HEAD + BODY, None),
    "1.0.0.2": (never, "timeout"),
    "1.0.0.3": (lambda r: None, "upstream_closed"),
    "1.0.0.4": (lambda r: last(HEAD + BODY[:10]), "upstream_closed"),
    "1.0.0.5": (lambda r: last(b"HTTP/1.1 20"), "upstream_closed"),
    "1.0.0.6": (lambda r: b"SSH-2.0-OpenSSH_9.2\r\n", "upstream_closed"),
    "1.0.0.7": (lambda r: StubUpstream.reply("not json"), "bad_json"),
    "1.0.0.8": (lambda r: StubUpstream.reply(b'{"ret":1,"city":"\xb1\xb1"}'), "bad_json"),
    "1.0.0.9": (lambda r: StubUpstream.reply(b"x" * 65537), "too_large"),
    "1.0.0.10": (lambda r: StubUpstream.reply("{}", status="404 Not Found"), "upstream_status"),
    "1.0.0.11": (lambda r: StubUpstream.reply("", status="302 Found",
                                              headers=[("Location", "http://192.0.2.1/")]),
                 "redirected"),
    "1.0.0.12": (lambda r: StubUpstream.reply('{"ret":-1}'), "not_found"),
    "1.0.0.13": (lambda r: StubUpstream.reply('{"ret":2}'), "upstream_refused"),
    "1.0.0.14": (lambda r: last(head("Connection: close", f"Content-Length: {len(BODY)}") + BODY),
                 None),
    "1.0.0.15": (lambda r: last(head(version="1.0") + BODY), None),
    "1.0.0.16": (lambda r: head("Transfer-Encoding: chunked") + chunked(BODY[:5], BODY[5:]), None),
    "1.0.0.17": (lambda r: head("Transfer-Encoding: Chunked") +
                 chunked(BODY, end=b"0\r\nTrailer: x\r\n\r\n"), None),
    "1.0.0.18": (lambda r: b"HTTP/1.1 100 Continue\r\n\r\n" + HEAD + BODY, None),
    "1.0.0.21": (lambda r: head("Transfer-Encoding: gzip") + BODY, "upstream_closed"),
    "1.0.0.22": (lambda r: head("Content-Length: 5", "Content-Length: 6") + BODY, "upstream_closed"),
    "1.0.0.23": (lambda r: b"HTTP/1.1 200 OK\r\n" + b"X: " + b"y" * 70000, "too_large"),
    "1.0.0.24": (lambda r: StubUpstream.reply(b"\xef\xbb\xbf" + BODY), None),
    "1.0.0.25": (lambda r: head(status="204 No Content"), "upstream_status"),
    "1.0.0.26": (lambda r: StubUpstream.reply(BODY, content_type="text/html"), None),
    "1.0.0.27": (lambda r: StubUpstream.reply(BODY + b"garbage"), "bad_json"),
    "1.0.0.28": (lambda r: head("Transfer-Encoding: chunked") + b"zz\r\n", "upstream_closed"),
    "1.0.0.29": (lambda r: head("Content-Length: 99999999999999999999") + BODY, "upstream_closed"),
    "1.0.0.30": (lambda r: HEAD + BODY + b"HTTP/1.1 200 OK\r\n\r\n", None),
    # Lengths: too short, too long, negative, no number.
    "1.0.0.31": (lambda r: head(f"Content-Length: {len(BODY) - 3}") + BODY, "bad_json"),
    "1.0.0.32": (lambda r: last(head(f"Content-Length: {len(BODY) + 3}") + BODY), "upstream_closed"),
    "1.0.0.33": (lambda r: head(f"Content-Length: {len(BODY) + 3}") + BODY, "timeout"),
    "1.0.0.34": (lambda r: head("Content-Length: -1") + BODY, "upstream_closed"),
    "1.0.0.35": (lambda r: head("Content-Length: 0x10") + BODY, "upstream_closed"),
    "1.0.0.36": (lambda r: head("Content-Length: 0"), "bad_json"),
    # Chunks: no end, not even of a size, too large, a size with a sign, a piece longer than said.
    "1.0.0.37": (lambda r: head("Transfer-Encoding: chunked") + chunked(BODY, end=b""), "timeout"),
    "1.0.0.38": (lambda r: last(head("Transfer-Encoding: chunked") + chunked(BODY, end=b"")),
                 "upstream_closed"),
    "1.0.0.39": (lambda r: head("Transfer-Encoding: chunked") + b"fffffffffffffffff\r\n",
                 "upstream_closed"),
    "1.0.0.40": (lambda r: head("Transfer-Encoding: chunked") + b"7fffffff\r\n", "too_large"),
    "1.0.0.41": (lambda r: head("Transfer-Encoding: chunked") + b"-1\r\n", "upstream_closed"),
    "1.0.0.42": (lambda r: head("Transfer-Encoding: chunked") + b"2\r\n{}{}\r\n0\r\n\r\n",
                 "upstream_closed"),
    "1.0.0.43": (lambda r: head("Transfer-Encoding: chunked") + b"1;" + b"x" * 70000, "too_large"),
    "1.0.0.44": (lambda r: head("Transfer-Encoding: chunked") +
                 chunked(BODY, end=b"0\r\n" + b"T: x\r\n" * 10000), "too_large"),
    # Heads and bodies without an end.
    "1.0.0.45": (lambda r: b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 10000, "too_large"),
    "1.0.0.46": (lambda r: b"HTTP/1.1 100 Continue\r\n\r\n" * 3000, "too_large"),
    "1.0.0.47": (lambda r: head() + b" " * 70000, "too_large"),
    "1.0.0.48": (lambda r: head("Transfer-Encoding: chunked") + chunked(*[b" " * 1000] * 70),
                 "too_large"),
    "1.0.0.49": (lambda r: StubUpstream.reply(b" " * (65536 - len(BODY)) + BODY), None),
    # What nobody has asked for.
    "1.0.0.50": (lambda r: head("Connection: Upgrade", "Upgrade: h2c",
                                status="101 Switching Protocols"), "upstream_closed"),
    "1.0.0.51": (lambda r: b"HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n"
                 b"HTTP/1.1 102 Processing\r\n\r\n" + HEAD + BODY, None),
    "1.0.0.52": (lambda r: b"HTTP/2.0 200 OK\r\n\r\n", "upstream_closed"),
    "1.0.0.53": (lambda r: head("A b: c") + BODY, "upstream_closed"),
    "1.0.0.54": (lambda r: head("A: b\0c") + BODY, "upstream_closed"),
    "1.0.0.55": (lambda r: StubUpstream.reply(b""), "bad_json"),
    "1.0.0.56": (lambda r: StubUpstream.reply("", status="307 Temporary Redirect",
                                              headers=[("Location", "/look?ip=1.0.0.1")]),
                 "redirected"),
}

ASKED_BY = 32  # addresses in one GET
PARTS = [list(ANSWERS)[n:n + ASKED_BY] for n in range(0, len(ANSWERS), ASKED_BY)]


def odd(request):
    return ANSWERS[request["query"]["ip"]][0](request)


class Odd(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.upstream = StubUpstream(odd).__enter__()
        cls.addClassCleanup(cls.upstream.__exit__, None, None, None)
        cls.server = Server([site(asking(cls.upstream, timeout_ms=700, sina_lanes=32))])
        cls.server.__enter__()
        cls.addClassCleanup(cls.server.__exit__, None, None, None)

    def ask(self, *addresses):
        return fetch_json(self.server.port, "/ip-info?ip=" + ",".join(addresses))

    def test_each_failure_has_its_code_and_the_others_are_intact(self):
        # Three times, so that the odd ones meet connections that are cold, warm and left by others.
        for _ in range(3):
            for part in PARTS:
                begin = time.monotonic()
                _, _, answer = self.ask(*part)
                took = time.monotonic() - begin
                codes = {r["ip"]: r.get("error", {}).get("code") for r in answer["results"]}
                self.assertEqual(codes, {ip: ANSWERS[ip][1] for ip in part})
                self.assertEqual(list(codes), part)
                self.assertLess(took, 2, "timeout-ms is 700")

    def test_alone_the_status_tells(self):
        for ip, status in (("1.0.0.1", 200), ("1.0.0.2", 504), ("1.0.0.7", 502), ("1.0.0.12", 404)):
            self.assertEqual(fetch_json(self.server.port, "/ip-info/" + ip)[0], status, ip)

    def test_the_error_says_what_the_provider_said(self):
        _, _, answer = self.ask("1.0.0.10", "1.0.0.11")
        errors = [r["error"] for r in answer["results"]]
        self.assertEqual(errors[0], {"code": "upstream_status", "provider": "sina", "status": 404,
                                     "detail": "the provider answered with status 404"})
        self.assertEqual([e.get("status") for e in errors], [404, 302])
        self.assertNotIn("192.0.2.1", json.dumps(errors), "nothing of a redirect gets out")

    def test_a_mixture_of_failures_is_502(self):
        status, headers, answer = self.ask("1.0.0.3", "1.0.0.7")
        self.assertEqual((status, answer["status"], answer["failed"]), (502, 502, 2))
        self.assertEqual(answer["type"], "urn:ip-info:problem:lookup-failed")
        self.assertEqual(headers["content-type"], "application/problem+json")

    def test_no_connection_and_no_file_is_left_behind(self):
        for _ in range(2):
            for part in PARTS:
                self.ask(*part)
        # In the end all that is open on either side are lanes that are kept for the next.
        self.server.wait_until(lambda: self.upstream.open_connections <= 32, "lanes to be closed")
        before = open_files(self.server) - self.upstream.open_connections
        for _ in range(2):
            for part in PARTS:
                self.ask(*part)
        self.server.wait_until(
            lambda: open_files(self.server) - self.upstream.open_connections <= before + 3,
            "files to be closed")


if __name__ == "__main__":
    unittest.main()
