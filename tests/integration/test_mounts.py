"""Static mounts, redirects and callback mounts, and what is answered when there is none."""

import http.client
import os
import re
import shutil
import socket
import tempfile
import unittest

from support import Server, vhost

TEST_PLUGINS = os.environ["LWSHOST_TEST_PLUGIN_DIR"]


class Site:
    """A folder with some files."""

    def __init__(self):
        self.folder = tempfile.mkdtemp(prefix="lwshost-site-")
        self.www = os.path.join(self.folder, "www")
        for name, data in {"www/index.html": b"<p>index</p>", "www/style.css": b"p{}",
                           "www/app.mjs": b"export {}", "www/data.bin": bytes(range(256)),
                           "www/strange.xyz": b"?", "www/404.html": b"<p>lost</p>",
                           "www/big.txt": b"0123456789abcdef" * 65536,
                           "www/folder/index.html": b"<p>folder</p>",
                           "www/folder/other.txt": b"other", "secret.txt": b"secret",
                           "docs/start.html": b"<p>start</p>"}.items():
            path = os.path.join(self.folder, name)
            os.makedirs(os.path.dirname(path), exist_ok=True)
            with open(path, "wb") as file:
                file.write(data)

    def remove(self):
        shutil.rmtree(self.folder)


def read_to_end(raw):
    data = b""
    try:
        while piece := raw.recv(65536):
            data += piece
    except ConnectionResetError:
        pass
    return data


class Case(unittest.TestCase):
    @classmethod
    def start(cls, **keys):
        cls.site = Site()
        cls.addClassCleanup(cls.site.remove)
        conf = [vhost(**{name: cls.fill(value) for name, value in keys.items()})]
        cls.server = Server(conf, arguments=["--plugin-dir", TEST_PLUGINS])
        cls.server.__enter__()
        cls.addClassCleanup(lambda: cls.server.__exit__(None, None, None))

    @classmethod
    def fill(cls, value):
        """SITE in texts becomes the folder."""
        if isinstance(value, str):
            return value.replace("SITE", cls.site.folder)
        if isinstance(value, list):
            return [cls.fill(one) for one in value]
        if isinstance(value, dict):
            return {name: cls.fill(one) for name, one in value.items()}
        return value

    def ask(self, target, method="GET", headers=None, body=None):
        connection = http.client.HTTPConnection("127.0.0.1", self.server.port, timeout=20)
        try:
            connection.request(method, target, body, headers or {})
            answer = connection.getresponse()
            return answer.status, answer.headers, answer.read()
        finally:
            connection.close()

    def ask_raw(self, target):
        """As it is written, where http.client would mend it."""
        with socket.create_connection(("127.0.0.1", self.server.port), 20) as raw:
            raw.sendall(f"GET {target} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n".encode())
            data = b""
            while piece := raw.recv(65536):
                data += piece
        return data


class Files(Case):
    @classmethod
    def setUpClass(cls):
        cls.start(headers=[{"x-one": "1"}, {"content-security-policy": "default-src 'none'"}],
                  mounts=[{"mountpoint": "/", "origin": "file://SITE/www", "default": "index.html",
                           "extra-mimetypes": {".mjs": "text/javascript; charset=utf-8",
                                               ".bin": "application/octet-stream"}},
                          {"mountpoint": "/docs", "origin": "file://SITE/docs",
                           "default": "start.html", "cache-max-age": "60", "cache-reuse": "1",
                           "cache-revalidate": "1"}])

    def test_the_default_document(self):
        self.assertEqual(self.ask("/")[2], b"<p>index</p>")
        self.assertEqual(self.ask("/docs/")[2], b"<p>start</p>")

    def test_types(self):
        for target, kind in (("/index.html", "text/html"), ("/style.css", "text/css"),
                             ("/app.mjs", "text/javascript; charset=utf-8"),
                             ("/data.bin", "application/octet-stream")):
            status, headers, _ = self.ask(target)
            self.assertEqual((status, headers["content-type"]), (200, kind))
        status, headers, _ = self.ask("/strange.xyz")  # lws 4: 415; lws 5: as mere bytes
        self.assertIn((status, headers["content-type"]),
                      ((415, "text/html"), (200, "application/octet-stream")))

    def test_a_whole_big_file(self):
        status, headers, body = self.ask("/big.txt")
        self.assertEqual((status, int(headers["content-length"])), (200, 1 << 20))
        self.assertEqual(body, b"0123456789abcdef" * 65536)

    def test_bytes_are_bytes(self):
        self.assertEqual(self.ask("/data.bin")[2], bytes(range(256)))

    def test_cache_headers(self):
        self.assertEqual(self.ask("/")[1]["cache-control"], "no-store")
        cache = self.ask("/docs/start.html")[1]["cache-control"]
        for part in ("max-age=60", "must-revalidate", "private"):
            self.assertIn(part, cache)

    def test_an_unchanged_file_is_not_sent_again(self):
        tag = self.ask("/style.css")[1]["etag"]
        status, headers, body = self.ask("/style.css", headers={"If-None-Match": tag})
        self.assertEqual((status, body, headers["etag"]), (304, b"", tag))

    def test_head_is_the_headers_of_get(self):
        status, headers, body = self.ask("/index.html", "HEAD")
        self.assertEqual((status, body), (200, b""))
        self.assertEqual(headers["content-length"], "12")
        self.assertEqual(self.ask("/nothing", "HEAD")[0::2], (404, b""))

    def test_a_missing_slash_is_a_redirect(self):
        status, headers, _ = self.ask("/docs")
        self.assertEqual(status, 301)
        self.assertEqual(headers["location"], f"http://127.0.0.1:{self.server.port}/docs/")

    def test_what_is_not_there(self):
        for target in ("/nothing", "/docs/nothing.html", "/nothing/at/all"):
            status, headers, body = self.ask(target)
            self.assertEqual((status, headers["content-type"]), (404, "text/html; charset=utf-8"))
            self.assertEqual(int(headers["content-length"]), len(body))
            self.assertIn(b"Not Found", body)

    def test_nothing_outside_the_folder(self):
        for target in ("/../secret.txt", "/%2e%2e/secret.txt", "/..%2fsecret.txt",
                       "/%2e%2e%2fsecret.txt", "/folder/../../secret.txt", "/.%2e/secret.txt",
                       "/docs/../../secret.txt", "/folder/..%2f..%2fsecret.txt",
                       "//../secret.txt", "/..\\secret.txt", "/%252e%252e/secret.txt"):
            answer = self.ask_raw(target)
            self.assertNotIn(b"secret", answer, target)
            self.assertNotRegex(answer, rb"^HTTP/1.. 200", target)

    def test_vhost_headers(self):
        for target in ("/", "/nothing"):
            headers = self.ask(target)[1]
            self.assertEqual(headers["x-one"], "1")
            self.assertEqual(headers["content-security-policy"], "default-src 'none'")

    def test_other_methods_are_refused_and_do_no_harm(self):
        for method in ("POST", "PUT", "DELETE", "PATCH", "OPTIONS"):
            for target in ("/index.html", "/nothing", "/docs/"):
                status, headers, _ = self.ask(target, method, body=b"x" * 100)
                self.assertEqual((status, headers["allow"]), (405, "GET, HEAD"), (method, target))
        self.assertEqual(self.ask("/")[0], 200)

    def test_a_body_that_nobody_wants_is_not_taken_for_a_request(self):
        inner = b"GET /style.css HTTP/1.1\r\nHost: x\r\n\r\n"
        length = b"Content-Length: %d\r\n\r\n" % len(inner)
        for first in (b"GET /", b"GET /nothing", b"HEAD /"):
            for announced in (length, b"Content-Length: 0\r\n" + length,
                              b"Content-Length: x\r\n\r\n", b"Content-Length: 0x9\r\n\r\n",
                              b"Transfer-Encoding: chunked\r\n\r\n%x\r\n" % len(inner)):
                with socket.create_connection(("127.0.0.1", self.server.port), 20) as raw:
                    raw.sendall(first + b" HTTP/1.1\r\nHost: x\r\n" + announced + inner)
                    data = read_to_end(raw)
                self.assertEqual(len(re.findall(rb"HTTP/1\.. \d", data)), 1, (announced, data))
                self.assertRegex(data, rb"^HTTP/1\.. 40[05] ")  # lws 5 says 400 to some
                self.assertNotIn(b"p{}", data)

    def test_many_requests_on_one_connection(self):
        connection = http.client.HTTPConnection("127.0.0.1", self.server.port, timeout=20)
        for _ in range(20):
            for target, status in (("/", 200), ("/nothing", 404), ("/docs/", 200)):
                connection.request("GET", target)
                answer = connection.getresponse()
                answer.read()
                self.assertEqual(answer.status, status)
        connection.close()


class ErrorDocument(Case):
    @classmethod
    def setUpClass(cls):
        cls.start(error_document_404="/404.html",
                  mounts=[{"mountpoint": "/", "origin": "file://SITE/www"}])

    def test_lws_redirects_to_it(self):
        status, headers, _ = self.ask("/nothing")
        self.assertEqual((status, headers["location"]), (302, "/404.html"))
        self.assertEqual(self.ask("/404.html")[2], b"<p>lost</p>")


class Mixed(Case):
    """Mounts in an order that lws up to 4.5 would get wrong."""

    @classmethod
    def setUpClass(cls):
        cls.start(ws_protocols=[{"echo-test": {"say": "from the plugin"}},
                                {"surprise": {"say": "surprised"}}],
                  mounts=[{"mountpoint": "/files/deep", "origin": "file://SITE/www/folder"},
                          {"mountpoint": "/away", "origin": ">https://example.org/there"},
                          {"mountpoint": "/near", "origin": ">http://example.org"},
                          {"mountpoint": "/files/deep/call", "origin": "callback://surprise"},
                          {"mountpoint": "/files", "origin": "file://SITE/www"},
                          {"mountpoint": "/", "origin": "callback://echo-test"}])

    def test_the_longest_mountpoint_wins(self):
        for target, body in (("/", b"from the plugin"), ("/any/thing", b"from the plugin"),
                             ("/files/style.css", b"p{}"), ("/files/deep/other.txt", b"other"),
                             ("/files/deep/call", b"surprised"),
                             ("/files/deep/call/on", b"surprised"),
                             ("/filesystem", b"from the plugin")):
            status, _, got = self.ask(target)
            self.assertEqual((status, got), (200, body), target)

    def test_redirects(self):
        for target, location in (("/away", "https://example.org/there"),
                                 ("/near", "http://example.org")):
            status, headers, _ = self.ask(target)
            self.assertEqual((status, headers["location"]), (301, location))

    def test_plugin_and_files_on_one_connection(self):
        connection = http.client.HTTPConnection("127.0.0.1", self.server.port, timeout=20)
        for _ in range(10):
            for target, body in (("/", b"from the plugin"), ("/files/style.css", b"p{}"),
                                 ("/files/deep/call", b"surprised")):
                connection.request("GET", target)
                self.assertEqual(connection.getresponse().read(), body)
        connection.close()

    def test_a_body_behind_a_pipelined_request_ends_the_connection_only(self):
        """lws would take the headers of the second request for its body, and loop for ever."""
        for first in (b"/files/style.css", b"/", b"/nothing", b"/files/deep/call"):
            for method in (b"POST", b"GET", b"DELETE"):
                with socket.create_connection(("127.0.0.1", self.server.port), 20) as raw:
                    raw.sendall(b"GET " + first + b" HTTP/1.1\r\nHost: x\r\n\r\n"
                                + method + b" /some HTTP/1.1\r\nHost: x\r\n"
                                b"Content-Length: 5\r\n\r\nhello")
                    data = read_to_end(raw)
                self.assertEqual(data.count(b"HTTP/1.1 200"), 1, (first, method, data))
                self.assertEqual(self.ask("/")[0], 200)

    def test_a_body_on_a_kept_connection_goes_to_its_plugin(self):
        with socket.create_connection(("127.0.0.1", self.server.port), 20) as raw:
            for _ in range(20):
                raw.sendall(b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n"
                            + b"x" * 100)
                data = b""
                while b"from the plugin" not in data:
                    piece = raw.recv(65536)
                    self.assertTrue(piece, data)
                    data += piece


if __name__ == "__main__":
    unittest.main()
