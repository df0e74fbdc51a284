"""ip-info: providers over HTTP/2, one connection for all lookups, and what may go wrong with it."""

import json
import socket
import ssl
import tempfile
import threading
import time
import unittest

from support import Server, StubUpstream, preload
from support.certificate import make_certificate
from support.h2_upstream import NGINX, H2Upstream, Nginx
from support.ip_info import asking, fetch, fetch_json, late, site

INTERNAL_ERROR, REFUSED_STREAM, CANCEL = 2, 7, 8


class H2Case(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(folder.cleanup)
        cls.certificate = make_certificate(folder.name)

    def options(self, upstream, **options):
        options = {"sina_lanes": 100, "max_inflight": 0, "timeout_ms": 10000, "deadline_ms": 10000,
                   "rate": 0, "sina_h2": 1, **options}
        result = asking(upstream, **options)
        if upstream.url.startswith("https"):
            result["sina:url"] = result["sina:url"].replace("127.0.0.1", "localhost")
            result["sina:tls-ca"] = self.certificate[0]
        return result

    def serve(self, upstream, **options):
        return Server([site(self.options(upstream, **options))])

    def ask(self, server, *addresses):
        """Codes or "ok", in order."""
        _, _, answer = fetch_json(server.port, "/ip-info", method="POST", body=json.dumps(addresses),
                                  headers={"Content-Type": "application/json"})
        for result in answer["results"]:
            if result["ok"]:
                self.assertEqual(result["city"], result["ip"], "somebody else's answer")
        return ["ok" if r["ok"] else r["error"]["code"] for r in answer["results"]]

    def metrics(self, server):
        text = fetch(server.port, "/ip-info/metrics")[2].decode()
        return dict(line.rsplit(" ", 1) for line in text.splitlines() if line[0] != "#")


HUNDRED = [f"1.0.{n}.1" for n in range(100)]


class OneConnection(H2Case):
    """With Node's server."""

    def timed_hundred(self, upstream, server):
        self.assertEqual(self.ask(server, "1.1.1.1"), ["ok"])
        begin = time.monotonic()
        self.assertEqual(self.ask(server, *HUNDRED), ["ok"] * 100)
        took = (time.monotonic() - begin) * 1000
        print(f"\n100 lookups of 50 ms on one connection: {took:.1f} ms")
        self.assertLess(took, 1000, "one after the other would take 5000")
        self.assertEqual(upstream.sessions, 1)
        self.assertEqual(max(e["open"] for e in upstream.told("stream")), 100)
        metrics = self.metrics(server)
        self.assertEqual([metrics[f"ip_info_{name}"] for name in
                          ("connections", "h2_connections", "h2_streams", "connections_opened_total",
                           "connections_stale_total")], ["1", "1", "0", "1", "0"])

    def test_a_hundred_lookups_share_one_connection(self):
        with H2Upstream(self.certificate, delay=50) as upstream, self.serve(upstream) as server:
            self.timed_hundred(upstream, server)

    def test_the_same_in_clear_text_by_prior_knowledge(self):
        with H2Upstream(delay=50) as upstream, self.serve(upstream) as server:
            self.timed_hundred(upstream, server)

    def test_a_cold_start_makes_no_second_connection(self):
        with H2Upstream(self.certificate, delay=50) as upstream, self.serve(upstream) as server:
            self.assertEqual(self.ask(server, *HUNDRED), ["ok"] * 100)
            self.assertEqual(upstream.sessions, 1)

    def test_no_more_at_once_than_either_side_allows(self):
        for lanes, streams, most in ((5, 100, 5), (100, 4, 4)):
            with self.subTest(lanes=lanes), \
                    H2Upstream(self.certificate, delay=20,
                               settings={"maxConcurrentStreams": streams}) as upstream, \
                    self.serve(upstream, sina_lanes=lanes) as server:
                self.assertEqual(self.ask(server, *HUNDRED[:30]), ["ok"] * 30)
                self.assertEqual(upstream.sessions, 1)
                self.assertEqual(max(e["open"] for e in upstream.told("stream")), most)

    def test_not_asked_for_it_is_not_offered(self):
        with H2Upstream(self.certificate, http1=True) as upstream, \
                self.serve(upstream, sina_h2=0) as server:
            self.assertEqual(self.ask(server, "1.1.1.1"), ["ok"])
            self.assertEqual((len(upstream.told("http1")), upstream.sessions), (1, 0))

    def test_interim_responses_and_trailers(self):
        with H2Upstream(self.certificate, rules={"all": {"do": "trailers"}}) as upstream, \
                self.serve(upstream) as server:
            self.assertEqual(self.ask(server, *HUNDRED[:5]), ["ok"] * 5)

    def test_stopping_in_the_middle(self):
        with H2Upstream(self.certificate, rules={"all": {"do": "hang"}}) as upstream, \
                self.serve(upstream) as server:
            threads = [threading.Thread(target=self.ask_somehow, args=(server,)) for _ in range(2)]
            for thread in threads:
                thread.start()
            upstream.wait_told("stream", 1)
            self.assertEqual(server.stop(), 0)
            for thread in threads:
                thread.join()

    def ask_somehow(self, server):
        try:
            self.ask(server, "1.1.1.1", "1.1.1.2")
        except (OSError, ValueError):
            pass


class Fallback(H2Case):
    def test_a_server_that_speaks_only_http_1(self):
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(*self.certificate)
        for protocols in ([], ["http/1.1"]):
            if protocols:
                context.set_alpn_protocols(protocols)
            with self.subTest(protocols=protocols), StubUpstream(late(0.05), tls=context) as upstream, \
                    self.serve(upstream, sina_lanes=8) as server:
                for _ in range(3):
                    self.assertEqual(self.ask(server, *HUNDRED[:8]), ["ok"] * 8)
                self.assertEqual(upstream.connections, 8, "the one that asked is of use, too")
                self.assertEqual(self.metrics(server)["ip_info_h2_connections"], "0")

    def test_in_clear_text_there_is_none(self):
        def refuse(_):
            return StubUpstream.last(StubUpstream.reply("", status="400 Bad Request"))
        with StubUpstream(refuse) as upstream, self.serve(upstream) as server:
            begin = time.monotonic()
            self.assertEqual(self.ask(server, "1.1.1.1", "1.1.1.2"), ["upstream_closed"] * 2)
            self.assertLess(time.monotonic() - begin, 5, "and nobody waits for it")

    def test_nobody_there(self):
        with H2Upstream(self.certificate) as upstream:
            options = self.options(upstream)
        with Server([site(options)]) as server:
            self.assertEqual(self.ask(server, *HUNDRED[:5]), ["connect_failed"] * 5)

    def test_a_certificate_that_nobody_vouches_for(self):
        with H2Upstream(self.certificate) as upstream:
            options = self.options(upstream)
            del options["sina:tls-ca"]
            with Server([site(options)]) as server:
                self.assertEqual(self.ask(server, *HUNDRED[:5]), ["tls_failed"] * 5)
                self.assertEqual(upstream.told("stream"), [])
                error = fetch_json(server.port, "/ip-info?ip=1.1.1.1")[2]["results"][0]["error"]
                self.assertIn("certificate", error["detail"])

    def test_no_way_to_the_address(self):
        """The call that connects fails by itself, if the system has no route."""
        options = {"providers": "x", "x:url": "http://[2001:db8::1]:9/{ip}", "x:map": "city=/city",
                   "x:private": "1", "x:h2": "1", "x:lanes": "8", "timeout-ms": "1000", "attempts": "1",
                   "breaker-failures": "0", "cache-entries": "0"}
        with Server([site(options)]) as server:
            for _ in range(3):
                self.assertLessEqual(set(self.ask(server, *HUNDRED[:20])),
                                     {"connect_failed", "timeout"})


class Faults(H2Case):
    def test_one_that_hangs_leaves_the_others_alone(self):
        with H2Upstream(self.certificate, rules={"1.1.1.1": {"do": "hang"}}) as upstream, \
                self.serve(upstream, timeout_ms=500) as server:
            for _ in range(2):
                self.assertEqual(self.ask(server, "1.1.1.1", "1.1.1.2", "1.1.1.3"),
                                 ["timeout", "ok", "ok"])
            upstream.wait_told("closed", 2, ip="1.1.1.1", code=CANCEL)
            self.assertEqual(upstream.sessions, 1)

    def test_resets(self):
        rules = {"1.1.1.1": {"do": "reset", "code": INTERNAL_ERROR},
                 "1.1.1.2": {"do": "half"},
                 "1.1.1.3": {"do": "reset", "code": REFUSED_STREAM, "times": 1},
                 "1.1.1.4": {"do": "reset", "code": REFUSED_STREAM}}
        with H2Upstream(self.certificate, rules=rules) as upstream, self.serve(upstream) as server:
            self.assertEqual(self.ask(server, "1.1.1.1", "1.1.1.2", "1.1.1.3", "1.1.1.4", "1.1.1.5"),
                             ["upstream_closed", "upstream_closed", "ok", "upstream_closed", "ok"])
            self.assertEqual(upstream.sessions, 1)
            self.assertEqual([len(upstream.told("stream", ip=f"1.1.1.{n}")) for n in range(1, 6)],
                             [1, 1, 2, 2, 1])
            self.assertEqual(self.metrics(server)["ip_info_connections_stale_total"], "2")

    def test_a_server_that_leaves_in_the_middle(self):
        """What it has begun with it answers; the rest is asked again on a new connection."""
        rules = {"1.1.1.1": {"do": "answer", "delay": 300}, "1.1.1.2": {"do": "goaway", "times": 1}}
        with H2Upstream(self.certificate, rules=rules) as upstream, self.serve(upstream) as server:
            answers = []
            thread = threading.Thread(target=lambda: answers.append(self.ask(server, "1.1.1.1")))
            thread.start()
            upstream.wait_told("stream", ip="1.1.1.1")
            self.assertEqual(self.ask(server, "1.1.1.2", "1.1.1.3"), ["ok", "ok"])
            thread.join()
            self.assertEqual(answers, [["ok"]])
            self.assertEqual(upstream.sessions, 2)
            self.assertEqual(len(upstream.told("stream", ip="1.1.1.1")), 1)

    def test_a_connection_that_breaks(self):
        """Whoever has had nothing yet, on a connection that was good before, is asked again once."""
        rules = {"1.1.1.1": {"do": "hang", "times": 1}, "1.1.1.2": {"do": "break", "times": 1}}
        with H2Upstream(self.certificate, rules=rules) as upstream, self.serve(upstream) as server:
            self.assertEqual(self.ask(server, "1.1.1.9"), ["ok"])
            self.assertEqual(self.ask(server, "1.1.1.1", "1.1.1.2"), ["ok", "ok"])
            self.assertEqual(upstream.sessions, 2)

    def test_a_server_that_always_breaks(self):
        with H2Upstream(self.certificate, rules={"all": {"do": "break"}}) as upstream, \
                self.serve(upstream) as server:
            self.assertEqual(set(self.ask(server, *HUNDRED[:10])), {"upstream_closed"})

    def test_answers_that_are_too_large(self):
        rules = {"1.1.1.1": {"size": 70000}, "1.1.1.2": {"size": 1000000}, "1.1.1.3": {"size": 60000}}
        with H2Upstream(self.certificate, rules=rules) as upstream, self.serve(upstream) as server:
            for _ in range(3):
                self.assertEqual(self.ask(server, "1.1.1.1", "1.1.1.2", "1.1.1.3", "1.1.1.4"),
                                 ["too_large", "too_large", "ok", "ok"])
            self.assertEqual(upstream.sessions, 1)

    def test_a_server_that_says_nothing(self):
        """Connected, but the handshake does not go on: each lookup has its own end."""
        with socket.create_server(("127.0.0.1", 0)) as listener:  # the system accepts, and that is all
            for scheme in ("https", "http"):
                url = f"{scheme}://127.0.0.1:{listener.getsockname()[1]}/?ip={{ip}}"
                options = {"providers": "sina", "sina:url": url, "sina:private": "1", "sina:h2": "1",
                           "timeout-ms": "300", "attempts": "1", "cache-entries": "0",
                           "breaker-failures": "4"}
                with self.subTest(scheme=scheme), Server([site(options)]) as server:
                    self.assertEqual(self.ask(server, *HUNDRED[:4]), ["timeout"] * 4)
                    if scheme == "https":  # none of them has only waited for another
                        self.assertEqual(self.ask(server, "1.1.1.1"), ["circuit_open"])


class Addresses(H2Case):
    """A name with two addresses, and nobody at the first."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(folder.cleanup)
        cls.environment = preload.build(folder.name, "names")

    def named(self, upstream, name, **options):
        options = self.options(upstream, **options)
        options["sina:url"] = options["sina:url"].replace("127.0.0.1", name)
        return Server([site(options)], environment=self.environment)

    def test_all_go_on_a_connection_to_the_second(self):
        with H2Upstream() as upstream, self.named(upstream, "two-2.test") as server:
            self.assertEqual(self.ask(server, *HUNDRED[:9]), ["ok"] * 9)
            self.assertEqual(upstream.sessions, 1)

    def test_one_that_does_not_answer_is_left(self):
        with H2Upstream() as upstream, socket.socket() as hole:
            hole.bind(("127.0.0.3", upstream.port))
            hole.listen(0)
            for _ in range(20):  # until the kernel takes no more
                filler = socket.socket()
                self.addCleanup(filler.close)
                filler.setblocking(False)
                filler.connect_ex(hole.getsockname())
            with self.named(upstream, "two-3.test", timeout_ms=300) as server:
                self.assertEqual(self.ask(server, "1.1.1.1"), ["timeout"])
                server.wait_until(lambda: self.ask(server, "1.1.1.1") == ["ok"], "the other to be tried")


@unittest.skipUnless(NGINX, "nginx is not here")
class WithNginx(H2Case):
    def test_over_tls_and_in_clear_text(self):
        for certificate in (self.certificate, None):
            with self.subTest(tls=bool(certificate)), Nginx(certificate) as nginx, \
                    self.serve(nginx) as server:
                for _ in range(3):
                    self.assertEqual(self.ask(server, *HUNDRED), ["ok"] * 100)
                log = nginx.log()
                self.assertEqual((len(log), {line[1] for line in log}), (300, {"HTTP/2.0"}))
                self.assertEqual(len({line[0] for line in log}), 1, "one connection")

    def test_it_leaves_after_some_requests(self):
        """nginx says GOAWAY when a connection has had its share; nobody notices."""
        with Nginx(self.certificate, "keepalive_requests 150;") as nginx, self.serve(nginx) as server:
            for _ in range(3):
                self.assertEqual(self.ask(server, *HUNDRED), ["ok"] * 100)
            self.assertGreaterEqual(len({line[0] for line in nginx.log()}), 2)

    def test_few_streams_at_once(self):
        with Nginx(self.certificate, "http2_max_concurrent_streams 3;") as nginx, \
                self.serve(nginx) as server:
            self.assertEqual(self.ask(server, *HUNDRED), ["ok"] * 100)
            self.assertEqual(len({line[0] for line in nginx.log()}), 1)


if __name__ == "__main__":
    unittest.main()
