"""Who moderates: announcements, kicks, mutes, bans, closing a room, and rooms with a PIN."""

import json
import os
import shutil
import tempfile
import time
import unittest

from support import WsClosed, run_lwshost
from support.chat import ChatServer, chat_conf, parts
from support.server import PLUGIN_DIR
from test_chat_json import Chat

KEY = "a key that nobody guesses"


def conf(**options):
    return chat_conf(**{"rate": 0, "leave_delay": 30, "admin-key": KEY, "tea:secret": "oolong",
                        "trusted_proxies": "127.0.0.1", **options})


class Moderator(Chat):
    """One that is in no room, with an address of its own."""

    def __init__(self, server, secret=KEY, room="tea"):
        super().__init__(server, headers=[("X-Forwarded-For", "203.0.113.1")])
        self.secret, self.room = secret, room

    def order(self, kind, reply="ok", **members):
        return self.ask(kind, reply, id=kind, **{"room": self.room, "secret": self.secret, **members})


class Moderated(unittest.TestCase):
    def setUp(self):
        self.server = ChatServer(conf())
        self.server.__enter__()
        self.addCleanup(self.server.__exit__, None, None, None)

    def chat(self, address="192.0.2.1", **members):
        chat = Chat(self.server, headers=[("X-Forwarded-For", address)])
        if members:
            chat.joined = chat.join(**{"room": "tea", **members})
        return chat

    def line(self, nick, address="192.0.2.9", **arguments):
        query = "&".join(f"{name}={value}" for name, value in
                         {"room": "tea", "nick": nick, **arguments}.items())
        return self.server.connect(f"/chat?{query}", headers=[("X-Forwarded-For", address)])

    def closed(self, client, code, reason=None):
        with self.assertRaises(WsClosed) as caught:
            while True:
                client.receive()
        self.assertEqual(caught.exception.code, code)
        if reason is not None:
            self.assertEqual(caught.exception.reason, reason)


class Measures(Moderated):
    def test_an_announcement_is_kept_and_shown_to_everybody(self):
        ann, lee, mod = self.chat(nick="Ann"), self.line("Lee"), Moderator(self.server, "oolong")
        lee.receive()
        ok = mod.order("announce", text="tea\nis ready")
        told = ann.receive_json("announcement")
        self.assertEqual({**told, "type": "ok"},
                         {"type": "ok", "room": "tea", "offset": ok["offset"], "time": ok["time"],
                          "text": "tea\nis ready"})
        self.assertEqual(parts(lee.receive()), ("公告", "tea is ready"))
        late = self.chat(nick="Late")
        self.assertEqual(late.receive_json(), {**told, "replay": True})
        liz = self.line("Liz", history=5)
        self.assertEqual([parts(liz.receive())[0] for _ in range(2)], ["公告", "Liz"])
        self.assertEqual(ann.ask("history", "history", room="tea")["messages"], [told])

    def test_a_kick_ends_a_membership_and_the_connection_with_it(self):
        ann, bob, lee = self.chat(nick="Ann"), self.chat(nick="Bob"), self.line("Lee")
        mod = Moderator(self.server)
        mod.order("kick", nick="bob", reason="请安静")
        self.closed(bob, 4501, "kicked: 请安静")
        leave = ann.receive_json("leave")
        self.assertEqual((leave["nick"], leave["reason"], leave["count"]), ("Bob", "kicked", 2))
        mod.order("kick", nick="Lee")
        self.closed(lee, 4501, "kicked")
        self.chat(nick="Bob")
        self.assertEqual(ann.receive_json("join")["nick"], "Bob")

    def test_who_is_in_another_room_stays_connected(self):
        bob, mod = self.chat(nick="Bob"), Moderator(self.server)
        bob.join(room="other", nick="Bob")
        mod.order("ban", user=bob.welcome["user"], seconds=60, reason="enough")
        leave = bob.receive_json("leave")
        self.assertEqual((leave["room"], leave["user"], leave["reason"], leave["message"]),
                         ("tea", bob.welcome["user"], "kicked", "banned for 60 s: enough"))
        self.assertEqual(bob.say("still here", "1", room="other")["offset"], 1)

    def test_who_is_away_is_reached_and_does_not_come_back(self):
        ann, bob, mod = self.chat(nick="Ann"), self.chat(nick="Bob"), Moderator(self.server)
        bob.abort()
        mod.order("ban", nick="Bob")
        self.assertEqual(ann.receive_json("leave")["reason"], "kicked")
        back = self.chat("198.51.100.7")
        self.assertEqual(back.refused("join", room="tea", nick="Rob",
                                      session=bob.welcome["session"]), (403, "banned"))

    def test_a_mute_follows_the_session_until_it_is_over(self):
        ann, bob, mod = self.chat(nick="Ann"), self.chat(nick="Bob"), Moderator(self.server)
        mod.order("mute", nick="Bob", seconds=2)
        bob.abort()
        back = self.chat(nick="Bob", session=bob.welcome["session"])
        self.assertEqual(back.joined["user"], bob.welcome["user"])
        self.assertEqual(back.refused("message", room="tea", text="x", cid="1", to="Ann"),
                         (403, "muted"))
        error = back.ask("message", "error", room="tea", text="x", cid="1")
        self.assertEqual((error["code"], error["reason"], error["temporary"]), (403, "muted", True))
        time.sleep(error["retry_after"] / 1000)
        back.say("heard", "1", room="tea")
        self.assertEqual(ann.receive_json("message")["text"], "heard")

    def test_lines_of_a_muted_text_member_are_dropped(self):
        ann, lee, mod = self.chat(nick="Ann"), self.line("Lee"), Moderator(self.server)
        lee.receive()
        mod.order("mute", nick="Lee")
        lee.send("unheard")
        lee.send_frame(9, b"?")  # its pong comes behind what became of the line
        self.assertEqual(lee.receive_frame()[1], 10)
        mod.order("unban", nick="Lee")
        lee.send("heard")
        self.assertEqual(ann.receive_json("message")["text"], "heard")

    def test_a_ban_is_one_of_session_nick_and_address(self):
        bob, mod = self.chat(nick="Bob"), Moderator(self.server)
        mod.order("ban", nick="Bob", seconds=2, reason="spam")
        self.closed(bob, 4502, "banned for 2 s: spam")
        for address, members in (("192.0.2.1", {"nick": "Rob"}),
                                 ("198.51.100.7", {"nick": "bOB"}),
                                 ("198.51.100.7", {"session": bob.welcome["session"]})):
            with self.subTest(address=address, members=members):
                error = self.chat(address).ask("join", "error", room="tea", **members)
                self.assertEqual((error["code"], error["reason"]), (403, "banned"))
        self.closed(self.line("Ros", "192.0.2.1"), 4502)
        self.chat("198.51.100.7", nick="Eve")
        again = self.chat("192.0.2.1")
        again.join(room="other")
        time.sleep(error["retry_after"] / 1000)
        self.assertEqual(again.join(room="tea", nick="Bob")["nick"], "Bob")

    def test_a_ban_is_lifted(self):
        mod = Moderator(self.server)
        bob = self.chat(nick="Bob")
        mod.order("ban", nick="Bob")
        self.closed(bob, 4502, "banned for 600 s")
        mod.order("unban", user=bob.welcome["user"])
        self.assertEqual(self.chat(nick="Bob").joined["nick"], "Bob")
        self.assertEqual(mod.order("unban", "error", nick="Bob")["reason"], "no-such-user")

    def test_a_closed_room_is_told_and_begins_anew(self):
        ann, lee, mod = self.chat(nick="Ann"), self.line("Lee"), Moderator(self.server)
        ann.say("forget me", "1", room="tea")
        mod.order("close_room", reason="end")
        closed = ann.receive_json("room_closed")
        self.assertEqual(closed, {"type": "room_closed", "room": "tea", "reason": "end"})
        self.closed(lee, 4508, "room-closed")
        again = ann.join(room="tea", since={"epoch": ann.joined["epoch"], "offset": 1})
        self.assertEqual((again["offset"], again["recovered"], again["count"]), (0, False, 1))
        self.assertNotEqual(again["epoch"], ann.joined["epoch"])
        mod.order("close_room", seconds=1)
        ann.receive_json("room_closed")
        error = ann.ask("join", "error", room="tea")
        self.assertEqual((error["code"], error["reason"]), (410, "room-closed"))
        self.closed(self.line("Lee"), 4508, "room-closed")
        time.sleep(error["retry_after"] / 1000)
        ann.join(room="tea")


class Restarts(unittest.TestCase):
    def test_bans_mutes_and_closed_rooms_outlive_the_process(self):
        folder = tempfile.mkdtemp(prefix="lwshost-test-")
        self.addCleanup(shutil.rmtree, folder)
        options = conf(store=f"sqlite:{os.path.join(folder, 'chat.db')}", rooms_per_client=8)
        with ChatServer(options) as server:
            mod = Moderator(server)
            people = {name: Chat(server, headers=[("X-Forwarded-For", address)])
                      for name, address in (("Ann", "192.0.2.1"), ("Bob", "192.0.2.2"),
                                            ("Cat", "192.0.2.3"))}
            for name, chat in people.items():
                chat.join(room="tea", nick=name)
            mod.order("ban", nick="Ann")
            mod.order("mute", nick="Bob")
            mod.order("ban", nick="Cat")
            mod.order("unban", nick="Cat")
            mod.order("close_room", room="pub", seconds=600)
        with ChatServer(options) as server:
            banned = Chat(server)
            self.assertEqual(banned.refused("join", room="tea", nick="ann"), (403, "banned"))
            self.assertEqual(banned.refused("join", room="tea",
                                            session=people["Ann"].welcome["session"]),
                             (403, "banned"))
            self.assertEqual(banned.refused("join", room="pub"), (410, "room-closed"))
            muted = Chat(server)
            muted.join(room="tea", nick="Rob", session=people["Bob"].welcome["session"])
            self.assertEqual(muted.refused("message", room="tea", text="x", cid="1"),
                             (403, "muted"))
            cat = Chat(server, headers=[("X-Forwarded-For", "192.0.2.3")])
            self.assertEqual(cat.join(room="tea", nick="Cat")["nick"], "Cat")
            Moderator(server).order("unban", nick="Ann")
            self.assertEqual(banned.join(room="tea", nick="Ann")["nick"], "Ann")


class Secrets(Moderated):
    def test_who_may_what(self):
        ann = self.chat(nick="Ann")
        ann.join(room="other", nick="Ann")
        for room, secret, expected in (("tea", "oolong", "no-such-user"),
                                       ("tea", KEY, "no-such-user"),
                                       ("other", KEY, "no-such-user"),
                                       ("other", "oolong", "bad-secret"),
                                       ("tea", "", "bad-secret")):
            with self.subTest(room=room, secret=secret):
                self.assertEqual(ann.refused("kick", room=room, secret=secret, nick="Eve")[1],
                                 expected)
        self.assertEqual(ann.refused("kick", room="tea", nick="Ann"), (401, "bad-secret"))

    def test_guessing_ends_the_connection(self):
        guesser = self.chat(nick="Eve")
        for guess in range(10):
            self.assertEqual(guesser.refused("kick", room="tea", secret=str(guess), nick="Eve"),
                             (401, "bad-secret"))
            if guess < 9:
                guesser.send_json(type="pong")
        self.closed(guesser, 4500, "too many wrong secrets")

    def test_a_pin_is_asked_for(self):
        with ChatServer(chat_conf(**{"Tea:pin": "1234"})) as server:
            ann = Chat(server)
            self.assertEqual(ann.refused("join", room="tea"), (401, "pin-required"))
            self.assertEqual(ann.refused("join", room="tea", pin="12345"), (401, "bad-pin"))
            ann.join(room="tea", pin="1234")
            ann.join(room="other")
            self.assertEqual(ann.refused("kick", room="tea", secret="1234", nick="x"),
                             (403, "not-allowed"))
            self.closed(server.connect("/chat?room=tea"), 4508, "pin-required")
            self.closed(server.connect("/chat?room=tea&pin=1"), 4508, "bad-pin")
            line = server.connect("/chat?room=tea&pin=1234&nick=Lee")
            self.assertEqual(parts(line.receive()), ("Lee", "进入聊天室"))


class Options(unittest.TestCase):
    def test_secrets_come_from_files_and_variables(self):
        with tempfile.NamedTemporaryFile("w", suffix=".key") as file:
            file.write("oolong\nsecond line\n")
            file.flush()
            options = {"admin-key": "{env:TEST_MODERATION_KEY}", "tea:secret": f"{{file:{file.name}}}"}
            os.environ["TEST_MODERATION_KEY"] = KEY
            self.addCleanup(os.environ.pop, "TEST_MODERATION_KEY")
            with ChatServer(chat_conf(**options)) as server:
                for secret in (KEY, "oolong"):
                    mod = Moderator(server, secret)
                    self.assertEqual(mod.order("kick", "error", nick="x")["reason"], "no-such-room")

    def test_what_can_not_be_resolved_stops_the_start_and_tells_no_secret(self):
        folder = tempfile.mkdtemp(prefix="lwshost-test-")
        self.addCleanup(shutil.rmtree, folder)
        for options, words in (({"admin-key": "{env:TEST_MODERATION_NONE}"}, "TEST_MODERATION_NONE"),
                               ({"tea:secret": "{file:/nowhere/key}"}, "/nowhere/key"),
                               ({"tea:secrets": "hunter2"}, 'did you mean "secret"?'),
                               ({"t ea:pin": "hunter2"}, "a room's name")):
            with self.subTest(options=options):
                with open(os.path.join(folder, "conf"), "w", encoding="utf-8") as file:
                    json.dump({"vhosts": chat_conf(**options)}, file)
                done = run_lwshost("-c", folder, "--plugin-dir", PLUGIN_DIR, "--check")
                self.assertEqual(done.returncode, 2, done.stderr)
                self.assertIn(next(iter(options)), done.stderr)
                self.assertIn(words, done.stderr)
                self.assertNotIn("hunter2", done.stderr)


if __name__ == "__main__":
    unittest.main()
