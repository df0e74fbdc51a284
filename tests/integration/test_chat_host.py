"""The chat in a host that is not lwshost, and its end when that host begins a new generation."""

import os
import signal
import socket
import sqlite3
import subprocess
import tempfile
import threading
import time
import unittest

from support import WsClosed, WsRefused
from support.server import PLUGIN_DIR, SANITIZER_REPORT
from support.ws import WsClient
from test_chat_json import Chat

HOST = os.path.join(os.environ["LWSHOST_TEST_PLUGIN_DIR"], "small_host")
PLUGIN = os.path.join(PLUGIN_DIR, "libprotocol_chat_room.so")


class Door:
    def __init__(self, port):
        self.port, self.clients = port, []


class Line(WsClient):
    """A text client."""

    def __init__(self, door, **options):
        door.clients.append(self)
        super().__init__(door.port, **options)


class Host:
    """The small host; each argument is a vhost's options. Ends with SIGTERM, and cleanly."""

    def __init__(self, *vhosts):
        self.process = subprocess.Popen([HOST, PLUGIN, "chat_room", *vhosts], text=True,
                                        stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        self.stderr = ""
        self.doors = []

    def __enter__(self):
        for line in self.process.stdout:
            if line.startswith("port "):
                self.doors.append(Door(int(line.split()[1])))
            if line == "ready\n":
                break
            if line == "no libuv\n":
                self.process.communicate()
                raise unittest.SkipTest("libwebsockets has no libuv here")
        self.reader = threading.Thread(target=self.read_stderr, daemon=True)
        self.reader.start()
        return self

    def read_stderr(self):
        for line in self.process.stderr:
            self.stderr += line

    def deprecate(self):
        self.process.send_signal(signal.SIGUSR1)

    def __exit__(self, kind, *exception):
        for door in self.doors:
            for client in door.clients:
                client.abort()
        self.process.terminate()
        try:
            status = self.process.wait(30)
        except subprocess.TimeoutExpired:
            self.process.kill()
            raise
        self.reader.join(5)
        self.process.stdout.close()
        self.process.stderr.close()
        if kind is None:
            assert status == 0 and not SANITIZER_REPORT.search(self.stderr), self.stderr


def is_free(path):
    """Whether a file can be had by somebody else."""
    connection = sqlite3.connect(path, timeout=0)
    try:
        connection.execute("BEGIN EXCLUSIVE")
        return True
    except sqlite3.OperationalError:
        return False
    finally:
        connection.close()


def wait_until(condition, what, seconds=20):
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, f"waited {seconds} s for {what}"
        time.sleep(0.02)


class Deprecated(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.path = os.path.join(folder.name, "chat.db")
        self.store = f"store=sqlite:{self.path}"

    def test_members_are_sent_to_the_new_generation(self):
        with Host("hub=h", "hub=h", "path=/chat") as host:
            clients = [Chat(door) for door in host.doors]
            clients.append(Line(host.doors[0]))
            clients[-1].receive()
            for client in clients[:2]:
                client.join()
            host.deprecate()
            began = time.monotonic()
            for client in clients:
                with self.assertRaises(WsClosed) as closed:
                    while True:
                        client.receive()
                self.assertEqual((closed.exception.code, closed.exception.reason),
                                 (1012, "service restart"))
            self.assertLess(time.monotonic() - began, 2)
            with self.assertRaises(OSError):
                socket.create_connection(("127.0.0.1", host.doors[0].port), 5)

    def test_the_file_is_handed_over(self):
        """The new generation opens the file while the old process is still there."""
        with Host(f"hub=h,{self.store}", "hub=h") as old:
            ann, silent = Chat(old.doors[0]), Chat(old.doors[1])
            joined = ann.join(nick="Ann")
            silent.join(nick="Silent")
            self.assertEqual(ann.say("one", "c1")["offset"], 1)
            self.assertFalse(is_free(self.path))
            old.deprecate()
            with self.assertRaises(WsClosed):
                while True:
                    ann.receive()
            # `silent` never answers the Close frame, and need not
            wait_until(lambda: is_free(self.path), "the file")
            with Host(f"hub=h,{self.store}", "hub=h") as new:
                ann = Chat(new.doors[1])
                again = ann.join(nick="Ann", since={"epoch": joined["epoch"], "offset": 0})
                self.assertTrue(again["recovered"])
                self.assertEqual(ann.receive_json("message")["text"], "one")
            self.assertIsNone(old.process.poll())

    def test_a_chat_without_members_hands_it_over_too(self):
        with Host(self.store) as host:
            with self.assertRaises(WsRefused):
                Line(host.doors[0], path="/nowhere")  # it serves
            self.assertFalse(is_free(self.path))
            host.deprecate()
            wait_until(lambda: is_free(self.path), "the file")


class Hubs(unittest.TestCase):
    def test_an_option_that_differs_is_told_in_the_log(self):
        with Host("hub=main,rate=7", "rate=8,hub=main", "hub=main,rate=7") as host:
            wait_until(lambda: "chat-room: rate: is not what the first vhost of hub \"main\" has"
                       in host.stderr, "the log")
            with self.assertRaises(WsRefused) as refused:
                Line(host.doors[1])
            self.assertEqual(refused.exception.status, 503)
            Chat(host.doors[0]).join(nick="Ann")
            self.assertEqual(Chat(host.doors[2]).join(nick="Bob")["count"], 2)

    def test_each_context_has_its_own(self):
        with Host("hub=main", "hub=main", "--", "hub=main") as host:
            for door, count in zip(host.doors, (1, 2, 1)):
                client = Chat(door)
                self.assertEqual(client.join(nick="Ann" + str(count))["count"], count)
            host.deprecate()  # the first one
            for door in host.doors[:2]:
                with self.assertRaises(WsClosed) as closed:
                    while True:
                        door.clients[0].receive()
                self.assertEqual(closed.exception.code, 1012)
            self.assertEqual(Chat(host.doors[2]).join(nick="Bob")["count"], 2)
