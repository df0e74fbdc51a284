"""TLS: who gets it, with which versions and certificates, and over HTTP/2."""

import http.client
import json
import signal
import shutil
import socket
import ssl
import subprocess
import tempfile
import unittest

from support import WsClient, run_lwshost
from support.certificate import make_certificate
from test_vhosts import TEST_PLUGINS, Conf, echo, get, port_of, serve

CURL = subprocess.run(["curl", "-V"], capture_output=True, text=True, check=False).stdout \
    if shutil.which("curl") else ""


class Tls(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(folder.cleanup)
        cls.cert, cls.key = make_certificate(folder.name)
        cls.context = ssl.create_default_context(cafile=cls.cert)

    def conf(self, **keys):
        return echo("secret", host_ssl_cert=self.cert, host_ssl_key=self.key, **keys)

    def test_https_and_wss(self):
        for loop in ("uv", "poll"):
            with serve(self.conf(), environment={"LWSHOST_EVENT_LOOP": loop}) as server:
                self.assertRegex(server.urls[0], r"^https://127\.0\.0\.1:\d+/$")
                self.assertEqual(get(server.port, context=self.context), "secret")
                with WsClient(server.port, protocols=["echo-test"], tls=True) as client:
                    client.send("over TLS")
                    self.assertEqual(client.receive(), "over TLS")

    def test_tls_survives_restarts(self):
        with serve(self.conf()) as server:
            for n in (2, 3):
                server.signal(signal.SIGHUP)
                server.wait_listening(n)
                self.assertEqual(get(server.port, context=self.context), "secret")

    def test_plain_text_is_not_answered_on_a_tls_port(self):
        with serve(self.conf()) as server:
            with self.assertRaises((ConnectionError, http.client.HTTPException)):
                get(server.port)

    def test_old_tls_is_refused(self):
        old = ssl.create_default_context(cafile=self.cert)
        old.minimum_version = ssl.TLSVersion.TLSv1
        old.maximum_version = ssl.TLSVersion.TLSv1_1
        old.set_ciphers("ALL:@SECLEVEL=0")
        with serve(self.conf()) as server:
            with self.assertRaises(ssl.SSLError):
                get(server.port, context=old)
            self.assertEqual(get(server.port, context=self.context), "secret")

    def test_a_tls_vhost_beside_a_plain_one(self):
        with serve(self.conf(name="a"), echo("open", name="b")) as server:
            server.wait_listening(2)
            self.assertEqual(get(port_of(server.urls[0]), context=self.context), "secret")
            self.assertEqual(get(port_of(server.urls[1])), "open")

    @unittest.skipUnless("HTTP2" in CURL, "curl that speaks HTTP/2 is not here")
    def test_http2_answers_a_body_that_nobody_wants(self):
        with tempfile.TemporaryDirectory() as folder:
            with open(f"{folder}/a.txt", "w", encoding="ascii") as file:
                file.write("text")
            conf = self.conf()
            conf["mounts"].append({"mountpoint": "/files", "origin": f"file://{folder}"})
            del conf["mounts"][0]
            with serve(conf) as server:
                base = f"https://127.0.0.1:{server.port}"
                for body in ("x", "x" * 200000):
                    for target in ("/files/a.txt", "/nothing"):
                        # Several on one connection: curl ends with an error if one is not answered.
                        result = subprocess.run(
                            ["curl", "-s", "--http2", "--cacert", self.cert, "-m", "20", "-w",
                             "%{http_code} %{http_version};", "-o", "/dev/null", "-o", "/dev/null",
                             "-o", "/dev/null", "-d", "@-", *[base + target] * 3],
                            input=body, text=True, capture_output=True, check=False)
                        self.assertEqual((result.returncode, result.stdout), (0, "405 2;" * 3),
                                         (len(body), target))
                self.assertEqual(get(server.port, context=self.context, target="/files/a.txt"),
                                 "text")

    def test_tls_is_all_or_nothing_on_a_port(self):
        """lws would serve both as the first one: a TLS vhost in plain text."""
        with socket.create_server(("127.0.0.1", 0)) as free:
            port = str(free.getsockname()[1])
        plain, secret = echo("open", name="a", port=port), self.conf(name="b", port=port)
        for vhosts, how in (([plain, secret], "without"), ([secret, plain], "with")):
            with tempfile.TemporaryDirectory() as folder:
                with open(f"{folder}/conf", "w", encoding="utf-8") as file:
                    json.dump({"vhosts": vhosts}, file)
                for arguments in ((), ("--check",), ("-p", "0")):
                    result = run_lwshost("-c", folder, "--plugin-dir", TEST_PLUGINS, *arguments)
                    self.assertEqual((result.returncode, result.stdout), (2, ""), result.stderr)
                    self.assertRegex(result.stderr, rf"conf:\d+: vhosts\[1\]\.port: .*"
                                     rf"conf:\d+: vhosts\[0\] is {how} TLS\n$")

    def test_redirect_http(self):
        conf = self.conf(redirect_http="1", allow_non_tls="1")
        with serve(conf) as server:
            connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=20)
            connection.request("GET", "/")
            answer = connection.getresponse()
            self.assertEqual(answer.status, 301)
            self.assertTrue(answer.headers["location"].startswith("https://127.0.0.1:"))
            connection.close()

    def test_a_certificate_or_key_that_is_no_good(self):
        with tempfile.TemporaryDirectory() as folder:
            other = f"{folder}/other.pem"
            subprocess.run(["openssl", "genpkey", "-algorithm", "ED25519", "-out", other],
                           check=True, capture_output=True)
            subprocess.run(["openssl", "pkey", "-in", other, "-aes256", "-passout", "pass:secret",
                            "-out", f"{folder}/locked.pem"], check=True, capture_output=True)
            for cert, key, fault in ((__file__, self.key, "cert"), (self.cert, __file__, "key"),
                                     (self.cert, other, "key"), (self.key, self.key, "cert"),
                                     (self.cert, f"{folder}/locked.pem", "key")):
                with Conf(echo("x", host_ssl_cert=cert, host_ssl_key=key)) as conf:
                    for arguments in ((), ("--check",)):
                        result = run_lwshost("-c", conf, "--plugin-dir", TEST_PLUGINS, *arguments,
                                             stdin=subprocess.DEVNULL)
                        self.assertEqual((result.returncode, result.stdout), (2, ""),
                                         result.stderr)
                        self.assertRegex(result.stderr, rf"^\S+/conf:\d+: vhosts\[0\]\."
                                         rf"host-ssl-{fault}: [^\n]+\n$")

    def test_a_bad_certificate_at_the_restart_changes_nothing(self):
        with serve(self.conf()) as server:
            server.write_conf([echo("x", host_ssl_cert=__file__, host_ssl_key=self.key)])
            server.signal(signal.SIGHUP)
            server.wait_stderr("goes on as before")
            self.assertEqual(get(server.port, context=self.context), "secret")


if __name__ == "__main__":
    unittest.main()
