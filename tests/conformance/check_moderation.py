"""Who knows a room's secret: announcements, kicks, mutes, bans, closing; and rooms with a PIN."""

import time

from harness import check, close_code, equal, has_members
from check_text import LINE, line


def needs_secret(server):
    return None if server.room_secret else "--room-secret ROOM:SECRET"


def needs_pin(server):
    return None if server.pin_room else "--pin-room ROOM:PIN"


class Moderator:
    """One that is in no room, which moderating does not need."""

    def __init__(self, server):
        self.room, self.secret = server.room_secret
        self.client = server.chat()
        self.sent = 0

    def ask(self, kind, reply="ok", **members):
        self.sent += 1
        return self.client.ask(kind, reply, id=self.sent, room=self.room,
                               **{"secret": self.secret, **members})

    def refused(self, kind, **members):
        error = self.ask(kind, "error", **members)
        return error["code"], error["reason"]


def people(server):
    """A moderator, and Ann and Bob in its room."""
    moderator = Moderator(server)
    room, ann, bob = server.pair(moderator.room)
    return moderator, ann, bob


@check(needs_secret)
def announce(server):
    """an announcement reaches all, has a number, is replayed, and is a line in text mode"""
    moderator, ann, bob = people(server)
    lee = server.text(f"?room={moderator.room}&nick=Lee")
    line(lee)
    moderator.ask("announce", text=" the sun shines ")
    told = ann.receive_json("announcement")
    has_members(told, ("room", "offset", "time", "text"))
    equal(told["text"], "the sun shines", "the text")
    equal(bob.receive_json("announcement"), told, "what Bob was told")
    text = lee.receive()
    match = LINE.fullmatch(text)
    assert match and match[2].endswith("the sun shines"), text
    late = server.chat()
    since = {"epoch": ann.joined["epoch"], "offset": told["offset"] - 1}
    equal(late.join(moderator.room, since=since)["replay"], 1, "replay")
    equal(late.receive_json(), {**told, "replay": True}, "what is replayed")
    page = late.ask("history", "history", room=moderator.room, limit=1)
    equal(page["messages"], [told], "the history")


@check(needs_secret)
def kick(server):
    """a kick ends the membership, and the connection with 4501 if it was its only room"""
    moderator, ann, bob = people(server)
    moderator.ask("kick", nick="bob", reason="be nice")
    told = ann.receive_json("leave")
    equal((told["nick"], told["reason"]), ("Bob", "kicked"), "leave")
    equal(close_code(bob), 4501, "the code")
    server.chat(moderator.room, "Bob")


@check(needs_secret)
def kick_from_one_of_several(server):
    """who is in another room, too, stays connected"""
    moderator, ann, bob = people(server)
    other = server.fresh_room()
    bob.join(other)
    moderator.ask("kick", user=bob.welcome["user"])
    ann.receive_json("leave")
    equal(bob.refused("leave", room=moderator.room), (404, "not-in-room"))
    bob.say(other, "still here")


@check(needs_secret)
def kick_of_a_line(server):
    """text members can be kicked, too"""
    moderator = Moderator(server)
    lee = server.text(f"?room={moderator.room}&nick=Lee")
    line(lee)
    moderator.ask("kick", nick="Lee")
    equal(close_code(lee), 4501, "the code")


@check(needs_secret)
def mute(server):
    """who is muted hears and is not heard, whispers included, until it is over"""
    moderator, ann, bob = people(server)
    moderator.ask("mute", nick="Bob", seconds=600)
    for to in ({}, {"to": "Ann"}):
        error = bob.ask("message", "error", room=moderator.room, text="x", cid="m", **to)
        equal((error["code"], error["reason"], error["temporary"]), (403, "muted", True), "the error")
        assert 0 < error["retry_after"] <= 600000, error
    ann.say(moderator.room, "can you hear me?")
    equal(bob.receive_json("message")["text"], "can you hear me?")
    moderator.ask("unban", nick="Bob")
    bob.say(moderator.room, "yes")
    moderator.ask("mute", nick="Bob", seconds=1)
    wait = bob.ask("message", "error", room=moderator.room, text="x", cid="n")["retry_after"]
    time.sleep(wait / 1000)
    bob.say(moderator.room, "again")


@check(needs_secret)
def ban(server):
    """who is banned goes with 4502, and is kept out until it is over or lifted"""
    moderator, ann, bob = people(server)
    moderator.ask("ban", nick="Bob", seconds=600)
    equal(ann.receive_json("leave")["reason"], "kicked", "leave")
    equal(close_code(bob), 4502, "the code")
    again = server.chat()
    equal(again.refused("join", room=moderator.room, nick="Bob",
                        session=bob.welcome["session"]), (403, "banned"), "the refusal")
    moderator.ask("unban", nick="Bob")
    equal(again.join(moderator.room, nick="Bob")["nick"], "Bob", "the nick")


@check(needs_secret)
def close_room(server):
    """a closed room is told, and a later join finds a new one"""
    moderator, ann, bob = people(server)
    ann.say(moderator.room, "forget me")
    moderator.ask("close_room", reason="tidying up")
    told = bob.receive_json("room_closed")
    has_members(told, ("room", "reason"))
    equal((told["room"], told["reason"]), (moderator.room, "tidying up"), "room_closed")
    equal(bob.refused("leave", room=moderator.room)[0], 404, "the code of the error of a leave")
    joined = server.chat(moderator.room).joined
    equal((joined["offset"], joined["count"]), (0, 1), "joined")
    assert joined["epoch"] != ann.joined["epoch"], "the epoch is the old one"


@check(needs_secret)
def close_room_for_a_time(server):
    """a room that is closed with "seconds" is room-closed, for announcements, too, until they are over"""
    moderator, _, bob = people(server)
    moderator.ask("close_room", seconds=1)
    bob.receive_json("room_closed")
    error = bob.ask("join", "error", room=moderator.room)
    equal((error["code"], error["reason"]), (410, "room-closed"), "the error")
    assert 0 < error["retry_after"] <= 1000, error
    equal(moderator.refused("announce", text="x"), (410, "room-closed"))
    time.sleep(error["retry_after"] / 1000)
    equal(bob.join(moderator.room)["offset"], 0, "the offset")


@check(needs_secret)
def moderation_is_refused(server):
    """bad-secret, not-allowed, no-such-user, and requests that name nobody or no good time"""
    moderator = Moderator(server)
    server.chat(moderator.room)
    kind = {"nick": "nobody"}
    equal(moderator.refused("kick", secret="wrong", **kind), (401, "bad-secret"))
    error = moderator.client.ask("kick", "error", room=moderator.room, nick="nobody")
    equal((error["code"], error["reason"]), (401, "bad-secret"), "without a secret the error")
    equal(moderator.refused("kick", **kind), (404, "no-such-user"))
    equal(moderator.refused("kick"), (400, "bad-request"))
    for seconds in (0, 31536001):
        equal(moderator.refused("mute", seconds=seconds, **kind), (400, "bad-request"))
    equal(moderator.refused("announce", text=" "), (400, "empty-text"))


@check(needs_secret)
def wrong_secrets_end_a_connection(server):
    """ten wrong secrets without a right one between them: 4500"""
    moderator = Moderator(server)
    for n in range(10):
        equal(moderator.refused("kick", secret=f"wrong{n}", nick="nobody"), (401, "bad-secret"))
    equal(close_code(moderator.client), 4500, "the code")


@check(needs_secret)
def a_ban_says_how_long(server):
    """with "seconds" the join of somebody banned is told when it may work: retry_after"""
    moderator, _, bob = people(server)
    moderator.ask("ban", nick="Bob", seconds=600)
    equal(close_code(bob), 4502, "the code")
    again = server.chat()
    error = again.ask("join", "error", room=moderator.room, nick="Bob",
                      session=bob.welcome["session"])
    assert 0 < error.get("retry_after", 0) <= 600000, error
    moderator.ask("unban", nick="Bob")


@check(needs_pin)
def pin(server):
    """a room with a PIN: pin-required, bad-pin, and in with the right one; in text mode 4508"""
    room, right = server.pin_room
    client = server.chat()
    equal(client.refused("join", room=room), (401, "pin-required"))
    equal(client.refused("join", room=room, pin="wrong"), (401, "bad-pin"))
    equal(client.join(room, pin=right)["room"], room, "the room")
    equal(close_code(server.text(f"?room={room}")), 4508, "the code")
    equal(close_code(server.text(f"?room={room}&pin=wrong")), 4508, "the code")
    line(server.text(f"?room={room}&nick=Lee&pin={right}"))
