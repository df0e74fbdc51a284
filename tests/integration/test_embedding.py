"""The plugins in servers of other people: the programs of docs/embedding.md, built as that page says
against an installed tree, and one that tries to be in the way."""

import os
import re
import shutil
import signal
import subprocess
import threading
import unittest

from support import StubUpstream, WsClient, WsClosed, WsRefused
from support.ip_info import fetch, fetch_json, sina
from support.server import SANITIZER_REPORT, SOURCE
from test_chat_json import Chat

BUILD = os.environ.get("LWSHOST_BUILD", os.path.join(SOURCE, "build", "m"))
COMPILER = os.environ.get("LWSHOST_CC", "cc")
FLAGS = os.environ.get("LWSHOST_CFLAGS", "-Wall -Wextra -Werror")
LWS_LIBRARIES = os.environ.get("LWSHOST_LWS_LIBDIR", "")  # empty: the system's
ROOT = os.path.join(BUILD, "tests", "integration", "installed")
PAGE = os.path.join(SOURCE, "docs", "embedding.md")
LIBRARIES = {"chat-room": "chat_room", "ip-info": "ip_info", "ip-lookup": "ip_lookup"}


def read(*path):
    with open(os.path.join(*path), encoding="utf-8") as file:
        return file.read()


def blocks(language):
    """The code of docs/embedding.md."""
    return re.findall(rf"^```{language}\n(.*?)^```$", read(PAGE), re.S | re.M)


def run(command, **options):
    result = subprocess.run(command, text=True, capture_output=True, check=False, timeout=120,
                            **options)
    assert result.returncode == 0, f"{command}\n{result.stdout}{result.stderr}"
    return result.stdout


def install():
    """The tree as `cmake --install` makes it, moved afterwards, in which the examples are built with the
    commands of the page."""
    if os.path.exists(ROOT):
        shutil.rmtree(ROOT)
    run(["cmake", "--install", BUILD, "--prefix", ROOT + "/before"])
    os.rename(ROOT + "/before", ROOT + "/prefix")
    os.makedirs(ROOT + "/tools")
    os.makedirs(ROOT + "/work/build")
    os.symlink(os.path.join(SOURCE, "docs"), ROOT + "/work/docs")
    with open(ROOT + "/tools/cc", "w", encoding="ascii") as file:
        # The PATH as it was: a compiler that looks for another one there shall not find this.
        file.write(f'#!/bin/sh\nPATH={os.environ["PATH"]} exec {COMPILER} {FLAGS} "$@"\n')
    os.chmod(ROOT + "/tools/cc", 0o755)


def environment():
    lib = next(where for where, _, names in os.walk(ROOT + "/prefix") if "lwshost.pc" in names)
    lws = [LWS_LIBRARIES + "/pkgconfig"] if LWS_LIBRARIES else []
    result = {**os.environ, "CC": ROOT + "/tools/cc",
              "PATH": ROOT + "/tools:" + os.environ["PATH"],
              "PKG_CONFIG_PATH": ":".join([lib, *lws]),
              "CMAKE_PREFIX_PATH": ":".join([ROOT + "/prefix", *(os.path.dirname(LWS_LIBRARIES)
                                                                for _ in lws)])}
    if LWS_LIBRARIES:
        result["LD_LIBRARY_PATH"] = LWS_LIBRARIES
    return result


class Program:
    """A server in a process of its own, which ends with SIGTERM, or with its input, with status 0."""

    def __init__(self, *command, variables=None):
        self.process = subprocess.Popen(command, text=True, stdin=subprocess.PIPE,
                                        stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                                        env={**environment(), **(variables or {})})
        self.clients = []
        self.stderr = ""
        self.reader = threading.Thread(target=self.read_stderr, daemon=True)
        self.reader.start()

    def read_stderr(self):
        for line in self.process.stderr:
            self.stderr += line

    def line(self):
        line = self.process.stdout.readline()
        assert line, f"the program ended\n{self.stderr}"
        return line.rstrip("\n")

    def wait(self):
        try:
            status = self.process.wait(30)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
            raise
        self.reader.join(5)
        return status

    def __enter__(self):
        return self

    def __exit__(self, kind, *rest):
        for client in self.clients:
            client.abort()
        self.process.send_signal(signal.SIGTERM)
        self.process.stdin.close()
        status = self.wait()
        self.process.stdout.close()
        self.process.stderr.close()
        if kind is None:
            assert not SANITIZER_REPORT.search(self.stderr), self.stderr
            assert status in (0, -signal.SIGTERM), f"exit status {status}\n{self.stderr}"


class Door:
    """A vhost's port, for Chat."""

    def __init__(self, program, port):
        self.clients, self.port = program.clients, port


class Example(Program):
    """One of the page's programs on a free port."""

    def __init__(self, name, variables=None):
        super().__init__(f"{ROOT}/work/build/{name}", "0", variables=variables)
        self.port = int(re.fullmatch(r"http://127\.0\.0\.1:(\d+)/", self.line())[1])


def setUpModule():
    install()
    for command in blocks("sh"):
        run(["sh", "-e", "-c", command], cwd=ROOT + "/work", env=environment())
    source = os.path.join(SOURCE, "tests", "integration", "embedding", "neighbours.c")
    libraries = run(["pkg-config", "--cflags", "--libs", "lwshost-ip-info", "lwshost-chat-room"],
                    env=environment())
    run([ROOT + "/tools/cc", "-o", ROOT + "/work/neighbours", source, *libraries.split()])


class Page(unittest.TestCase):
    def test_it_shows_the_programs_as_they_are(self):
        examples = os.path.join(SOURCE, "docs", "examples")
        self.assertEqual(blocks("cmake"), [read(examples, "static", "CMakeLists.txt")])
        self.assertEqual(blocks("c"), [read(examples, "static", "server.c"),
                                       read(examples, "dynamic", "server.c")])


class Examples(unittest.TestCase):
    NAMES = ("example-static/server", "example-server", "example-dynamic")

    def test_people_talk(self):
        for name in self.NAMES:
            with self.subTest(name), Example(name) as server:
                ann, bob = Chat(server), Chat(server)
                ann.join(nick="Ann")
                self.assertEqual(bob.join(nick="Bob")["count"], 2)
                ann.say("x" * 4096, "c1")
                self.assertEqual(bob.receive_json("message")["text"], "x" * 4096)

    def test_text_clients_need_no_subprotocol(self):
        with Example(self.NAMES[0]) as server:
            client = WsClient(server.port)
            server.clients.append(client)
            self.assertRegex(client.receive(), r"^\[127\.0\.0\.1\]-.*-进入聊天室$")

    def test_addresses_are_looked_up(self):
        """Even if the environment names a proxy: lws would ask it, and nobody is there."""
        nobody = {"http_proxy": "http://127.0.0.1:1", "socks_proxy": "127.0.0.1:1"}
        many = [f"17.0.{n // 200}.{n % 200}" for n in range(100)]
        for name in self.NAMES:
            with self.subTest(name), Example(name, variables=nobody) as server:
                _, _, answer = fetch_json(server.port, "/ip-info?ip=14.130.112.24&ip=10.0.0.1")
                self.assertEqual([(r["ok"], r["kind"], r.get("city")) for r in answer["results"]],
                                 [(True, "public", "北京"), (True, "private", None)])
                _, _, answer = fetch_json(server.port, "/ip-info", method="POST",
                                          body=str(many).replace("'", '"'),
                                          headers={"content-type": "application/json"})
                self.assertEqual([r["ip"] for r in answer["results"]], many)

    def test_the_pages_are_there(self):
        with Example(self.NAMES[0]) as server:
            status, _, body = fetch(server.port, "/")
            self.assertEqual((status, b"<title>" in body), (200, True))

    def test_members_are_told_that_the_server_goes(self):
        with Example(self.NAMES[0]) as server:
            ann = Chat(server)
            ann.join(nick="Ann")
            server.process.send_signal(signal.SIGTERM)
            with self.assertRaises(WsClosed) as closed:
                while True:
                    ann.receive()
            self.assertEqual(closed.exception.code, 1001)
            ann.abort()
            self.assertEqual(server.wait(), 0)


class Neighbours(unittest.TestCase):
    """Both libraries in one program that has names of its own, two vhosts, the poll loop."""

    def start(self, upstream, *options):
        program = Program(ROOT + "/work/neighbours",
                          upstream.url + "/look?format=json&ip={ip}", *options)
        program.doors = [Door(program, int(program.line().removeprefix("port "))) for _ in "ab"]
        program.states = [program.line() for _ in range(4)]
        return program

    def test_two_vhosts_are_two_worlds(self):
        with StubUpstream(sina) as upstream, self.start(upstream) as program:
            self.assertEqual(program.states, ["chat ok", "lookups ok"] * 2)
            epochs = set()
            for door in program.doors:
                ann = Chat(door)
                joined = ann.join(nick="Ann")
                epochs.add(joined["epoch"])
                self.assertEqual((joined["count"], ann.say("hi", "c1")["offset"]), (1, 1))
            self.assertEqual(len(epochs), 2)
            for door in program.doors:  # each with a cache of its own
                for _ in "ab":
                    _, _, answer = fetch_json(door.port, "/ip-info?ip=14.130.112.24")
                    self.assertEqual(answer["results"][0]["city"], "14.130.112.24")
            self.assertEqual((len(upstream.requests), upstream.connections), (2, 2))

    def test_an_option_that_is_wrong_is_told(self):
        with StubUpstream(sina) as upstream, self.start(upstream, "rate", "many") as program:
            self.assertRegex(program.states[0], r"^chat chat-room: rate: .*many")
            self.assertEqual(program.states[1], "lookups ok")
            with self.assertRaises(WsRefused) as refused:
                Chat(program.doors[0])
            self.assertEqual(refused.exception.status, 503)


class Libraries(unittest.TestCase):
    def archive(self, protocol):
        name = f"liblwshost-{protocol}.a"
        return next(os.path.join(where, name) for where, _, names in os.walk(ROOT + "/prefix")
                    if name in names)

    def test_their_names_are_those_of_their_header(self):
        for protocol, identifier in LIBRARIES.items():
            names = run(["nm", "-g", "--defined-only", "--format=posix", self.archive(protocol)])
            names = [line.split()[0] for line in names.splitlines() if not line.endswith("]:")]
            header = read(ROOT, "prefix", "include", "lwshost", identifier + ".h")
            self.assertEqual(sorted(names),
                             sorted(re.findall(rf"^[a-z].*\b(lws_{identifier}_\w+)\(", header,
                                               re.M)))

    @unittest.skipIf("-fsanitize" in FLAGS, "the sanitizers add constructors")
    def test_nothing_runs_before_main(self):
        for protocol in LIBRARIES:
            sections = run(["objdump", "-h", self.archive(protocol)])
            self.assertIn(".text", sections)
            self.assertNotRegex(sections, r"\.(init|fini|ctors|dtors)")

    def test_a_missing_component_is_named(self):
        with open(ROOT + "/work/CMakeLists.txt", "w", encoding="ascii") as file:
            file.write("cmake_minimum_required(VERSION 3.20)\nproject(none C)\n"
                       "find_package(lwshost REQUIRED COMPONENTS chat-room mail)\n")
        result = subprocess.run(["cmake", "-S", ".", "-B", "none"], cwd=ROOT + "/work", text=True,
                                capture_output=True, check=False, env=environment())
        self.assertNotEqual(result.returncode, 0)
        self.assertIn("mail", result.stderr)


if __name__ == "__main__":
    unittest.main()
