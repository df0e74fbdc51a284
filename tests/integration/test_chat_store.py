"""The chat's history in a file: what was shown or acknowledged is there again, whatever happened."""

import os
import shutil
import signal
import sqlite3
import subprocess
import tempfile
import unittest

from support import WsClosed, run_lwshost
from support.server import PLUGIN_DIR, SANITIZER_REPORT, Server
from test_chat_json import Chat
from support.chat import ChatServer, chat_conf, parts


class StoreServer(ChatServer):
    """A server that may be killed, and that keeps its file when it ends."""

    def crash(self):
        self.process.kill()
        self.process.wait()
        for thread in self._threads:
            thread.join(5)
        self.process.returncode = 0  # as asked: nothing for __exit__ to complain about


class Stored(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.mkdtemp(prefix="lwshost-store-")
        self.addCleanup(shutil.rmtree, self.folder)
        self.path = os.path.join(self.folder, "chat.db")

    def conf(self, **options):
        return chat_conf(**{"store": f"sqlite:{self.path}", "rate": 0, **options})

    def serve(self, **options):
        return StoreServer(self.conf(**options))

    def ask_file(self, sql):
        connection = sqlite3.connect(self.path)
        try:
            return connection.execute(sql).fetchall()
        finally:
            connection.close()


class Restarts(Stored):
    def recovers(self, server, joined, cid):
        """Somebody who saw the first of three messages gets the other two."""
        ann = Chat(server)
        again = ann.join(nick="Ann", since={"epoch": joined["epoch"], "offset": 1})
        self.assertEqual((again["epoch"], again["offset"], again["recovered"], again["replay"]),
                         (joined["epoch"], 3, True, 2))
        messages = [ann.receive_json("message") for _ in range(2)]
        self.assertEqual([(m["offset"], m["text"], m["replay"]) for m in messages],
                         [(2, "two\n中", True), (3, "three", True)])
        self.assertEqual(messages[0]["from"]["nick"], "Ann")
        self.assertEqual(ann.say("four", cid)["offset"], 4)

    def test_a_restart_keeps_messages_numbers_and_epoch(self):
        for durability in ("process", "power"):
            with self.subTest(durability):
                self.path = os.path.join(self.folder, durability)
                with self.serve(durability=durability) as server:
                    ann = Chat(server)
                    joined = ann.join(nick="Ann")
                    self.assertEqual(joined["offset"], 0)
                    for n, text in enumerate(("one", "two\n中", "three"), 1):
                        self.assertEqual(ann.say(text, text[:3])["offset"], n)
                with self.serve(durability=durability) as server:
                    self.recovers(server, joined, "c4")
                    line = server.connect("/chat?history=2")
                    self.assertEqual(parts(line.receive())[1], "说：three")
                    self.assertEqual(parts(line.receive())[1], "说：four")

    def test_hup_opens_the_file_anew(self):
        with self.serve() as server:
            ann = Chat(server)
            joined = ann.join(nick="Ann")
            for text in ("one", "two\n中", "three"):
                ann.say(text, text[:3])
            port = server.port
            server.signal(signal.SIGHUP)
            with self.assertRaises(WsClosed) as closed:
                ann.receive_json("nothing")
            self.assertEqual(closed.exception.code, 1012)
            server.wait_listening(2)
            self.assertEqual(server.port, port)
            self.recovers(server, joined, "c4")

    def test_a_room_in_which_nothing_was_said_keeps_its_epoch(self):
        with self.serve() as server:
            epoch = Chat(server).join(room="quiet")["epoch"]
        with self.serve() as server:
            joined = Chat(server).join(room="quiet", since={"epoch": epoch, "offset": 0})
            self.assertEqual((joined["epoch"], joined["offset"], joined["recovered"]),
                             (epoch, 0, True))

    def test_a_session_and_what_it_sent_survive(self):
        """Who got no answer before the crash sends again, and it is one message."""
        with self.serve() as server:
            ann = Chat(server)
            user, token = ann.join(nick="Ann")["user"], ann.welcome["session"]
            self.assertEqual(ann.say("hello", "c1")["offset"], 1)
            server.crash()
        with self.serve() as server:
            ann, bob = Chat(server), Chat(server)
            self.assertNotEqual(bob.join(nick="Bob", session="0" * 32)["user"], user)
            self.assertEqual(ann.join(nick="Ann", session=token)["user"], user)
            self.assertEqual(ann.say("hello", "c1")["offset"], 1)
            self.assertEqual(ann.say("more", "c2")["offset"], 2)
            self.assertEqual(bob.receive_json("message")["text"], "hello")
            self.assertEqual(bob.receive_json("message")["text"], "more")
        with open(self.path, "rb") as file:
            self.assertNotIn(token.encode(), file.read())

    def test_history_is_read_from_the_file(self):
        with self.serve(history_count=1000) as server:
            ann = Chat(server)
            ann.join(nick="Ann")
            for n in range(1, 251):
                ann.say(f"text {n}", f"c{n}")
        with self.serve(history_count=1000) as server:
            ann = Chat(server)
            joined = ann.join(history=120)
            self.assertEqual(joined["replay"], 120)
            self.assertEqual([ann.receive_json("message")["offset"] for _ in range(120)],
                             list(range(131, 251)))
            page = ann.ask("history", "history", room="lobby", before=131, limit=100)
            self.assertEqual([m["text"] for m in page["messages"]],
                             [f"text {n}" for n in range(31, 131)])
            self.assertTrue(page["more"])

    def test_what_is_too_much_is_forgotten_in_the_file_too(self):
        with self.serve(history_count=10, history_bytes=10000, room_log_bytes=65536) as server:
            ann = Chat(server)
            joined = ann.join()
            for n in range(100):
                ann.say("x" * 2000, f"c{n}")
        (oldest, count), = self.ask_file("SELECT min(offset), count(*) FROM messages")
        self.assertTrue(20 <= count <= 40, count)
        self.assertEqual(oldest + count, 101)
        with self.serve(history_count=10, history_bytes=10000, room_log_bytes=65536) as server:
            again = Chat(server).join(since={"epoch": joined["epoch"], "offset": 10})
            self.assertFalse(again["recovered"])
            self.assertTrue(oldest - 11 <= again["missed"] <= oldest + 5, again)


class Trouble(Stored):
    def refused(self, words):
        """The server ends with status 1 and says why."""
        server = Server(self.conf())
        try:
            server.process.wait(30)
            for thread in server._threads:
                thread.join(5)
            self.assertEqual(server.process.returncode, 1, server.stderr)
            self.assertEqual(server.stdout_lines, [])
            self.assertIn(f'chat-room: store: "{self.path}" {words}', server.stderr)
            self.assertNotRegex(server.stderr, SANITIZER_REPORT)
        finally:
            server.stop()
            shutil.rmtree(server.folder)
            server.process.stdout.close()
            server.process.stderr.close()

    def test_a_file_that_is_no_database_is_refused_and_left_alone(self):
        with open(self.path, "wb") as file:
            file.write(b"precious " * 1000)
        self.refused("is not an SQLite database")
        with open(self.path, "rb") as file:
            self.assertEqual(file.read(), b"precious " * 1000)

    def test_a_damaged_file_is_refused_and_left_alone(self):
        with self.serve() as server:
            ann = Chat(server)
            ann.join()
            for n in range(60):
                ann.say("x" * 2000, f"c{n}")
        with open(self.path, "r+b") as file:
            file.seek(8 * 4096)
            file.write(b"\x5a" * 8192)
        with open(self.path, "rb") as file:
            before = file.read()
        self.refused("is damaged")
        with open(self.path, "rb") as file:
            self.assertEqual(file.read(), before)

    def test_a_second_process_is_refused(self):
        with self.serve() as server:
            ann = Chat(server)
            ann.join()
            self.refused("is in use by another process or vhost")
            self.assertEqual(ann.say("still here", "c")["offset"], 1)

    def test_a_file_that_another_program_holds(self):
        with self.serve() as server:
            Chat(server).join()
        other = sqlite3.connect(self.path, isolation_level=None)
        self.addCleanup(other.close)
        other.execute("BEGIN IMMEDIATE")
        self.refused("is in use by another process or vhost")
        other.execute("ROLLBACK")
        other.execute("PRAGMA user_version=99")
        other.close()
        self.refused("was written by a newer version (its schema is 99, this one knows 2)")

    def test_a_folder_that_is_missing(self):
        self.path = os.path.join(self.folder, "none", "chat.db")
        self.refused("can't be opened: No such file or directory")

    def test_options_that_are_wrong(self):
        for options, complaint in (({"store": "postgres"}, "neither memory nor sqlite:"),
                                   ({"store": "sqlite:"}, "neither memory nor sqlite:"),
                                   ({"durability": "eternal"}, "durability")):
            server = Server(self.conf(**options))
            self.assertEqual(server.process.wait(30), 2)
            server.stop()
            self.assertIn(complaint, server.stderr)
            shutil.rmtree(server.folder)
            server.process.stdout.close()
            server.process.stderr.close()

    def test_check_touches_no_file(self):
        with self.serve() as server:
            checked = run_lwshost("-c", server.folder, "--plugin-dir", PLUGIN_DIR, "--check")
            self.assertEqual(checked.returncode, 0, checked.stderr)

    def serve_on_small_disk(self):
        """In a mount namespace of its own, which ends with the server."""
        mount = 'mount -t tmpfs -o size=512k tmpfs "$0" && exec "$@"'
        wrapper = ["unshare", "--mount", "--propagation", "private", "sh", "-c", mount, self.folder]
        if os.geteuid() or subprocess.run([*wrapper, "true"], capture_output=True,
                                          check=False).returncode:
            self.skipTest("a small file system can't be mounted here")
        return StoreServer(self.conf(), wrapper=wrapper)

    def test_a_full_disk_refuses_messages_until_there_is_room(self):
        with self.serve_on_small_disk() as server:
            ann = Chat(server)
            epoch = ann.join(nick="Ann")["epoch"]
            self.assertEqual(ann.say("before", "c0")["offset"], 1)
            ballast = f"/proc/{server.process.pid}/root{self.folder}/ballast"
            try:
                with open(ballast, "wb", buffering=0) as file:
                    while file.write(b"\0" * 4096):
                        pass
            except OSError:
                pass
            kept = 1
            for n in range(1, 400):
                ann.send_json(type="message", id=n, room="lobby", text="x" * 4000, cid=f"c{n}")
                answer = ann.receive_json()
                while answer["type"] == "message":
                    answer = ann.receive_json()
                if answer["type"] == "error":
                    break
                kept = answer["offset"]
            self.assertEqual((answer["code"], answer["reason"], answer["id"]),
                             (503, "storage", n))
            server.wait_stderr("fails: ")
            page = ann.ask("history", "history", room="lobby", limit=100)
            self.assertEqual(page["messages"][-1]["offset"], kept)
            bob = Chat(server)
            self.assertEqual(bob.join(history=1)["replay"], 1)
            self.assertEqual(bob.receive_json("message")["offset"], kept)
            os.unlink(ballast)
            self.assertEqual(ann.say("after", f"c{n}")["offset"], kept + 1)
            server.wait_stderr("works again")
            server.signal(signal.SIGHUP)
            server.wait_listening(2)
            joined = Chat(server).join(since={"epoch": epoch, "offset": kept})
            self.assertEqual((joined["recovered"], joined["offset"]), (True, kept + 1))


if __name__ == "__main__":
    unittest.main()
