"""ip-info and its connections to providers: refused, broken, old ones, secure ones."""

import json
import re
import shutil
import socket
import ssl
import tempfile
import threading
import unittest

from support import Server, StubUpstream
from support.certificate import Authority
from support.ip_info import asking, fetch_json, open_files, sina, site

BODY = json.dumps({"ret": 1, "country": "C", "province": "P", "city": "X"}).encode()


def head(*lines, status="200 OK", version="1.1"):
    return "\r\n".join([f"HTTP/{version} {status}", *lines]).encode() + b"\r\n\r\n"


def chunked(*pieces, end=b"0\r\n\r\n"):
    return b"".join(b"%x;ext=1\r\n%s\r\n" % (len(p), p) for p in pieces) + end


HEAD = head(f"Content-Length: {len(BODY)}")


class Connections(unittest.TestCase):
    def test_nobody_listens(self):
        with socket.create_server(("127.0.0.1", 0)) as listener:
            port = listener.getsockname()[1]
        options = {"providers": "x", "x:url": f"http://127.0.0.1:{port}/{{ip}}", "x:private": "1",
                   "x:map": "city=/city", "breaker-failures": "0"}
        with Server([site(options)]) as server:
            before = open_files(server)
            for _ in range(5):
                status, _, answer = fetch_json(server.port, "/ip-info?ip=1.1.1.1,8.8.8.8,10.0.0.1")
                self.assertEqual(status, 200)
                self.assertEqual([r.get("error", {}).get("code") for r in answer["results"]],
                                 ["connect_failed", "connect_failed", None])
            self.assertEqual(fetch_json(server.port, "/ip-info/1.1.1.1")[0], 502)
            server.wait_until(lambda: open_files(server) <= before, "files to be closed")

    def test_a_connection_that_went_stale_is_retried_for_free(self):
        served = []

        def answer(request):
            # The second request on a connection finds it closed.
            first = request["connection"] not in served
            served.append(request["connection"])
            return sina(request) if first else None
        with StubUpstream(answer) as upstream, Server([site(asking(upstream))]) as server:
            for _ in range(6):
                status, _, result = fetch_json(server.port, "/ip-info?ip=1.1.1.1,8.8.8.8")
                self.assertEqual((status, result["succeeded"]), (200, 2))

    def test_it_is_retried_once_only(self):
        with StubUpstream(lambda r: sina(r) if len(upstream.requests) == 1 else None) as upstream, \
                Server([site(asking(upstream))]) as server:
            self.assertEqual(fetch_json(server.port, "/ip-info/1.1.1.1")[0], 200)
            _, _, answer = fetch_json(server.port, "/ip-info/1.1.1.1")
            self.assertEqual(answer["error"]["code"], "upstream_closed")
            self.assertEqual(len(upstream.requests), 3)

    def test_an_idle_connection_that_the_provider_closes(self):
        async def answer(request):
            return StubUpstream.last(sina(request))
        with StubUpstream(answer) as upstream, Server([site(asking(upstream))]) as server:
            for n in range(1, 6):
                self.assertEqual(fetch_json(server.port, "/ip-info/1.1.1.1")[0], 200)
                server.wait_until(lambda: upstream.open_connections == 0, "the close")
            self.assertEqual(upstream.connections, 5)

    def test_bytes_that_nobody_asked_for_end_the_connection(self):
        with socket.create_server(("127.0.0.1", 0)) as listener:
            listener.settimeout(30)
            options = {"providers": "x", "x:private": "1", "x:map": "city=/city", "cache-entries": "0",
                       "x:url": f"http://127.0.0.1:{listener.getsockname()[1]}/{{ip}}"}
            with Server([site(options)]) as server:
                answers = []
                for _ in range(2):
                    thread = threading.Thread(
                        target=lambda: answers.append(fetch_json(server.port, "/ip-info/1.1.1.1")))
                    thread.start()
                    peer, _ = listener.accept()
                    peer.settimeout(30)
                    peer.recv(4096)
                    peer.sendall(HEAD + BODY)
                    thread.join()
                    peer.sendall(HEAD + BODY)
                    try:
                        self.assertEqual(peer.recv(4096), b"", "it is closed, not used again")
                    except ConnectionResetError:
                        pass
                    peer.close()
                self.assertEqual([a[0] for a in answers], [200, 200])

    def test_an_answer_byte_by_byte(self):
        with socket.create_server(("127.0.0.1", 0)) as listener:
            listener.settimeout(30)
            options = {"providers": "x", "x:private": "1", "x:map": "city=/city", "cache-entries": "0",
                       "x:url": f"http://127.0.0.1:{listener.getsockname()[1]}/{{ip}}",
                       "timeout-ms": "5000", "deadline-ms": "5000"}
            with Server([site(options)]) as server:
                answers = []
                thread = threading.Thread(
                    target=lambda: answers.append(fetch_json(server.port, "/ip-info/1.1.1.1")))
                thread.start()
                peer, _ = listener.accept()
                peer.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                for byte in head("Transfer-Encoding: chunked") + chunked(BODY[:7], BODY[7:]):
                    peer.sendall(bytes([byte]))
                thread.join()
                peer.close()
                self.assertEqual((answers[0][0], answers[0][2]["city"]), (200, "X"))


    def test_a_provider_at_an_ipv6_address(self):
        try:
            listener = socket.create_server(("::1", 0), family=socket.AF_INET6)
        except OSError:
            self.skipTest("no IPv6 loopback on this machine")
        with listener:
            listener.settimeout(30)
            options = {"providers": "x", "x:private": "1", "x:map": "city=/city", "cache-entries": "0",
                       "x:url": f"http://[::1]:{listener.getsockname()[1]}/{{ip}}"}
            with Server([site(options)]) as server:
                answers = []
                thread = threading.Thread(
                    target=lambda: answers.append(fetch_json(server.port, "/ip-info/2606:4700::1")))
                thread.start()
                peer, _ = listener.accept()
                self.assertTrue(peer.recv(4096).startswith(b"GET /2606:4700::1 HTTP/1.1\r\nHost: [::1]:"))
                peer.sendall(HEAD + BODY)
                thread.join()
                peer.close()
                self.assertEqual((answers[0][0], answers[0][2]["city"]), (200, "X"))


class Names(unittest.TestCase):
    """Providers by name: resolved beside the loop."""

    def test_localhost_is_resolved(self):
        with StubUpstream(sina) as upstream:
            options = asking(upstream)
            options["sina:url"] = options["sina:url"].replace("127.0.0.1", "localhost")
            with Server([site(options)]) as server:
                for _ in range(2):
                    status, _, answer = fetch_json(server.port, "/ip-info?ip=1.1.1.1,8.8.8.8")
                    self.assertEqual((status, answer["succeeded"]), (200, 2), answer)
                self.assertTrue(upstream.requests[0]["headers"]["host"].startswith("localhost:"))

    def test_a_name_that_does_not_exist(self):
        options = {"providers": "x", "x:url": "http://nosuch.invalid/{ip}", "x:map": "city=/city",
                   "timeout-ms": "20000", "deadline-ms": "20000"}
        with Server([site(options)]) as server:
            for _ in range(2):
                _, _, answer = fetch_json(server.port, "/ip-info?ip=1.1.1.1,10.0.0.1")
                self.assertEqual(answer["results"][0]["error"]["code"], "dns_failed")
                self.assertTrue(answer["results"][1]["ok"])


class Secure(unittest.TestCase):
    """https to a provider: the certificate decides."""

    @classmethod
    def setUpClass(cls):
        folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(folder.cleanup)
        cls.authority = Authority(folder.name)
        cls.good = cls.authority.issue("DNS:localhost")
        cls.expired = cls.authority.issue("DNS:localhost", days=-1)
        cls.other = cls.authority.issue("DNS:other.example")

    def ask(self, served, answer=sina, times=1, trusts=True):
        """Returns the last answer, the provider as it was, and the server's log."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(*served)
        with StubUpstream(answer, tls=context) as upstream:
            options = asking(upstream, timeout_ms=5000, deadline_ms=5000)
            options["sina:url"] = options["sina:url"].replace("127.0.0.1", "localhost")
            if trusts:
                options["sina:tls-ca"] = self.authority.cert
            with Server([site(options)]) as server:
                for _ in range(times):
                    result = fetch_json(server.port, "/ip-info?ip=1.1.1.1,8.8.8.8")
            return result[2], upstream, server.stderr

    def test_a_trusted_provider_is_asked_and_its_connections_are_reused(self):
        answer, upstream, log = self.ask(self.good, times=5)
        self.assertEqual(answer["succeeded"], 2, answer)
        self.assertEqual((len(upstream.requests), upstream.connections), (10, 2))
        self.assertNotIn("secure", log)

    def refused(self, served, reason, **options):
        """The answer says why, the log says it once."""
        answer, upstream, log = self.ask(served, times=2, **options)
        for result in answer["results"]:
            self.assertEqual(result["error"]["code"], "tls_failed")
            self.assertRegex(result["error"]["detail"],
                             f"^no secure connection to the provider: {reason}$")
        self.assertEqual(len(re.findall(rf"ip-info: no secure connection to localhost:"
                                        rf"{upstream.port}: {reason}\n", log)), 1, log)
        self.assertEqual(upstream.requests, [])

    def test_nobody_vouches_for_it(self):
        self.refused(self.good, "unable to get local issuer certificate", trusts=False)

    def test_a_certificate_that_has_expired(self):
        self.refused(self.expired, "certificate has expired")

    def test_a_certificate_for_another_name(self):
        self.refused(self.other, "[Hh]ostname mismatch")

    def test_large_answers_and_closes(self):
        def answer(request):
            body = json.dumps({"ret": 1, "city": "x", "pad": "y" * 60000})
            return StubUpstream.last(StubUpstream.reply(body))
        result, _, _ = self.ask(self.good, answer, times=3)
        self.assertEqual(result["succeeded"], 2, result)

    def test_an_answer_that_breaks_off_is_none(self):
        """Without a length the end must be said, or somebody on the way could cut the answer."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(*self.good)
        answers = []
        with socket.create_server(("127.0.0.1", 0)) as listener:
            listener.settimeout(30)
            options = {"providers": "x", "x:private": "1", "x:map": "city=/city", "cache-entries": "0",
                       "x:tls-ca": self.authority.cert, "x:timeout-ms": "5000", "deadline-ms": "9000",
                       "attempts": "1",
                       "x:url": f"https://localhost:{listener.getsockname()[1]}/{{ip}}"}
            with Server([site(options)]) as server:
                for says_end in (True, False):
                    thread = threading.Thread(
                        target=lambda: answers.append(fetch_json(server.port, "/ip-info/1.1.1.1")[2]))
                    thread.start()
                    peer = context.wrap_socket(listener.accept()[0], server_side=True)
                    peer.recv(4096)
                    peer.sendall(head("Connection: close") + BODY)
                    if says_end:
                        # Sends close_notify; the other side closes without one of its own.
                        try:
                            peer.unwrap()
                        except (ssl.SSLError, OSError):
                            pass
                    else:
                        peer.shutdown(socket.SHUT_WR)
                    thread.join()
                    peer.close()
        self.assertEqual(answers[0]["city"], "X")
        self.assertEqual(answers[1]["error"]["code"], "upstream_closed")

    def test_a_provider_that_does_not_speak_it(self):
        with StubUpstream(sina) as upstream:
            options = asking(upstream)
            options["sina:url"] = options["sina:url"].replace("http:", "https:")
            with Server([site(options)]) as server:
                _, _, answer = fetch_json(server.port, "/ip-info?ip=1.1.1.1")
                self.assertIn(answer["results"][0]["error"]["code"], ("tls_failed", "timeout"))

    def test_authorities_that_cannot_be_read_stop_the_start(self):
        server = Server([site({"providers": "x", "x:url": "https://192.88.98.1/{ip}",
                               "x:map": "city=/city", "x:tls-ca": "/nonexistent.pem"})])
        server.wait_until(lambda: server.process.poll() is not None, "the server to end")
        self.assertEqual(server.stop(), 1)
        self.assertIn("x:tls-ca", server.stderr)
        server.process.stdout.close()
        server.process.stderr.close()
        shutil.rmtree(server.folder)


if __name__ == "__main__":
    unittest.main()
