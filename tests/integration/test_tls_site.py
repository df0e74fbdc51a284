"""A site over TLS as docs/tls.md has it, with certificates of an authority of the test's own."""

import asyncio
import http.client
import json
import os
import shutil
import signal
import socket
import ssl
import subprocess
import tempfile
import unittest

import websockets

from support import Server, vhost
from support.certificate import Authority, openssl
from support.ip_info import fetch
from support.server import SOURCE
from test_chat_clients import Websockets
from test_shipped import FOUR

NAME = "chat.example.org"
RSA_KEY = ["-newkey", "rsa:2048", "-nodes"]
CURL = shutil.which("curl") and "HTTP2" in subprocess.run(
    ["curl", "-V"], capture_output=True, text=True, check=False).stdout


def free_port():
    with socket.create_server(("127.0.0.1", 0)) as free:
        return str(free.getsockname()[1])


def example(folder, cert, key):
    """conf/examples/public on free ports of this machine, as the user that we are."""
    with open(os.path.join(SOURCE, "conf/examples/public"), encoding="utf-8") as file:
        text = file.read()
    for old, new in (('"port": "80"', '"port": "0", "interface": "127.0.0.1"'),
                     ('"port": "443"', '"port": "0", "interface": "127.0.0.1"'),
                     ("7682", free_port()), (',\n    "username": "lwshost"', ""),
                     (',\n    "groupname": "lwshost"', ""),
                     ("/var/lib/lwshost", folder),
                     ("/etc/lwshost/tls/fullchain.pem", cert), ("/etc/lwshost/tls/privkey.pem", key),
                     ("_lws_ddir_/lwshost/mount", os.path.join(SOURCE, "mount")),
                     ("_lws_ddir_/lwshost/geoip.mmdb",
                      os.path.join(SOURCE, "plugins/ip-lookup/data/sample.mmdb"))):
        assert old in text, old
        text = text.replace(old, new)
    return text


def port_of(url):
    return int(url.rstrip("/").rsplit(":", 1)[1])


class Connection(http.client.HTTPSConnection):
    """To NAME, whoever has the name."""

    def __init__(self, port, context):
        super().__init__(NAME, port, context=context, timeout=20)
        self._create_connection = lambda address, *rest: socket.create_connection(
            ("127.0.0.1", port), *rest[:1])


class Site(unittest.TestCase):
    """The example of the page, whole."""

    @classmethod
    def setUpClass(cls):
        folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(folder.cleanup)
        cls.authority = Authority(folder.name)
        cls.context = ssl.create_default_context(cafile=cls.authority.cert)
        cls.server = Server(example(folder.name, *cls.authority.issue(f"DNS:{NAME}"))).__enter__()
        cls.addClassCleanup(cls.server.__exit__, None, None, None)
        cls.server.wait_listening(3)
        cls.plain, cls.secure, _ = [port_of(url) for url in cls.server.urls]

    def get(self, target):
        connection = Connection(self.secure, self.context)
        self.addCleanup(connection.close)
        connection.request("GET", target)
        response = connection.getresponse()
        return response, response.read()

    def test_http_is_sent_on_to_https(self):
        connection = http.client.HTTPConnection("127.0.0.1", self.plain, timeout=20)
        self.addCleanup(connection.close)
        connection.request("GET", "/", headers={"host": NAME})
        response = connection.getresponse()
        self.assertEqual((response.status, response.headers["location"]),
                         (301, f"https://{NAME}"))

    def test_pages_and_lookups(self):
        response, body = self.get("/")
        self.assertEqual((response.status, b"<title>" in body), (200, True))
        response, body = self.get(f"/ip-info?{FOUR}")
        self.assertEqual(json.loads(body)["succeeded"], 4)

    def test_browsers_are_told_to_stay_with_it(self):
        for target in ("/", "/ip.html", f"/ip-info?{FOUR}"):
            response, _ = self.get(target)
            self.assertRegex(response.headers["strict-transport-security"], r"^max-age=\d{7,}")

    @unittest.skipUnless(CURL, "curl that speaks HTTP/2 is not here")
    def test_http2(self):
        result = subprocess.run(
            ["curl", "-s", "--cacert", self.authority.cert, "--connect-to",
             f"{NAME}:443:127.0.0.1:{self.secure}", "-o", "/dev/null", "-m", "20",
             "-w", "%{http_code} %{http_version}", f"https://{NAME}/"],
            text=True, capture_output=True, check=False)
        self.assertEqual((result.returncode, result.stdout), (0, "200 2"))

    def test_people_talk(self):
        async def scenario():
            people = []
            for nick in ("Ann", "Bob"):
                client = Websockets()
                client.socket = await websockets.connect(
                    f"wss://{NAME}:{self.secure}/chat", host="127.0.0.1", port=self.secure,
                    server_hostname=NAME,
                    subprotocols=["chat-room"], ssl=self.context)
                await client.receive_json("welcome")
                await client.ask("join", "joined", nick=nick)
                people.append(client)
            await people[0].send_json(type="message", room="lobby", text="over TLS", cid="1")
            self.assertEqual((await people[1].receive_json("message"))["text"], "over TLS")
            for client in people:
                await client.close()
        asyncio.run(scenario())


class Renewal(unittest.TestCase):
    def test_a_new_certificate_is_served_after_sighup(self):
        with tempfile.TemporaryDirectory() as folder:
            authority = Authority(folder)
            context = ssl.create_default_context(cafile=authority.cert)
            live = [f"{folder}/fullchain.pem", f"{folder}/privkey.pem"]

            def renew():
                issued = authority.issue()
                for made, path in zip(issued, live):
                    shutil.copy(made, path + ".new")
                    os.rename(path + ".new", path)
                return openssl("x509", "-in", issued[0], "-noout", "-serial").split("=")[1].strip()

            def served():
                with socket.create_connection(("127.0.0.1", server.port)) as plain, \
                        context.wrap_socket(plain, server_hostname="localhost") as secure:
                    return secure.getpeercert()["serialNumber"]

            first = renew()
            with Server([vhost(host_ssl_cert=live[0], host_ssl_key=live[1])]) as server:
                self.assertEqual(served(), first)
                second = renew()
                self.assertEqual(served(), first)
                server.signal(signal.SIGHUP)
                server.wait_listening(2)
                self.assertEqual(served(), second)
                # A half-done renewal changes nothing.
                shutil.copy(authority.issue()[1], live[1])
                server.signal(signal.SIGHUP)
                server.wait_stderr("goes on as before")
                self.assertEqual(served(), second)

    def test_the_first_certificate_comes_over_the_site_itself(self):
        with tempfile.TemporaryDirectory() as folder:
            authority = Authority(folder)
            cert, key = f"{folder}/fullchain.pem", f"{folder}/privkey.pem"
            with open(f"{folder}/some-Token_1", "w", encoding="ascii") as file:
                file.write("proof")
            challenge = {"mountpoint": "/.well-known/acme-challenge", "origin": f"file://{folder}",
                         "extra-mimetypes": {"*": ""}}
            onward = {"mountpoint": "/", "origin": f">https://{NAME}"}
            with Server([vhost(mounts=[challenge, onward]),
                         vhost(name=NAME, host_ssl_cert=cert, host_ssl_key=key,
                               ignore_missing_cert="1")]) as server:
                server.wait_listening(2)
                answers = [fetch(server.port, target) for target in
                           ("/.well-known/acme-challenge/some-Token_1", "/")]
                self.assertEqual([(status, body) for status, _, body in answers],
                                 [(200, b"proof"), (301, b"")])
                for made, path in zip(authority.issue(f"DNS:{NAME}"), (cert, key)):
                    shutil.copy(made, path)
                server.signal(signal.SIGHUP)
                server.wait_listening(4)
                connection = Connection(port_of(server.urls[3]),
                                        ssl.create_default_context(cafile=authority.cert))
                connection.request("GET", "/")
                self.assertEqual(connection.getresponse().status, 404)
                connection.close()


class Handshakes(unittest.TestCase):
    """What is agreed on. That the client could do what is refused is tried with another server."""

    @classmethod
    def setUpClass(cls):
        folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(folder.cleanup)
        cls.authority = Authority(folder.name)
        cls.pairs = {"RSA": cls.authority.issue(key_type=RSA_KEY), "EC": cls.authority.issue()}
        cls.server = Server([vhost(host_ssl_cert=pair[0], host_ssl_key=pair[1])
                             for pair in cls.pairs.values()]).__enter__()
        cls.addClassCleanup(cls.server.__exit__, None, None, None)
        cls.server.wait_listening(2)
        cls.ports = dict(zip(cls.pairs, map(port_of, cls.server.urls)))

    def offer(self, ciphers, version):
        context = ssl.create_default_context(cafile=self.authority.cert)
        context.minimum_version = context.maximum_version = version
        context.set_ciphers(ciphers + ":@SECLEVEL=0")
        return context

    def shake(self, kind, client):
        """Returns version and cipher, or None when they did not agree."""
        with socket.create_connection(("127.0.0.1", self.ports[kind]), 20) as plain:
            try:
                with client.wrap_socket(plain, server_hostname="localhost") as secure:
                    return secure.version(), secure.cipher()[0]
            except (ssl.SSLError, ConnectionError):
                return None

    def is_possible(self, kind, client):
        """The same with a server that takes anything, in memory."""
        server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        server.minimum_version = ssl.TLSVersion.TLSv1
        server.set_ciphers("ALL:eNULL:@SECLEVEL=0")
        server.load_cert_chain(*self.pairs[kind])
        a_in, a_out = ssl.MemoryBIO(), ssl.MemoryBIO()
        ends = [server.wrap_bio(a_in, a_out, server_side=True),
                client.wrap_bio(a_out, a_in, server_hostname="localhost")]
        for _ in range(6):
            for end in ends:
                try:
                    end.do_handshake()
                except ssl.SSLWantReadError:
                    pass
        return ends[1].version() is not None

    def test_old_versions_are_refused(self):
        for version in (ssl.TLSVersion.TLSv1, ssl.TLSVersion.TLSv1_1):
            client = self.offer("ALL", version)
            self.assertTrue(self.is_possible("RSA", client), version)
            self.assertIsNone(self.shake("RSA", client), version)

    def test_weak_ciphers_are_refused(self):
        """No forward secrecy, no authentication of what is encrypted, or old altogether."""
        for kind, ciphers in (("RSA", "AES256-GCM-SHA384"), ("RSA", "AES128-SHA"),
                              ("RSA", "ECDHE-RSA-AES256-SHA384"), ("RSA", "ECDHE-RSA-AES128-SHA"),
                              ("EC", "ECDHE-ECDSA-AES128-SHA256"), ("EC", "ECDHE-ECDSA-NULL-SHA")):
            client = self.offer(ciphers, ssl.TLSVersion.TLSv1_2)
            self.assertTrue(self.is_possible(kind, client), ciphers)
            self.assertIsNone(self.shake(kind, client), ciphers)

    def test_good_ones_are_taken(self):
        for kind, key in (("RSA", "RSA"), ("EC", "ECDSA")):
            client = self.offer("ALL", ssl.TLSVersion.TLSv1_2)
            version, cipher = self.shake(kind, client)
            self.assertEqual(version, "TLSv1.2")
            self.assertRegex(cipher, rf"^ECDHE-{key}-(AES(128|256)-GCM-SHA|CHACHA20-POLY1305)")
            version, _ = self.shake(kind, self.offer("ALL", ssl.TLSVersion.TLSv1_3))
            self.assertEqual(version, "TLSv1.3")


if __name__ == "__main__":
    unittest.main()
