"""The chat for programs: subprotocol chat-room, one JSON object a message."""

import json
import unittest

from support import WsClient, WsClosed
from support.chat import ChatServer, chat_conf, parts


class Chat(WsClient):
    """A JSON client that has read its welcome."""

    def __init__(self, server, **options):
        super().__init__(server.port, protocols=["chat-room"], **options)
        server.clients.append(self)
        self.welcome = self.receive_json("welcome")

    def ask(self, kind, reply=None, **members):
        """Send a request; returns the next message of type `reply`."""
        self.send_json(type=kind, **members)
        return self.receive_json(reply) if reply else None

    def join(self, **members):
        return self.ask("join", "joined", **members)

    def say(self, text, cid, room="lobby", **members):
        return self.ask("message", "ok", id=cid, room=room, text=text, cid=cid, **members)

    def refused(self, kind, **members):
        """Send a request that is refused; returns code and reason."""
        error = self.ask(kind, "error", **members)
        return error["code"], error["reason"]


class Conversation(unittest.TestCase):
    def test_a_conversation_from_welcome_to_leave(self):
        with ChatServer(chat_conf()) as server:
            ann = Chat(server)
            self.assertEqual(ann.protocol, "chat-room")
            self.assertEqual(ann.welcome["protocol"], 1)
            self.assertEqual(ann.welcome["default_room"], "lobby")
            self.assertEqual(ann.welcome["limits"], {"message_bytes": 4096, "rate": 5, "burst": 20,
                                                     "nick_chars": 32, "rooms": 8})
            joined = ann.join(id="j", nick="Ann")
            self.assertEqual(joined["id"], "j")
            self.assertEqual((joined["room"], joined["nick"], joined["offset"], joined["replay"],
                              joined["missed"], joined["count"]),
                             ("lobby", "Ann", 0, 0, None, 1))
            self.assertEqual(joined["participants"],
                             [{"nick": "Ann", "user": ann.welcome["user"]}])
            bob = Chat(server)
            bob.join(nick="Bob")
            came = ann.receive_json()
            self.assertEqual((came["type"], came["nick"], came["count"]), ("join", "Bob", 2))
            ann.send_json(type="message", id=1, room="lobby", text=" hi <b>\n中 ", cid="c1")
            both = [ann.receive_json(), ann.receive_json()]
            ok = next(m for m in both if m["type"] == "ok")
            own = next(m for m in both if m["type"] == "message")
            self.assertEqual((ok["id"], ok["offset"]), (1, 1))
            self.assertEqual((own["text"], own["cid"], own["offset"], own["time"]),
                             ("hi <b>\n中", "c1", 1, ok["time"]))
            self.assertEqual(own["from"], {"nick": "Ann", "user": ann.welcome["user"]})
            self.assertNotIn("replay", own)
            self.assertEqual(bob.receive_json(), own)
            self.assertEqual(bob.ask("leave", "ok", room="lobby", id=2), {"type": "ok", "id": 2})
            went = ann.receive_json()
            self.assertEqual((went["type"], went["nick"], went["reason"], went["count"]),
                             ("leave", "Bob", "left", 1))

    def test_text_and_json_members_share_a_room(self):
        with ChatServer(chat_conf()) as server:
            ann, line = Chat(server), server.connect()
            line.receive()
            joined = ann.join(nick="Ann")
            self.assertRegex(joined["participants"][0]["nick"], r"^guest-\d+$")
            self.assertEqual(parts(line.receive()), ("Ann", "进入聊天室"))
            ann.say("two\nlines", "c1")
            self.assertEqual(parts(line.receive()), ("Ann", "说：two lines"))
            ann.receive_json("message")
            line.send(" as it is ")
            message = ann.receive_json("message")
            self.assertEqual((message["text"], message["offset"]), (" as it is ", 2))
            self.assertEqual(message["from"], joined["participants"][0])
            self.assertNotIn("cid", message)
            self.assertEqual(parts(line.receive()), ("127.0.0.1", "说： as it is "))
            line.close()
            self.assertEqual(ann.receive_json()["type"], "leave")
            line = server.connect("/chat?nick=Lee")
            self.assertEqual(ann.receive_json()["nick"], "Lee")
            self.assertEqual(parts(line.receive())[0], "Lee")
            ann.close()
            self.assertEqual(parts(line.receive()), ("Ann", "离开聊天室"))

    def test_several_rooms_on_one_connection(self):
        with ChatServer(chat_conf(rooms_per_client=2)) as server:
            ann, bob = Chat(server), Chat(server)
            ann.join(room="A", nick="Ann")
            ann.join(room="b", nick="Anna")
            self.assertEqual(ann.refused("join", room="c"), (503, "too-many-rooms"))
            bob.join(room="b", nick="Bob")
            bob.say("to b", "1", room="b")
            ann.receive_json("join")
            message = ann.receive_json("message")
            self.assertEqual((message["room"], message["text"]), ("b", "to b"))
            self.assertEqual(bob.refused("message", room="a", text="x", cid="2"),
                             (404, "not-in-room"))
            self.assertEqual(bob.refused("message", room="none", text="x", cid="3"),
                             (404, "no-such-room"))

    def test_requests_that_are_refused(self):
        with ChatServer(chat_conf(max_message_bytes=64, rate=0)) as server:
            ann, bob = Chat(server), Chat(server)
            ann.join(nick="Ann")
            bob.join(nick="Bob")
            message = {"room": "lobby", "text": "x", "cid": "c"}
            for kind, members, expected in (
                    ("message", {**message, "text": " \n "}, (400, "empty-text")),
                    ("message", {**message, "text": "x" * 65}, (413, "text-too-long")),
                    ("message", {"room": "lobby", "text": "x"}, (400, "bad-request")),
                    ("message", {**message, "cid": "c" * 65}, (400, "bad-request")),
                    ("message", {**message, "room": "a b"}, (400, "bad-room")),
                    ("message", {**message, "to": list("abcdefghi")}, (413, "too-many-recipients")),
                    ("message", {**message, "to": "nobody"}, (404, "no-such-user")),
                    ("join", {}, (409, "already-joined")),
                    ("join", {"room": "r", "nick": "a\u202eb"}, (400, "bad-nick")),
                    ("nick", {"room": "lobby", "nick": "bOB"}, (409, "nick-in-use")),
                    ("nick", {"room": "lobby", "nick": "x" * 33}, (400, "bad-nick")),
                    ("history", {"room": "lobby", "before": 2}, (416, "offset-out-of-range")),
                    ("history", {"room": "lobby", "limit": 0}, (400, "bad-request")),
                    ("participants", {"room": "lobby", "after": "u0"}, (404, "no-such-user")),
                    ("kick", {"room": "lobby", "nick": "Bob"}, (403, "not-allowed"))):
                with self.subTest(kind=kind, members=members):
                    self.assertEqual(ann.refused(kind, **members), expected)
                    ann.ask("pong")  # so that no ten bad ones come in a row
            error = ann.ask("nick", "error", id="é", room="lobby", nick="")
            self.assertEqual((error["id"], error["room"], error["temporary"]),
                             ("é", "lobby", False))
            ann.send("not json")
            error = ann.receive_json("error")
            self.assertEqual((error["reason"], "id" in error), ("bad-json", False))
            self.assertEqual(ann.ask("message", "ok", id=1, **{**message, "text": "x" * 64})["id"], 1)

    def test_frames_have_their_own_bound(self):
        with ChatServer(chat_conf(max_frame_bytes=1024)) as server:
            ann = Chat(server)
            ann.join()
            ann.send(json.dumps({"type": "pong", "x": "y" * 2000}))
            with self.assertRaises(WsClosed) as closed:
                ann.receive()
            self.assertEqual(closed.exception.code, 1009)

    def test_who_never_joins_has_to_go(self):
        with ChatServer(chat_conf(join_timeout=1)) as server:
            late = Chat(server)
            with self.assertRaises(WsClosed) as closed:
                late.receive()
            self.assertEqual(closed.exception.code, 4506)

    def test_pings_are_messages_and_any_frame_answers(self):
        with ChatServer(chat_conf(ping_interval=1, pong_timeout=1)) as server:
            ann, deaf = Chat(server), Chat(server)
            ann.join(nick="Ann")
            deaf.join(nick="deaf")
            for answer in ({"type": "pong"}, {"type": "leave", "room": "nowhere"}):
                ann.receive_json("ping")
                ann.send_json(**answer)
            with self.assertRaises(WsClosed) as closed:
                while True:
                    deaf.receive()
            self.assertEqual(closed.exception.code, 4001)
            ann.receive_json("ping")

    def test_ten_bad_frames_in_a_row_end_it(self):
        with ChatServer(chat_conf()) as server:
            ann = Chat(server)
            for _ in range(10):
                ann.send("[")
            for _ in range(10):
                self.assertEqual(ann.receive_json()["reason"], "bad-json")
            with self.assertRaises(WsClosed) as closed:
                ann.receive()
            self.assertEqual(closed.exception.code, 4500)


class ComingBack(unittest.TestCase):
    def test_what_was_missed_is_replayed(self):
        with ChatServer(chat_conf(rate=0)) as server:
            eve, ann, bob = Chat(server), Chat(server), Chat(server)
            eve.join(nick="Eve")
            joined = ann.join(nick="Ann")
            bob.join(nick="Bob")
            bob.say("one", "1")
            ann.receive_json("message")
            ann.abort()
            bob.say("two", "2")
            bob.say("three", "3")
            again = Chat(server)
            back = again.join(session=ann.welcome["session"],
                              since={"epoch": joined["epoch"], "offset": 1})
            self.assertEqual((back["recovered"], back["replay"], back["offset"], back["nick"],
                              back["user"]), (True, 2, 3, "Ann", ann.welcome["user"]))
            for offset, text in ((2, "two"), (3, "three")):
                message = again.receive_json()
                self.assertEqual((message["offset"], message["text"], message["replay"]),
                                 (offset, text, True))
            self.assertEqual(again.say("four", "4")["offset"], 4)
            seen = [eve.receive_json() for _ in range(6)]
            self.assertEqual([m["type"] for m in seen], ["join"] * 2 + ["message"] * 4)

    def test_who_does_not_come_back_has_left(self):
        with ChatServer(chat_conf(leave_delay=1)) as server:
            ann, bob = Chat(server), Chat(server)
            bob.join(nick="Bob")
            ann.join(nick="Ann")
            bob.receive_json("join")
            ann.say("once", "1")
            bob.receive_json("message")
            ann.abort()
            went = bob.receive_json()
            self.assertEqual((went["type"], went["nick"], went["reason"]),
                             ("leave", "Ann", "timeout"))
            again = Chat(server)
            joined = again.join(session=ann.welcome["session"], nick="Ann")
            self.assertEqual(joined["user"], ann.welcome["user"])
            self.assertEqual(again.say("once", "1")["offset"], 1)
            self.assertEqual(bob.receive_json()["type"], "join")
            again.say("twice", "2")
            self.assertEqual(bob.receive_json()["text"], "twice")

    def test_the_nick_of_one_who_is_away_is_held(self):
        with ChatServer(chat_conf(leave_delay=30)) as server:
            ann, eve = Chat(server), Chat(server)
            ann.join(nick="Ann")
            ann.abort()
            self.assertEqual(eve.join(nick="Ann")["nick"], "Ann-2")
            again = Chat(server)
            self.assertEqual(again.join(session=ann.welcome["session"])["nick"], "Ann")
            again.close(1000)  # said goodbye: free at once
            self.assertEqual(eve.receive_json("leave")["reason"], "left")
            self.assertEqual(eve.ask("nick", "ok", id=1, room="lobby", nick="ann")["id"], 1)

    def test_a_second_connection_of_a_session_takes_over(self):
        with ChatServer(chat_conf()) as server:
            ann, bob = Chat(server), Chat(server)
            ann.join(nick="Ann")
            bob.join(nick="Bob")
            second = Chat(server)
            joined = second.join(session=ann.welcome["session"])
            self.assertEqual((joined["nick"], joined["count"]), ("Ann", 2))
            with self.assertRaises(WsClosed) as closed:
                while True:
                    ann.receive()
            self.assertEqual(closed.exception.code, 4503)
            bob.say("hi", "1")
            self.assertEqual(second.receive_json()["text"], "hi")

    def test_the_same_cid_is_one_message_even_on_another_connection(self):
        with ChatServer(chat_conf()) as server:
            eve, ann, bob = Chat(server), Chat(server), Chat(server)
            for client, nick in ((eve, "Eve"), (ann, "Ann"), (bob, "Bob")):
                client.join(nick=nick)
            first = ann.say("once", "c1")
            self.assertEqual(ann.say("once", "c1"), first)
            ann.abort()
            again = Chat(server)
            again.join(session=ann.welcome["session"])
            self.assertEqual(again.say("once", "c1"), first)
            self.assertEqual(bob.say("other", "c1")["offset"], 2)  # another's cid is another's
            self.assertEqual([eve.receive_json("message")["text"] for _ in range(2)],
                             ["once", "other"])


class Small(unittest.TestCase):
    def test_whispers_reach_those_named_and_no_history(self):
        with ChatServer(chat_conf()) as server:
            ann, bob, eve = Chat(server), Chat(server), Chat(server)
            for client, nick in ((ann, "Ann"), (bob, "Bob"), (eve, "Eve")):
                client.join(nick=nick)
            line = server.connect("/chat?nick=Lee")
            line.receive()
            ok = ann.say("psst", "w", to=["bob", "LEE", "nobody"])
            self.assertEqual(ok["delivered"], ["Bob", "Lee"])
            whisper = bob.receive_json("message")
            self.assertEqual((whisper["text"], whisper["to"], "offset" in whisper),
                             ("psst", ["bob", "LEE", "nobody"], False))
            self.assertEqual(parts(line.receive()), ("Ann", "(私聊)psst"))
            ann.say("aloud", "a")
            self.assertEqual(eve.receive_json("message")["text"], "aloud")
            page = eve.ask("history", "history", room="lobby")
            self.assertEqual([m["text"] for m in page["messages"]], ["aloud"])

    def test_renaming_is_told_to_everybody(self):
        with ChatServer(chat_conf()) as server:
            ann, bob = Chat(server), Chat(server)
            ann.join(nick="Ann")
            bob.join(nick="Bob")
            ann.receive_json("join")
            ann.send_json(type="nick", id=1, room="lobby", nick="ANN")
            got = {m["type"]: m for m in (ann.receive_json(), ann.receive_json())}
            self.assertEqual(set(got), {"ok", "nick"})
            self.assertEqual((got["nick"]["nick"], got["nick"]["previous"]), ("ANN", "Ann"))
            self.assertEqual(bob.receive_json(), got["nick"])

    def test_history_is_paged_backwards(self):
        with ChatServer(chat_conf(rate=0, history_count=30)) as server:
            ann = Chat(server)
            ann.join(nick="Ann")
            for n in range(1, 41):
                ann.say(str(n), f"c{n}")
            pages, before = [], 0
            while True:
                page = ann.ask("history", "history", room="lobby", limit=12, before=before)
                pages.append([m["offset"] for m in page["messages"]])
                before = pages[-1][0]
                if not page["more"]:
                    break
            self.assertEqual(pages, [list(range(29, 41)), list(range(17, 29)),
                                     list(range(11, 17))])

    def test_participants_are_paged(self):
        conf = chat_conf(per_ip=0, presence_limit=1)
        with ChatServer(conf) as server:
            lines = [server.connect(f"/chat?nick=n{n}") for n in range(230)]
            ann = Chat(server)
            joined = ann.join(nick="Ann")
            self.assertEqual((len(joined["participants"]), joined["count"]), (200, 231))
            page = ann.ask("participants", "participants", room="lobby",
                           after=joined["participants"][-1]["user"])
            self.assertEqual([p["nick"] for p in page["participants"]],
                             [f"n{n}" for n in range(200, 230)] + ["Ann"])
            self.assertEqual((page["more"], page["count"]), (False, 231))
            del lines

    def test_typing_is_told_and_not_too_often(self):
        with ChatServer(chat_conf()) as server:
            ann, bob = Chat(server), Chat(server)
            ann.join(nick="Ann")
            bob.join(nick="Bob")
            ann.receive_json("join")
            for active in (True, True, False):
                bob.send_json(type="typing", room="lobby", active=active)
            self.assertEqual([ann.receive_json()["active"] for _ in range(2)], [True, False])


if __name__ == "__main__":
    unittest.main()
