"""ip-lookup answers where an address is, over HTTP, from the sample database."""

import concurrent.futures
import http.client
import json
import os
import shutil
import socket
import tempfile
import unittest

from support import Server, WsClient, WsRefused, run_lwshost, vhost
from support.server import PLUGIN_DIR, SOURCE

SAMPLE = os.path.join(SOURCE, "plugins/ip-lookup/data/sample.mmdb")


def conf(**options):
    """A vhost with the plugin under /ip-lookup."""
    return [vhost(mounts=[{"mountpoint": "/ip-lookup", "origin": "callback://ip-lookup"}],
                  ws_protocols=[{"ip-lookup": {"database": SAMPLE, **options}}])]


class Connection:
    """One HTTP/1.1 connection that is kept."""

    def __init__(self, port):
        self.http = http.client.HTTPConnection("127.0.0.1", port, timeout=20)

    def ask(self, target, method="GET", body=None, headers=None):
        self.http.request(method, target, body=body, headers=headers or {})
        response = self.http.getresponse()
        return response.status, response.headers, response.read()

    def close(self):
        self.http.close()


class Answers(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.server = Server(conf())
        cls.server.__enter__()

    @classmethod
    def tearDownClass(cls):
        cls.server.__exit__(None, None, None)

    def setUp(self):
        self.connection = Connection(self.server.port)
        self.addCleanup(self.connection.close)

    def ask_json(self, target, status=200, **how):
        got, headers, body = self.connection.ask(target, **how)
        self.assertEqual(got, status, body)
        expected = "application/json" if status == 200 else "application/problem+json"
        self.assertEqual(headers["content-type"], expected)
        self.assertEqual(int(headers["content-length"]), len(body))
        return json.loads(body)

    def test_the_four_addresses_of_the_tutorial(self):
        expected = {"14.130.112.24": ["中国", "北京", "北京"],
                    "15.130.112.24": ["美国", "加利福尼亚州", "帕罗奥多"],
                    "16.130.112.24": ["美国", "德克萨斯州", "休斯敦"],
                    "17.130.112.24": ["美国", "加利福尼亚州", "库比蒂诺"]}
        for ip, names in expected.items():
            answer = self.ask_json(f"/ip-lookup?format=json&ip={ip}")
            self.assertEqual(answer["ret"], 1)
            self.assertEqual(answer["ip"], ip)
            self.assertEqual([answer["country"], answer["province"], answer["city"]], names)
            self.assertEqual(answer["district"], "")

    def test_missing_names_are_empty_strings(self):
        answer = self.ask_json("/ip-lookup?format=json&ip=198.51.100.7")
        self.assertEqual(answer, {"ret": 1, "ip": "198.51.100.7", "country": "示例国",
                                  "province": "", "city": "", "district": "", "isp": ""})

    def test_ipv6_is_answered_in_canonical_form(self):
        for text in ("2001:0DB8::0001", "2001%3Adb8%3A%3A1"):
            answer = self.ask_json(f"/ip-lookup?ip={text}")
            self.assertEqual((answer["ip"], answer["city"]), ("2001:db8::1", "示例市"))

    def test_an_unknown_address(self):
        self.assertEqual(self.ask_json("/ip-lookup?format=json&ip=127.0.0.1"),
                         {"ret": -1, "ip": "127.0.0.1"})

    def test_the_native_format(self):
        answer = self.ask_json("/ip-lookup?format=native&lang=en&ip=17.130.112.24")
        self.assertEqual(answer, {
            "ip": "17.130.112.24", "ok": True, "country": "United States", "country_code": "US",
            "region": "California", "region_code": "CA", "city": "Cupertino", "postal": "95014",
            "latitude": 37.323, "longitude": -122.0322, "timezone": "America/Los_Angeles",
            "asn": 714, "as_name": "Apple Inc."})
        status, _, body = self.connection.ask("/ip-lookup?format=native&ip=127.0.0.1")
        self.assertEqual(status, 404)
        self.assertEqual(json.loads(body)["error"]["code"], "not_found")

    def test_the_language_can_be_chosen(self):
        for lang, country in (("en", "China"), ("zh", "中国"), ("ZH-cn", "中国"), ("de", "China")):
            answer = self.ask_json(f"/ip-lookup?ip=14.130.112.24&lang={lang}")
            self.assertEqual(answer["country"], country, lang)
        self.assertEqual(self.ask_json("/ip-lookup?ip=203.0.113.1")["city"], "Sampleton")

    def test_bad_requests_are_told_why(self):
        for target, detail in (
                ("/ip-lookup", '"ip" is missing: ask with ?ip=ADDRESS'),
                ("/ip-lookup?ip=", '"ip" is not an IPv4 or IPv6 address'),
                ("/ip-lookup?ip=1.2.3", '"ip" is not an IPv4 or IPv6 address'),
                ("/ip-lookup?ip=1.2.3.4&ip=1.2.3.4", '"ip" is given twice'),
                ("/ip-lookup?ip=1.2.3.4&format=xml", '"format" is neither json nor native'),
                ("/ip-lookup?ip=1.2.3.4&lang=_", '"lang" is not a language tag such as zh-CN or en'),
                ("/ip-lookup?x=" + "y" * 300, "a parameter is longer than 255 bytes")):
            problem = self.ask_json(target, 400)
            self.assertEqual(problem["detail"], detail, target)
            self.assertEqual(problem["status"], 400)

    def test_parameters_that_it_does_not_know_are_ignored(self):
        answer = self.ask_json("/ip-lookup?a=1&&b&ip=14.130.112.24&ipx=9")
        self.assertEqual(answer["ret"], 1)

    def test_a_slash_is_the_same_and_a_word_is_not_found(self):
        self.assertEqual(self.ask_json("/ip-lookup/?ip=14.130.112.24")["ret"], 1)
        self.ask_json("/ip-lookup/word?ip=14.130.112.24", 404)

    def test_head_is_the_headers_of_get(self):
        get = self.connection.ask("/ip-lookup?ip=14.130.112.24")
        head = self.connection.ask("/ip-lookup?ip=14.130.112.24", method="HEAD")
        self.assertEqual(head[0], 200)
        self.assertEqual(head[2], b"")
        for name in ("content-type", "content-length", "cache-control"):
            self.assertEqual(head[1][name], get[1][name])
        self.assertEqual(self.connection.ask("/ip-lookup", method="HEAD")[0], 400)
        self.assertEqual(self.ask_json("/ip-lookup?ip=14.130.112.24")["ret"], 1)

    def test_headers_that_keep_browsers_from_guessing(self):
        headers = self.connection.ask("/ip-lookup?ip=14.130.112.24")[1]
        self.assertEqual(headers["x-content-type-options"], "nosniff")
        self.assertEqual(headers["cache-control"], "max-age=300")

    def test_headers_of_the_vhost_win_and_may_be_long(self):
        policy = "default-src" + " https://a.example" * 220
        conf = [vhost(mounts=[{"mountpoint": "/ip-lookup", "origin": "callback://ip-lookup"}],
                      ws_protocols=[{"ip-lookup": {"database": SAMPLE}}],
                      headers=[{"X-Content-Type-Options": "nosniff"}, {"cache-control": "no-store"},
                               {"content-security-policy": policy}])]
        with Server(conf) as server:
            for target, status in (("/ip-lookup?ip=8.8.8.8", 200), ("/nothing", 404)):
                connection = Connection(server.port)
                got, headers, _ = connection.ask(target)
                connection.close()
                self.assertEqual(got, status)
                self.assertEqual(headers.get_all("x-content-type-options"), ["nosniff"])
                self.assertEqual(headers.get_all("cache-control"), ["no-store"])
                self.assertEqual(headers["content-security-policy"], policy)

    def test_other_methods_are_refused_and_the_connection_goes_on(self):
        for method, body in (("POST", b"x" * 5000), ("POST", b""), ("PUT", b"abc"),
                             ("DELETE", None), ("OPTIONS", None)):
            status, headers, _ = self.connection.ask("/ip-lookup?ip=14.130.112.24", method, body)
            self.assertEqual((status, headers["allow"]), (405, "GET, HEAD"), method)
            self.assertEqual(self.ask_json("/ip-lookup?ip=14.130.112.24")["ret"], 1, method)

    def test_a_body_on_get_is_not_taken_for_a_request(self):
        body = b"GET /ip-lookup?ip=8.8.8.8 HTTP/1.1\r\nHost: x\r\n\r\n"
        for _ in range(3):
            answer = self.ask_json("/ip-lookup?ip=14.130.112.24", body=body)
            self.assertEqual(answer["ip"], "14.130.112.24")

    def test_a_body_that_comes_late_is_not_taken_for_a_request(self):
        body = b"GET /ip-lookup?ip=8.8.8.8 HTTP/1.1\r\nHost: x\r\n\r\n"
        with socket.create_connection(("127.0.0.1", self.server.port), 20) as raw:
            raw.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            for n in range(100):
                raw.sendall(b"GET /ip-lookup?ip=14.130.112.%d HTTP/1.1\r\nHost: x\r\n"
                            b"Content-Length: %d\r\n\r\n" % (n, len(body)))
                raw.sendall(body[:n % len(body)])
                raw.sendall(body[n % len(body):])
                self.assertEqual(self.read_answer(raw)["ip"], f"14.130.112.{n}")

    @staticmethod
    def read_answer(raw):
        """One answer of known length from a socket."""
        data = b""
        while b"\r\n\r\n" not in data:
            piece = raw.recv(65536)
            if not piece:
                raise AssertionError(f"closed after {data!r}")
            data += piece
        head, body = data.split(b"\r\n\r\n", 1)
        length = int(head.lower().split(b"content-length:")[1].split(b"\r\n")[0])
        while len(body) < length:
            body += raw.recv(65536)
        assert len(body) == length, body
        return json.loads(body)

    def test_chunks_are_refused_and_never_taken_for_a_request(self):
        hidden = b"GET /ip-lookup?ip=8.8.8.8 HTTP/1.1\r\nHost: x\r\n\r\n"
        for method, status in ((b"GET", b"411"), (b"HEAD", b"411"), (b"POST", b"405")):
            with socket.create_connection(("127.0.0.1", self.server.port), 20) as raw:
                raw.sendall(method + b" /ip-lookup?ip=14.130.112.24 HTTP/1.1\r\nHost: x\r\n"
                            b"Transfer-Encoding: chunked\r\n\r\n" + b"%x\r\n" % len(hidden)
                            + hidden + b"\r\n0\r\n\r\n")
                data = b""
                try:
                    while piece := raw.recv(65536):
                        data += piece
                except ConnectionResetError:
                    pass
            self.assertEqual(data.count(b"HTTP/1.1 "), 1, data)
            self.assertEqual(data[9:12], status, method)

    def test_a_length_that_is_none_is_refused_and_ends_the_connection(self):
        for length in (b"x", b"-1", b"0, 5", b"1 1", b"0\r\nContent-Length: 5", b"9" * 30):
            with socket.create_connection(("127.0.0.1", self.server.port), 20) as raw:
                raw.sendall(b"GET /ip-lookup?ip=8.8.8.8 HTTP/1.1\r\nHost: x\r\nContent-Length: "
                            + length + b"\r\n\r\n")
                data = b""
                while piece := raw.recv(65536):
                    data += piece
                self.assertRegex(data, rb"^HTTP/1\.. (411|400) ", length)  # lws 5 says 400
                self.assertNotIn(b'"ret"', data)

    def test_many_requests_on_one_connection_and_pipelined(self):
        for _ in range(200):
            self.assertEqual(self.ask_json("/ip-lookup?ip=14.130.112.24")["ret"], 1)
        with socket.create_connection(("127.0.0.1", self.server.port), 20) as raw:
            for n in range(20):
                raw.sendall(b"GET /ip-lookup?ip=14.130.112.%d HTTP/1.1\r\nHost: x\r\n\r\n" % n)
            data = b""
            while data.count(b'{"ret":1') < 20:
                piece = raw.recv(65536)
                self.assertTrue(piece, "closed early")
                data += piece
        places = [data.index(b'"14.130.112.%d"' % n) for n in range(20)]
        self.assertEqual(places, sorted(places))

    def test_a_post_without_a_length_is_answered_and_closed(self):
        with socket.create_connection(("127.0.0.1", self.server.port), 20) as raw:
            raw.sendall(b"POST /ip-lookup?ip=14.130.112.24 HTTP/1.1\r\nHost: x\r\n\r\n")
            self.assertEqual(self.read_answer(raw)["status"], 405)
            self.assertEqual(raw.recv(1), b"")

    def test_a_body_behind_a_pipelined_request_ends_the_connection_only(self):
        with socket.create_connection(("127.0.0.1", self.server.port), 20) as raw:
            raw.sendall(b"GET /ip-lookup?ip=14.130.112.24 HTTP/1.1\r\nHost: x\r\n\r\n"
                        b"POST /ip-lookup?ip=15.130.112.24 HTTP/1.1\r\nHost: x\r\n"
                        b"Content-Length: 20\r\n\r\n" + b"x" * 20)
            self.assertEqual(self.read_answer(raw)["ip"], "14.130.112.24")
            try:
                self.assertEqual(raw.recv(1), b"")
            except ConnectionResetError:
                pass
        self.assertEqual(self.ask_json("/ip-lookup?ip=16.130.112.24")["ret"], 1)

    def test_many_connections_at_once(self):
        def work(number):
            connection = Connection(self.server.port)
            answers = [json.loads(connection.ask(f"/ip-lookup?ip=14.130.{number}.{n}")[2])
                       for n in range(20)]
            connection.close()
            return [a["ip"] for a in answers] == [f"14.130.{number}.{n}" for n in range(20)]
        with concurrent.futures.ThreadPoolExecutor(32) as pool:
            self.assertTrue(all(pool.map(work, range(64))))

    def test_clients_that_vanish_leave_nothing_behind(self):
        def descriptors():
            return len(os.listdir(f"/proc/{self.server.process.pid}/fd"))
        before = descriptors()
        for _ in range(50):
            raw = socket.create_connection(("127.0.0.1", self.server.port), 20)
            raw.sendall(b"GET /ip-lookup?ip=14.130.112.24 HTTP/1.1\r\nHost: x\r\n\r\n")
            raw.close()
        self.server.wait_until(lambda: descriptors() <= before, "the connections to be gone")

    def test_it_is_no_websocket_protocol(self):
        with self.assertRaises(WsRefused) as refused:
            WsClient(self.server.port, "/ip-lookup", ["ip-lookup"])
        self.assertEqual(refused.exception.status, 400)


class Reload(unittest.TestCase):
    def test_a_database_that_is_renamed_into_place_is_used(self):
        with tempfile.TemporaryDirectory() as folder:
            path, new = os.path.join(folder, "db.mmdb"), os.path.join(folder, "new.mmdb")
            shutil.copy(SAMPLE, path)
            with Server(conf(database=path, reload="1")) as server:
                with open(new, "w", encoding="ascii") as file:
                    file.write("no database")
                os.rename(new, path)
                server.wait_stderr("the new database is not taken")
                connection = Connection(server.port)
                self.assertEqual(connection.ask("/ip-lookup?ip=14.130.112.24")[0], 200)
                shutil.copy(SAMPLE, new)
                os.rename(new, path)
                server.wait_stderr("the database was replaced")
                self.assertEqual(connection.ask("/ip-lookup?ip=14.130.112.24")[0], 200)
                connection.close()


class Options(unittest.TestCase):
    def test_the_language_option(self):
        with Server(conf(lang="en")) as server:
            connection = Connection(server.port)
            answer = json.loads(connection.ask("/ip-lookup?ip=14.130.112.24")[2])
            self.assertEqual(answer["country"], "China")
            answer = json.loads(connection.ask("/ip-lookup?ip=14.130.112.24&lang=zh-CN")[2])
            self.assertEqual(answer["country"], "中国")
            connection.close()

    def run_with(self, configuration):
        with tempfile.TemporaryDirectory() as folder:
            with open(os.path.join(folder, "conf"), "w", encoding="utf-8") as file:
                json.dump({"vhosts": configuration}, file)
            done = run_lwshost("-c", folder, "--plugin-dir", PLUGIN_DIR)
        self.assertEqual(done.stdout, "")
        return done

    def test_wrong_options_stop_the_start(self):
        for options, reason in (
                ({"lang": "zh_CN"}, 'ip-lookup.lang: "zh_CN" is not a language tag'),
                ({"langs": "en"}, 'ip-lookup.langs: unknown option (did you mean "lang"?)'),
                ({"database": ""}, "ip-lookup.database: must have 1 to 4095 bytes, has 0")):
            done = self.run_with(conf(**options))
            self.assertEqual(done.returncode, 2, done.stderr)
            self.assertIn(reason, done.stderr)

    def test_no_database_stops_the_start(self):
        configuration = conf()
        configuration[0]["ws-protocols"] = [{"ip-lookup": {"lang": "en"}}]
        done = self.run_with(configuration)
        self.assertEqual(done.returncode, 2, done.stderr)
        self.assertIn('"database" is missing: the path of a MaxMind-format file', done.stderr)

    def test_a_database_that_does_not_open_stops_the_start(self):
        with tempfile.NamedTemporaryFile(suffix=".mmdb") as text:
            text.write(b"no database")
            text.flush()
            for path, reason in ((text.name + "x", "No such file or directory"),
                                 (os.path.dirname(text.name), "not a regular file"),
                                 (text.name, "not a MaxMind-format database")):
                done = self.run_with(conf(database=path))
                self.assertEqual(done.returncode, 1, done.stderr)
                self.assertIn(f"{path}: {reason}", done.stderr)


if __name__ == "__main__":
    unittest.main()
