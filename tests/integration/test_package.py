"""The Debian package: built, installed in a copy of this machine, and run as its service is."""

import glob
import http.client
import os
import re
import shlex
import shutil
import signal
import subprocess
import tempfile
import unittest

from support import WsClosed, run_lwshost
from support.chat import ChatServer
from support.system_copy import IS_ROOT, SystemCopy, enter
from test_chat_json import Chat

UNIT = "/usr/lib/systemd/system/lwshost.service"
CONF = "/etc/lwshost/conf"
STATE = "/var/lib/lwshost"
PORT = 7681  # as the package's configuration has it; the network is our own


def setUpModule():
    enter("cpack", "dpkg-deb", "dpkg-shlibdeps", "file")
    Package.folder = tempfile.mkdtemp(prefix="lwshost-package-")
    unittest.addModuleCleanup(shutil.rmtree, Package.folder)
    # With the name of this generator cpack does not ask make first whether all is built, as it is.
    subprocess.run(["cpack", "-D", "CPACK_CMAKE_GENERATOR=Ninja", "-B", Package.folder],
                   cwd=os.environ["LWSHOST_BUILD"], check=True, stdout=subprocess.DEVNULL)
    Package.file, = glob.glob(os.path.join(Package.folder, "lwshost_*.deb"))


def unpack(package):
    """For who is not root: the files, and what the maintainer scripts would have done."""
    def new_files(folder):
        subprocess.run(["dpkg-deb", "-x", package, folder], check=True)
        os.makedirs(folder + STATE)
        for name, line in (("passwd", f"lwshost:x:{os.getuid()}:{os.getgid()}::{STATE}:/bin/false"),
                           ("group", f"lwshost:x:{os.getgid()}:")):
            with open(f"/etc/{name}", encoding="utf-8") as old:
                text = old.read()
            with open(f"{folder}/etc/{name}", "w", encoding="utf-8") as new:
                new.write(f"{line}\n{text}")
    return new_files


def unit_values(text, key):
    return re.findall(rf"^{key}=(.*)$", text, re.M)


class Service(ChatServer):
    """What `systemctl start lwshost` starts, without systemd around it."""

    def __init__(self, copy, user="lwshost"):
        self.copy, self.user = copy, user
        super().__init__({})

    def command(self, arguments, wrapper):
        with open(self.copy.path(UNIT), encoding="utf-8") as file:
            start, = unit_values(file.read(), "ExecStart")
        return self.copy.command(*shlex.split(start), user=self.user)

    def get(self, path):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        try:
            connection.request("GET", path)
            answer = connection.getresponse()
            return answer.status, answer.read().decode()
        finally:
            connection.close()


class Package(unittest.TestCase):
    """A copy of the machine with the package in it, for all tests of a class."""

    @classmethod
    def setUpClass(cls):
        cls.copy = SystemCopy(None if IS_ROOT else unpack(cls.file))
        cls.addClassCleanup(cls.copy.close)
        shutil.copy(cls.file, cls.copy.path("/tmp/lwshost.deb"))
        if IS_ROOT:
            cls.dpkg("--install", "/tmp/lwshost.deb")

    @classmethod
    def dpkg(cls, *arguments):
        done = cls.copy.run("dpkg", "--no-triggers", "--force-unsafe-io", *arguments)
        assert done.returncode == 0, done.stdout + done.stderr

    def read(self, name):
        with open(self.copy.path(name), encoding="utf-8") as file:
            return file.read()

    def write(self, name, text):
        with open(self.copy.path(name), "w", encoding="utf-8") as file:
            file.write(text)

    def field(self, name):
        return subprocess.run(["dpkg-deb", "--field", self.file, name], check=True, text=True,
                              capture_output=True).stdout.strip()


class Running(Package):
    """Each test in a room of its own: all keep their messages in one file."""

    def test_what_is_said_is_there_after_a_restart(self):
        with Service(self.copy) as service:
            self.assertEqual(service.urls, [f"http://127.0.0.1:{PORT}/"])
            status, page = service.get("/")
            self.assertEqual(status, 200)
            self.assertIn("js/chat-page.js", page)
            self.assertEqual(service.get("/ip-info?ip=14.130.112.24&format=text")[1],
                             "14.130.112.24:\n国家：中国 省份: 北京 城市: 北京\n")
            ann = Chat(service)
            epoch = ann.join(nick="Ann", room="restart")["epoch"]
            self.assertEqual(ann.say("still here?", "c1", "restart")["offset"], 1)
        kept = os.stat(self.copy.path(f"{STATE}/chat.db"))
        self.assertEqual(oct(kept.st_mode & 0o777), "0o600")
        with Service(self.copy) as service:
            bob = Chat(service)
            joined = bob.join(nick="Bob", room="restart")
            self.assertEqual((joined["epoch"], joined["offset"]), (epoch, 1))
            self.assertEqual(bob.receive_json("message")["text"], "still here?")

    def test_a_reload_keeps_it_too(self):
        with Service(self.copy) as service:
            ann = Chat(service)
            ann.join(nick="Ann", room="reload")
            ann.say("before", "c1", "reload")
            self.assertEqual(self.copy.run("lwshost", "--check").returncode, 0)
            service.signal(signal.SIGHUP)
            with self.assertRaises(WsClosed) as closed:
                ann.receive_json("nothing")
            self.assertEqual(closed.exception.code, 1012)
            service.wait_listening(2)
            bob = Chat(service)
            bob.join(nick="Bob", room="reload")
            self.assertEqual(bob.receive_json("message")["text"], "before")

    def test_a_mistake_in_the_configuration_is_found(self):
        text = self.read(CONF)
        self.addCleanup(self.write, CONF, text)
        self.write(CONF, text.replace('"vhosts"', '"vhost"'))
        done = self.copy.run("lwshost", "--check")
        self.assertEqual(done.returncode, 2)
        self.assertIn(f'{CONF}:10: vhost: unknown key (did you mean "vhosts"?)', done.stderr)

    @unittest.skipUnless(IS_ROOT, "needs root")
    def test_started_by_root_it_becomes_the_user_of_the_service(self):
        for left in glob.glob(self.copy.path(f"{STATE}/*")):
            os.unlink(left)
        with Service(self.copy, user=None) as service:
            ann = Chat(service)
            ann.join(nick="Ann", room="root")
            ann.say("hello", "c1", "root")
        user = int(self.copy.run("id", "-u", "lwshost").stdout)
        self.assertEqual(os.stat(self.copy.path(f"{STATE}/chat.db")).st_uid, user)


@unittest.skipUnless(IS_ROOT, "needs root")
class Maintained(Package):
    def test_the_life_of_a_package(self):
        """What somebody changed outlives an upgrade and a removal, but no purge."""
        link = self.copy.path("/etc/systemd/system/multi-user.target.wants/lwshost.service")
        self.assertTrue(os.path.islink(link))
        os.unlink(link)  # systemctl disable
        self.write(CONF, self.read(CONF) + "# mine\n")
        self.write(f"{STATE}/chat.db", "kept")
        for step in (["--install", "/tmp/lwshost.deb"], ["--remove", "lwshost"],
                     ["--install", "/tmp/lwshost.deb"]):
            self.dpkg(*step)
            self.assertIn("# mine", self.read(CONF))
            self.assertEqual(self.read(f"{STATE}/chat.db"), "kept")
            self.assertFalse(os.path.islink(link))
        self.dpkg("--purge", "lwshost")
        for gone in ("/etc/lwshost", STATE, "/usr/lib/lwshost", "/usr/share/lwshost"):
            self.assertFalse(os.path.exists(self.copy.path(gone)), gone)


class Contents(Package):
    def test_what_developers_need_is_a_package_of_its_own(self):
        dev, = glob.glob(os.path.join(self.folder, "lwshost-dev_*.deb"))
        names = {package: subprocess.run(["dpkg-deb", "--contents", package], check=True, text=True,
                                         capture_output=True).stdout
                 for package in (dev, self.file)}
        for part in ("/usr/include/lwshost/chat_room.h", "/usr/lib/liblwshost-chat-room.a",
                     "/usr/lib/pkgconfig/lwshost.pc", "/usr/lib/cmake/lwshost/"):
            self.assertIn(part, names[dev])
            self.assertNotIn(part, names[self.file])

    def test_what_it_needs_is_known_from_what_it_links(self):
        for name in ("libwebsockets17", "libsqlite3-0", "libjansson4", "libmaxminddb0", "libssl3",
                     "libwebsockets-evlib-uv", "adduser"):
            self.assertRegex(self.field("Depends"), rf"(^|, ){name}\b")

    @unittest.skipUnless(shutil.which("systemd-analyze"), "systemd-analyze is not installed")
    def test_systemd_has_nothing_to_say_against_the_unit(self):
        done = self.copy.run("systemd-analyze", "--man=no", "verify", UNIT)
        self.assertEqual(done.stdout + done.stderr, "")
        self.assertEqual(done.returncode, 0)

    def options(self):
        said = run_lwshost("--help").stdout
        found = set(re.findall(r"(?<=[ ,])--?[A-Za-z][a-z-]*", said.split("\n\n")[1]))
        self.assertIn("--plugin-dir", found)
        return found

    @unittest.skipUnless(shutil.which("groff"), "groff is not installed")
    def test_the_manual_pages_have_no_fault_and_every_option(self):
        for section, name in (("1", "lwshost.1"), ("5", "lwshost.conf.5")):
            page = subprocess.run(
                ["gzip", "-dc", self.copy.path(f"/usr/share/man/man{section}/{name}.gz")],
                check=True, capture_output=True).stdout
            done = subprocess.run(["groff", "-man", "-Tutf8", "-ww", "-z"], input=page, check=True,
                                  capture_output=True)
            self.assertEqual(done.stderr, b"")
            if section == "1":
                for option in self.options():
                    self.assertIn(option.replace("-", "\\-"), page.decode())

    def complete(self, *words):
        script = (f"source {self.copy.path('/usr/share/bash-completion/completions/lwshost')}\n"
                  f"COMP_WORDS=({shlex.join(['lwshost', *words])}); COMP_CWORD={len(words)}\n"
                  'cd /; _lwshost; printf "%s\\n" "${COMPREPLY[@]}"')
        return set(subprocess.run(["bash", "-c", script], check=True, text=True,
                                  capture_output=True).stdout.split())

    def test_the_shell_completes_every_option_and_folders(self):
        self.assertEqual(self.complete(""), self.options())
        self.assertEqual(self.complete("--ch"), {"--check"})
        self.assertIn("etc", self.complete("-c", "et"))
        self.assertEqual(self.complete("-p", ""), set())


if __name__ == "__main__":
    unittest.main()
