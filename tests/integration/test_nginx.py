"""Behind a real nginx, with the configurations of docs/behind-a-proxy.md: on a unix socket, under a path."""

import grp
import http.client
import json
import os
import pwd
import re
import shutil
import signal
import socket
import stat
import subprocess
import tempfile
import time
import unittest

from support import Server
from support.chat import parts
from support.server import SOURCE
from support.ws import WsClient
from test_shipped import FOUR
from test_tls_site import free_port

NGINX = shutil.which("nginx", path=os.environ["PATH"] + ":/usr/sbin")
SITE = "www.example.org"
PATH = "/community"

# What Debian's nginx.conf has around conf.d/*, as somebody who is not root, in one folder.
AROUND = """\
{user}
daemon off;
pid {folder}/nginx.pid;
error_log {folder}/error.log;
events {{ worker_connections 256; }}
http {{
    include /etc/nginx/mime.types;
    default_type application/octet-stream;
    access_log off;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    gzip on;
    include {folder}/lwshost.conf;
}}
"""


def edited(path, *changes):
    """A file of the source with words replaced, all of which have to be there."""
    with open(os.path.join(SOURCE, path), encoding="utf-8") as file:
        text = file.read()
    for old, new in changes:
        assert old in text, old
        text = text.replace(old, new)
    return text


def owner():
    """User and group to give the socket to: libwebsockets does not give it to root."""
    if os.getuid() == 0:
        return pwd.getpwnam("daemon").pw_uid, grp.getgrnam("daemon").gr_gid
    return os.getuid(), os.getgid()


def owner_names():
    uid, gid = owner()
    return f"{pwd.getpwuid(uid).pw_name}:{grp.getgrgid(gid).gr_name}"


def lwshost(folder):
    return Server(edited(
        "conf/examples/behind-nginx", ("/run/lwshost", folder), ("/var/lib/lwshost", folder),
        ("lwshost:lwshost", owner_names()), (',\n    "username": "lwshost"', ""),
        (',\n    "groupname": "lwshost"', ""), ("7682", free_port()),
        ("_lws_ddir_/lwshost/mount", os.path.join(SOURCE, "mount")),
        ("_lws_ddir_/lwshost/geoip.mmdb",
         os.path.join(SOURCE, "plugins/ip-lookup/data/sample.mmdb"))))


class Nginx:
    """nginx on a unix socket's side of lwshost and a port of 127.0.0.0/8 on the other."""

    def __init__(self, folder):
        self.folder, self.port = folder, int(free_port())
        self.write("lwshost.conf", edited(
            "docs/examples/nginx/lwshost.conf", ("listen 80;", f"listen 127.0.0.1:{self.port};"),
            ("/run/lwshost", folder)))
        # As root nginx would give its workers to somebody who may not enter our folder.
        self.write("nginx.conf", AROUND.format(folder=folder,
                                               user="user root;" if os.getuid() == 0 else ""))
        self.process = subprocess.Popen(
            [NGINX, "-e", f"{folder}/error.log", "-c", f"{folder}/nginx.conf"],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        self.wait()

    def write(self, name, text):
        with open(os.path.join(self.folder, name), "w", encoding="utf-8") as file:
            file.write(text)

    def wait(self):
        end = time.monotonic() + 20
        while True:
            try:
                socket.create_connection(("127.0.0.1", self.port), 5).close()
                return
            except OSError:
                assert time.monotonic() < end and self.process.poll() is None, self.log()
                time.sleep(0.02)

    def log(self):
        with open(f"{self.folder}/error.log", encoding="utf-8") as file:
            return file.read()

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(20)


class Page(unittest.TestCase):
    def test_it_shows_the_configuration_as_it_is(self):
        self.assertEqual(re.findall(r"^```nginx\n(.*?)^```$", edited("docs/behind-a-proxy.md"),
                                    re.S | re.M), [edited("docs/examples/nginx/lwshost.conf")])


@unittest.skipUnless(NGINX, "nginx is not here")
class BehindNginx(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        folder = tempfile.TemporaryDirectory(prefix="lwshost-nginx-")
        cls.addClassCleanup(folder.cleanup)
        cls.folder = folder.name
        cls.server = lwshost(folder.name).__enter__()
        cls.addClassCleanup(cls.server.__exit__, None, None, None)
        cls.server.wait_listening(2)
        cls.nginx = Nginx(folder.name)
        cls.addClassCleanup(cls.nginx.stop)

    def connection(self, source="127.0.0.1"):
        result = http.client.HTTPConnection("127.0.0.1", self.nginx.port, timeout=20,
                                            source_address=(source, 0))
        self.addCleanup(result.close)
        return result

    def get(self, target, headers=(), **options):
        connection = self.connection(**options)
        connection.request("GET", target, headers={"host": SITE, **dict(headers)})
        response = connection.getresponse()
        return response, response.read()

    def chat(self, protocols=(), headers=(), origin=f"http://{SITE}"):
        client = WsClient(self.nginx.port, path=PATH + "/chat", protocols=protocols,
                          host_header=SITE, headers=[("Origin", origin), *headers])
        self.addCleanup(client.abort)
        return client

    def join(self, nick):
        client = self.chat(["chat-room"])
        client.receive_json("welcome")
        client.send_json(type="join", nick=nick)
        client.receive_json("joined")
        return client

    def test_the_socket_is_for_its_owner_and_group(self):
        state = os.stat(f"{self.folder}/nginx.sock")
        self.assertEqual((stat.S_IMODE(state.st_mode), state.st_uid, state.st_gid),
                         (0o660, *owner()))

    def test_pages_under_the_path(self):
        for page in ("/", "/index.html", "/ip.html"):
            response, body = self.get(PATH + page)
            self.assertEqual((response.status, b"<title>" in body), (200, True))
            for part in re.findall(rb'(?:src|href)="([^"#]+)"', body):
                response, _ = self.get(f"{PATH}/{part.decode()}")
                self.assertEqual(response.status, 200, part)
                self.assertNotRegex(part, rb"^/")
        response, _ = self.get(PATH)
        self.assertEqual(response.status, 301)
        self.assertRegex(response.headers["location"], rf"^http://{SITE}(:\d+)?{PATH}/$")

    def test_people_talk(self):
        ann, bob = self.join("Ann"), self.join("Bob")
        ann.send_json(type="message", room="lobby", text="through two servers", cid="1")
        self.assertEqual(bob.receive_json("message")["text"], "through two servers")

    def test_another_sites_page_may_not(self):
        response, _ = self.get(PATH + "/chat", {
            "origin": "http://evil.example", "upgrade": "websocket", "connection": "upgrade",
            "sec-websocket-version": "13", "sec-websocket-key": "AAAAAAAAAAAAAAAAAAAAAA=="})
        self.assertEqual(response.status, 403)
        self.chat(origin=f"https://{SITE}")  # its own, with TLS that ends at nginx

    def test_addresses_are_what_nginx_saw(self):
        """And not what clients say that they are."""
        spoofed = [("X-Forwarded-For", "6.6.6.6")]
        self.assertEqual(parts(self.chat(headers=spoofed).receive())[0], "127.0.0.1")
        _, body = self.get(PATH + "/ip-info/me", source="127.0.0.9", headers=spoofed)
        self.assertEqual(json.loads(body)["ip"], "127.0.0.9")

    def test_lookups(self):
        response, body = self.get(f"{PATH}/ip-info?{FOUR}")
        self.assertEqual((response.status, json.loads(body)["succeeded"]), (200, 4))

    def test_events_are_not_held_back(self):
        """A stream that nginx gathers would be silent here."""
        talker = self.chat(["chat-room"])
        talker.receive_json("welcome")
        talker.send_json(type="join", nick="Cat", room="stream-room")
        talker.receive_json("joined")
        connection = self.connection()
        connection.request("GET", PATH + "/chat-api/rooms/stream-room/events",
                           headers={"host": SITE, "accept": "text/event-stream"})
        response = connection.getresponse()
        self.assertEqual(response.status, 200)
        for text in ("one", "two", "three"):
            talker.send_json(type="message", room="stream-room", text=text, cid=text)
            while True:
                line = response.readline().decode()
                self.assertTrue(line, "the stream ended")
                if f'"{text}"' in line:
                    break


if __name__ == "__main__":
    unittest.main()
