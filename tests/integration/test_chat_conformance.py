"""The conformance script against the real server: each check passes somewhere, none fails.

The vhosts differ in what can't hold at once: a server is with or without a rate, with few places
or many.
"""

import os
import subprocess
import sys
import unittest

from support import Server
from support.chat import chat_conf

SCRIPT = os.path.join(os.environ["LWSHOST_SOURCE"], "tests", "conformance", "conformance")
QUICK = {"leave_delay": 1, "ping_interval": 1, "pong_timeout": 1}
MODERATED = {"mod:secret": "oolong", "closed:pin": "1234"}
NARROW = {"max_participants": 5, "presence_limit": 3, "per_ip": 40, "join_timeout": 2,
          "max_rooms": 40}


def run(*arguments):
    return subprocess.run([sys.executable, SCRIPT, *arguments], text=True, capture_output=True,
                          timeout=120, check=False)


def told(options):
    """What the script has to be told about a server."""
    return [word for name, value in options.items()
            for word in ("--server", f"{name.replace('_', '-')}={value}")]


def results(output):
    """Result of each check by its name."""
    lines = [line.split(None, 2) for line in output.splitlines()[:-1]]
    return {words[1].rstrip(":"): words[0] for words in lines}


class Conformance(unittest.TestCase):
    def setUp(self):
        self.passed = set()

    def check(self, url, *arguments):
        ran = run(url.replace("http", "ws", 1).rstrip("/") + "/chat", *arguments)
        self.assertEqual(ran.returncode, 0, ran.stdout + ran.stderr)
        got = results(ran.stdout)
        self.assertNotIn("failed", got.values())
        self.passed |= {name for name, result in got.items() if result == "passed"}

    def test_every_check_passes_somewhere(self):
        everything = chat_conf(rate=0, max_rooms=1000, **QUICK, **MODERATED)
        narrow = chat_conf(rate=40, burst=20, rooms_per_client=3, **QUICK, **NARROW)
        few = chat_conf(rate=0, per_ip=0, max_connections=10)
        for n, conf in enumerate((everything, narrow, few)):
            conf[0]["name"] = f"v{n}"
        with Server(everything + narrow + few) as server:
            server.wait_listening(3)
            urls = list(server.urls)
            self.check(urls[0], *told(QUICK), "--room-secret", "mod:oolong",
                       "--pin-room", "closed:1234")
            self.check(urls[1], *told(NARROW | QUICK), "--only", "rate", "--only", "flood",
                       "--only", "pong-is", "--only", "room", "--only", "presence",
                       "--only", "connections", "--only", "join-timeout")
            self.check(urls[2], "--server", "max-connections=10", "--only", "connections-in-all")
        names = {line.split()[0] for line in run("--list").stdout.splitlines()}
        self.assertGreater(len(names), 100)
        self.assertEqual(self.passed, names)

    def test_a_server_that_is_none_is_told_apart_from_one_that_fails(self):
        self.assertEqual(run("http://127.0.0.1/").returncode, 2)
        self.assertEqual(run("ws://127.0.0.1:1/chat").returncode, 2)
        self.assertEqual(run("ws://127.0.0.1:1/chat", "--only", "no-such-check").returncode, 2)

    def test_a_failure_is_an_exit_status(self):
        """A server that does not have what it is said to have fails the check."""
        with Server(chat_conf(rate=0)) as server:
            ran = run(server.urls[0].replace("http", "ws") + "chat", "--server", "join-timeout=1",
                      "--server", "max-participants=2", "--only", "room-full")
        self.assertEqual(ran.returncode, 1, ran.stdout)
        self.assertIn("failed  room-full: ", ran.stdout)


if __name__ == "__main__":
    unittest.main()
