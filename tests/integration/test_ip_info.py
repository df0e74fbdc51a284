"""ip-info: questions in all their forms, and how the answers look."""

import http.client
import json
import os
import socket
import unittest

from support import Server, StubUpstream, run_lwshost
from support.ip_info import TUTORIAL, asking, fetch, fetch_json, sina, site


class Forms(unittest.TestCase):
    """What can be asked, and how the answer looks."""

    @classmethod
    def setUpClass(cls):
        cls.upstream = StubUpstream(sina).__enter__()
        cls.addClassCleanup(cls.upstream.__exit__, None, None, None)
        cls.server = Server([site(asking(cls.upstream))])
        cls.server.__enter__()
        cls.addClassCleanup(cls.server.__exit__, None, None, None)
        cls.port = cls.server.port

    def test_a_list_is_answered_in_order(self):
        status, headers, answer = fetch_json(
            self.port, "/ip-info?" + "&".join("ip=" + ip for ip in TUTORIAL))
        self.assertEqual(status, 200)
        self.assertEqual({n: answer[n] for n in ("complete", "count", "succeeded", "failed")},
                         {"complete": True, "count": 4, "succeeded": 4, "failed": 0})
        self.assertEqual([r["ip"] for r in answer["results"]], TUTORIAL)
        self.assertEqual(answer["results"][1],
                         {"ip": TUTORIAL[1], "ok": True, "kind": "public", "country": "中国",
                          "region": "北京", "city": TUTORIAL[1], "source": "sina"})
        self.assertEqual(headers["content-type"], "application/json")
        self.assertEqual(headers["x-ip-info-complete"], "true")
        self.assertEqual(headers["cache-control"], "private, max-age=300")
        self.assertEqual(headers["vary"], "accept")
        self.assertEqual(headers["x-content-type-options"], "nosniff")

    def test_commas_and_repetition_mix_and_duplicates_stay(self):
        _, _, answer = fetch_json(self.port, "/ip-info?ip=1.1.1.1,8.8.8.8&ip=1.1.1.1")
        self.assertEqual([r["city"] for r in answer["results"]], ["1.1.1.1", "8.8.8.8", "1.1.1.1"])

    def test_one_address_in_a_list_is_a_list(self):
        _, _, answer = fetch_json(self.port, "/ip-info?ip=1.1.1.1")
        self.assertEqual(answer["count"], 1)

    def test_names_come_back_in_order(self):
        status, _, answer = fetch_json(self.port, "/ip-info?ip.rep4=10.0.0.1&ip.rep3=1.1.1.1")
        self.assertEqual(status, 200)
        self.assertEqual(list(answer["results"]), ["rep4", "rep3"])
        self.assertEqual(answer["results"]["rep4"],
                         {"ip": "10.0.0.1", "ok": True, "kind": "private", "source": "local"})

    def test_the_path_form_is_one_bare_object(self):
        for path in ("/ip-info/1.1.1.1", "/ip-info/1.1.1.1/"):
            status, _, answer = fetch_json(self.port, path)
            self.assertEqual((status, answer["ip"], answer["city"]), (200, "1.1.1.1", "1.1.1.1"))

    def test_nothing_asked_means_the_caller(self):
        for path in ("/ip-info", "/ip-info/", "/ip-info/me"):
            status, headers, answer = fetch_json(self.port, path)
            self.assertEqual(status, 200)
            self.assertEqual(answer, {"ip": "127.0.0.1", "ok": True, "kind": "loopback",
                                      "source": "local"})
            self.assertEqual(headers["cache-control"], "no-store")

    def test_other_spellings_become_canonical_and_are_told(self):
        _, _, answer = fetch_json(self.port, "/ip-info?ip=::ffff:1.1.1.1,2606:4700:0::1111")
        first, second = answer["results"]
        self.assertEqual((first["ip"], first["query"]), ("1.1.1.1", "::ffff:1.1.1.1"))
        self.assertEqual((second["ip"], second["query"]), ("2606:4700::1111", "2606:4700:0::1111"))

    def test_special_addresses_are_answered_without_asking(self):
        before = len(self.upstream.requests)
        _, _, answer = fetch_json(self.port, "/ip-info?ip=192.168.1.1,::1,2001:db8::1,224.0.0.1")
        self.assertEqual([r["kind"] for r in answer["results"]],
                         ["private", "loopback", "documentation", "multicast"])
        self.assertEqual(len(self.upstream.requests), before)

    def test_nat64_asks_for_the_address_inside(self):
        _, _, answer = fetch_json(self.port, "/ip-info/64:ff9b::8.8.8.8")
        self.assertEqual((answer["ip"], answer["city"]), ("64:ff9b::808:808", "8.8.8.8"))

    def test_what_is_no_address_does_not_hurt_the_others(self):
        status, headers, answer = fetch_json(self.port, "/ip-info?ip=1.1.1.1&ip=010.0.0.1")
        self.assertEqual((status, answer["complete"], answer["failed"]), (200, False, 1))
        self.assertEqual(headers["x-ip-info-complete"], "false")
        self.assertEqual(answer["results"][1]["error"]["code"], "invalid_ip")
        self.assertNotIn("kind", answer["results"][1])

    def test_a_wrong_address_alone_is_400(self):
        status, headers, answer = fetch_json(self.port, "/ip-info/word")
        self.assertEqual((status, headers["content-type"]), (400, "application/problem+json"))
        self.assertEqual((answer["status"], answer["error"]["code"]), (400, "invalid_ip"))
        status, _, answer = fetch_json(self.port, "/ip-info?ip=x,y")
        self.assertEqual((status, answer["succeeded"], len(answer["results"])), (400, 0, 2))

    def test_strict_makes_a_failure_the_answer(self):
        status, _, answer = fetch_json(self.port, "/ip-info?ip=1.1.1.1,x&strict=1")
        self.assertEqual((status, answer["succeeded"]), (400, 1))

    def test_bad_parameters_are_400_and_say_why(self):
        for query, word in (("ip=", "empty"), ("ip=1.1.1.1,,2.2.2.2", "empty"),
                            ("ip=1.1.1.1&ip.a=2.2.2.2", "form"), ("ip.a.b=1.1.1.1", "name"),
                            ("ip.=1.1.1.1", "name"), ("ip.a=1.1.1.1&ip.a=2.2.2.2", "twice"),
                            ("ip=1.1.1.1&format=xml", "format"), ("deadline=49", "deadline"),
                            ("deadline=soon", "deadline"), ("deadline=50&deadline=60", "twice"),
                            ("strict=2", "strict"), ("provider=nobody", "provider")):
            with self.subTest(query):
                status, headers, answer = fetch_json(self.port, "/ip-info?" + query)
                self.assertEqual(status, 400)
                self.assertEqual(headers["content-type"], "application/problem+json")
                self.assertIn(word, answer["detail"])

    def test_unknown_parameters_are_ignored(self):
        status, _, _ = fetch_json(self.port, "/ip-info?utm_source=x&ip=1.1.1.1&flag")
        self.assertEqual(status, 200)

    def test_too_many_addresses_are_422(self):
        addresses = ",".join(f"1.0.{n}.1" for n in range(33))
        self.assertEqual(fetch_json(self.port, "/ip-info?ip=" + addresses)[0], 422)
        self.assertEqual(
            fetch_json(self.port, "/ip-info?ip=" + addresses.rsplit(",", 1)[0])[2]["count"], 32)

    def test_other_paths_are_404(self):
        self.assertEqual(fetch_json(self.port, "/ip-info/a/b")[0], 404)

    def test_provider_local_asks_nobody(self):
        status, headers, answer = fetch_json(self.port, "/ip-info?ip=1.1.1.1&provider=local")
        self.assertEqual((status, answer["results"][0]["error"]["code"]), (503, "no_provider"))
        self.assertIn("retry-after", headers)

    def test_other_methods_are_405(self):
        for method in ("DELETE", "PUT", "PATCH"):
            status, headers, _ = fetch(self.port, "/ip-info", method=method)
            self.assertEqual((status, headers["allow"]), (405, "GET, HEAD, POST, OPTIONS"), method)
        status, headers, body = fetch(self.port, "/ip-info", method="OPTIONS")
        self.assertEqual((status, headers["allow"], body), (204, "GET, HEAD, POST, OPTIONS", b""))

    def test_head_is_get_without_a_body(self):
        for path in ("/ip-info?ip=1.1.1.1", "/ip-info/me"):
            _, wanted, _ = fetch(self.port, path)
            status, headers, body = fetch(self.port, path, method="HEAD")
            self.assertEqual((status, body), (200, b""))
            self.assertEqual(headers["content-length"], wanted["content-length"])

    def test_many_requests_on_one_connection(self):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        self.addCleanup(connection.close)
        for n in range(60):
            method = ("GET", "HEAD", "POST", "DELETE", "OPTIONS")[n % 5]
            body = '["10.0.0.1", "1.1.1.1"]' if method == "POST" else None
            connection.request(method, "/ip-info" if body else "/ip-info?ip=1.1.1.1,10.0.0.2",
                               body=body, headers={"Content-Type": "application/json"})
            response = connection.getresponse()
            text = response.read()
            self.assertEqual(response.status, {"DELETE": 405, "OPTIONS": 204}.get(method, 200), text)


class Posts(unittest.TestCase):
    """Questions in a body."""

    @classmethod
    def setUpClass(cls):
        cls.upstream = StubUpstream(sina).__enter__()
        cls.addClassCleanup(cls.upstream.__exit__, None, None, None)
        cls.server = Server([site(asking(cls.upstream))])
        cls.server.__enter__()
        cls.addClassCleanup(cls.server.__exit__, None, None, None)
        cls.port = cls.server.port

    def post(self, body, kind="application/json", path="/ip-info"):
        return fetch_json(self.port, path, method="POST", body=body,
                          headers={"Content-Type": kind})

    def test_an_array_is_a_list_and_an_object_is_by_name(self):
        status, _, answer = self.post('["1.1.1.1", "10.0.0.1"]')
        self.assertEqual((status, [r["ip"] for r in answer["results"]]),
                         (200, ["1.1.1.1", "10.0.0.1"]))
        _, _, answer = self.post('{"b": "1.1.1.1", "a": "8.8.8.8"}', "application/json; charset=utf-8")
        self.assertEqual(list(answer["results"]), ["b", "a"])

    def test_a_body_may_hold_more_than_a_query(self):
        addresses = [f"1.0.{n}.1" for n in range(101)]
        self.assertEqual(self.post(json.dumps(addresses[:100]))[2]["count"], 100)
        self.assertEqual(self.post(json.dumps(addresses))[0], 422)

    def test_bad_bodies(self):
        for body, status in (("[]", 400), ("{}", 400), ("[1]", 400), ("nonsense", 400), ('[""]', 400),
                             ('{"a": "1.1.1.1", "a": "8.8.8.8"}', 400), ('["1.1.1.1"', 400),
                             ('{"a b": "1.1.1.1"}', 400), ("x" * 16385, 413)):
            with self.subTest(body[:40]):
                self.assertEqual(self.post(body)[0], status)
        self.assertEqual(self.post('["1.1.1.1"]', "text/plain")[0], 415)
        self.assertEqual(self.post('["1.1.1.1"]', path="/ip-info?ip=8.8.8.8")[0], 400)
        self.assertEqual(self.post('["1.1.1.1"]', path="/ip-info/8.8.8.8")[0], 400)

    def test_no_body_is_400_and_a_chunked_one_411(self):
        self.assertEqual(fetch(self.port, "/ip-info", method="POST", body=b"")[0], 400)
        with socket.create_connection(("127.0.0.1", self.port), timeout=30) as connection:
            connection.sendall(b"POST /ip-info HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n"
                               b"Content-Type: application/json\r\n\r\n")
            answer = b""
            while piece := connection.recv(65536):
                answer += piece
        self.assertTrue(answer.startswith(b"HTTP/1.1 411"), answer)

    def test_a_body_on_get_is_skipped(self):
        status, _, answer = fetch_json(self.port, "/ip-info?ip=1.1.1.1", body='["8.8.8.8"]')
        self.assertEqual((status, answer["results"][0]["ip"]), (200, "1.1.1.1"))

    def test_a_body_that_comes_in_pieces(self):
        with socket.create_connection(("127.0.0.1", self.port), timeout=30) as connection:
            connection.sendall(b"POST /ip-info HTTP/1.1\r\nHost: x\r\nContent-Length: 11\r\n"
                               b"Content-Type: application/json\r\nConnection: close\r\n\r\n")
            for byte in b'["1.1.1.1"]':
                connection.sendall(bytes([byte]))
            answer = b""
            while piece := connection.recv(65536):
                answer += piece
        self.assertTrue(answer.startswith(b"HTTP/1.1 200"), answer)


class TextAndHtml(unittest.TestCase):
    """The tutorial's lines, byte for byte."""

    LINE = "国家：中国 省份: 北京 城市: 14.130.112.24"

    @classmethod
    def setUpClass(cls):
        cls.upstream = StubUpstream(sina).__enter__()
        cls.addClassCleanup(cls.upstream.__exit__, None, None, None)
        cls.server = Server([site(asking(cls.upstream))])
        cls.server.__enter__()
        cls.addClassCleanup(cls.server.__exit__, None, None, None)

    def text(self, path, accept=None):
        status, headers, body = fetch(self.server.port, path,
                                      headers={"Accept": accept} if accept else {})
        return status, headers["content-type"], body.decode()

    def test_single(self):
        self.assertEqual(self.text("/ip-info/14.130.112.24?format=text"),
                         (200, "text/plain; charset=utf-8", self.LINE + "\n"))
        self.assertEqual(self.text("/ip-info/14.130.112.24?format=html"),
                         (200, "text/html; charset=utf-8", self.LINE))

    def test_list_and_named(self):
        self.assertEqual(self.text("/ip-info?ip=14.130.112.24,10.0.0.1&format=text")[2],
                         f"14.130.112.24:\n{self.LINE}\n10.0.0.1:\n查询IP信息错误\n")
        self.assertEqual(self.text("/ip-info?ip.rep3=14.130.112.24&ip.rep4=x&format=html")[2],
                         f"rep3:<br/>{self.LINE}<br/>rep4:<br/>查询IP信息错误<br/>")

    def test_html_escapes(self):
        status, kind, body = self.text("/ip-info?ip=%3Cb%3E%26&format=html")
        self.assertEqual((status, kind), (400, "text/html; charset=utf-8"))
        self.assertEqual(body, "&lt;b&gt;&amp;:<br/>查询IP信息错误<br/>")

    def test_negotiation(self):
        for accept, kind in (("text/html,application/xhtml+xml,*/*;q=0.8", "text/html"),
                             ("text/plain", "text/plain"), ("*/*", "application/json"),
                             ("application/json;q=0.5, text/plain", "text/plain"),
                             ("text/*, application/json", "application/json")):
            with self.subTest(accept):
                self.assertTrue(self.text("/ip-info/14.130.112.24", accept)[1].startswith(kind))
        self.assertEqual(self.text("/ip-info/14.130.112.24", "image/png")[0], 406)
        self.assertEqual(self.text("/ip-info/14.130.112.24?format=json", "image/png")[0], 200)


class Options(unittest.TestCase):
    """Wrong options stop the start and are named."""

    def complaint(self, options):
        import tempfile
        with tempfile.TemporaryDirectory() as folder:
            with open(os.path.join(folder, "conf"), "w", encoding="utf-8") as file:
                json.dump({"vhosts": [site(options)]}, file)
            result = run_lwshost("-c", folder, "--plugin-dir", os.environ["LWSHOST_PLUGIN_DIR"],
                                 "--check")
        self.assertEqual(result.returncode, 2, result.stderr)
        return result.stderr

    def test_each_mistake_is_named(self):
        good = {"providers": "x", "x:url": "http://192.0.2.1/{ip}", "x:map": "city=/city",
                "x:private": "1"}
        for change, words in (
                ({"deadline-m": "5"}, ["deadline-m", "did you mean"]),
                ({"deadline-ms": "5"}, ["deadline-ms", "50 to 60000"]),
                ({"x:url": "ftp://h/{ip}"}, ["x:url", "http://"]),
                ({"x:url": "http://h/"}, ["x:url", "{ip}"]),
                ({"x:url": "http://h/{ip}{key}"}, ["x:url", "{key}"]),
                ({"x:url": "http://u:p@h/{ip}"}, ["x:url", "password"]),
                ({"x:url": "http://127.0.0.1/{ip}", "x:private": "0"}, ["x:private", "127.0.0.1"]),
                ({"x:map": "city"}, ["x:map", "field=expression"]),
                ({"x:map": "town=/city"}, ["x:map", "town"]),
                ({"x:map": "city=/city|shout"}, ["x:map", "shout"]),
                ({"x:ok": "ret=1"}, ["x:ok", "pointer"]),
                ({"x:colour": "red"}, ["x:colour", "unknown"]),
                ({"y:url": "http://h/{ip}"}, ["y:url", "providers"]),
                ({"providers": "x,x"}, ["providers", "twice"]),
                ({"providers": "local"}, ["providers", "local"]),
                ({"providers": "X"}, ["providers", "\"X\""]),
                ({"text-ok": "{town}"}, ["text-ok", "town"])):
            with self.subTest(change):
                complaint = self.complaint({**good, **change})
                for word in words:
                    self.assertIn(word, complaint)

    def test_without_options_only_special_addresses_have_answers(self):
        with Server([site({})]) as server:
            self.assertEqual(fetch_json(server.port, "/ip-info/10.0.0.1")[2]["kind"], "private")
            status, _, answer = fetch_json(server.port, "/ip-info/1.1.1.1")
            self.assertEqual((status, answer["error"]["code"]), (503, "no_provider"))
