"""Rooms and who is in them: welcome, join, leave, nick, participants, typing."""

import re
import time

from harness import check, equal, has_members
from websocket_client import CLOSE, PONG

TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z")
PRESENCE = ("room", "user", "nick", "time", "count")


@check()
def welcome(server):
    """welcome has its members, and each session is another"""
    first, second = server.chat().welcome, server.chat().welcome
    has_members(first, ("protocol", "session", "user", "time", "ping_interval", "limits",
                        "default_room"))
    has_members(first["limits"], ("message_bytes", "rate", "burst", "nick_chars", "rooms"))
    assert re.fullmatch("[0-9a-f]{32}", first["session"]), first["session"]
    assert TIME.fullmatch(first["time"]), first["time"]
    assert first["session"] != second["session"] and first["user"] != second["user"]


@check()
def join(server):
    """joined says who one is, and who is there"""
    room = server.fresh_room()
    ann = server.chat()
    joined = ann.join(room, id="j", nick="Ann")
    has_members(joined, ("id", "room", "nick", "user", "epoch", "offset", "replay", "missed",
                         "participants", "count"))
    me = {"nick": "Ann", "user": ann.welcome["user"]}
    equal((joined["id"], joined["room"], joined["nick"], joined["user"]),
          ("j", room, "Ann", me["user"]), "joined")
    equal((joined["offset"], joined["replay"], joined["missed"], joined["count"]),
          (0, 0, None, 1), "joined")
    equal(joined["participants"], [me], "participants")


@check()
def join_default_room(server):
    """join without room is the default room"""
    joined = server.chat().ask("join", "joined")
    equal(joined["room"], server.welcome["default_room"], "the room")


@check()
def join_as_guest(server):
    """join without nick gets a guest's name"""
    room = server.room()
    nicks = {server.chat(room).joined["nick"] for _ in range(2)}
    assert len(nicks) == 2 and all(re.fullmatch(r"guest-\d+", nick) for nick in nicks), nicks


@check()
def join_with_capitals(server):
    """a room's name is lowered"""
    room = server.room()
    equal(server.chat().join(room.upper())["room"], room, "the room")


@check()
def join_with_taken_nick(server):
    """a nick that is taken, whatever its case, gets a number, within 32 characters"""
    room = server.room()
    server.chat(room, "Ännchen"), server.chat(room, "n" * 32), server.chat(room, "ΣΊΣΥΦΟΣ")
    equal(server.chat(room, "äNNCHEN").joined["nick"], "äNNCHEN-2", "the nick")
    equal(server.chat(room, "σίσυφος").joined["nick"], "σίσυφος-2", "the nick")
    equal(server.chat(room, "N" * 32).joined["nick"], "N" * 30 + "-2", "the nick")


@check()
def join_is_told(server):
    """the others are told of a join, who joins is not"""
    room = server.room()
    ann, bob = server.chat(room, "Ann"), server.chat(room, "Bob")
    told = ann.receive_json()
    equal(told["type"], "join", "the type")
    has_members(told, PRESENCE)
    assert TIME.fullmatch(told["time"])
    equal((told["room"], told["nick"], told["user"], told["count"]),
          (room, "Bob", bob.welcome["user"], 2), "join")
    equal(bob.drain(), [], "what Bob was told")


@check()
def leave(server):
    """leave is answered, told, and at once"""
    room, ann, bob = server.pair()
    equal(bob.ask("leave", "ok", id=3, room=room), {"type": "ok", "id": 3}, "the answer")
    told = ann.receive_json()
    has_members(told, PRESENCE + ("reason",))
    equal((told["type"], told["nick"], told["reason"], told["count"]), ("leave", "Bob", "left", 1),
          "leave")
    equal(bob.refused("leave", room=room), (404, "not-in-room"), "a second leave")
    equal(ann.ask("nick", "ok", id=1, room=room, nick="bob")["id"], 1, "the nick that is free")


@check()
def close_1000_is_a_leave(server):
    """who closes with 1000 has left at once"""
    room, ann, bob = server.pair()
    bob.close(1000)
    told = ann.receive_json("leave")
    equal((told["nick"], told["reason"]), ("Bob", "left"), "leave")


@check()
def broken_connection_is_a_timeout(server):
    """a broken connection keeps its place for leave-delay, then leave has reason timeout"""
    room, ann, bob = server.pair(server.fresh_room())
    bob.abort()
    ann.socket.settimeout(server.options.get("leave-delay", 5) + 10)
    told = ann.receive_json("leave")
    equal((told["nick"], told["reason"]), ("Bob", "timeout"), "leave")


@check()
def nick(server):
    """nick is answered, and told to all, who did it included"""
    room, ann, bob = server.pair()
    ann.send_json(type="nick", id=9, room=room, nick="Anna")
    got = {event["type"]: event for event in ann.drain()}
    equal(got.get("ok"), {"type": "ok", "id": 9}, "the answer")
    has_members(got["nick"], ("room", "user", "nick", "previous"))
    equal((got["nick"]["nick"], got["nick"]["previous"], got["nick"]["user"]),
          ("Anna", "Ann", ann.welcome["user"]), "nick")
    equal(bob.receive_json(), got["nick"], "what Bob was told")


@check()
def nick_in_other_case(server):
    """one's own nick in other case is free, another's is not"""
    room, ann, bob = server.pair()
    equal(ann.ask("nick", "ok", id=1, room=room, nick="ANN")["id"], 1)
    equal(ann.refused("nick", room=room, nick="bOB"), (409, "nick-in-use"), "the refusal")


@check()
def nick_of_who_is_away(server):
    """the nick of one whose connection broke is held"""
    room, ann, bob = server.pair(server.fresh_room())
    bob.abort()
    equal(server.chat(room, "Bob").joined["nick"], "Bob-2", "the nick")


@check()
def participants(server):
    """participants come in the order in which they joined, from behind `after`"""
    room, ann, bob = server.pair()
    eve = server.chat(room, "Eve")
    page = eve.ask("participants", "participants", id="p", room=room)
    has_members(page, ("id", "room", "participants", "count", "more"))
    equal([person["nick"] for person in page["participants"]], ["Ann", "Bob", "Eve"], "the list")
    equal((page["count"], page["more"], page["room"]), (3, False, room), "the page")
    page = eve.ask("participants", "participants", room=room, after=ann.welcome["user"])
    equal([person["nick"] for person in page["participants"]], ["Bob", "Eve"], "behind Ann")
    equal(eve.refused("participants", room=room, after="u-nobody"), (404, "no-such-user"))


@check()
def typing(server):
    """typing is told to all, who types included, true once in 3 seconds, false after a true"""
    room, ann, bob = server.pair()
    for active in (False, True, True, False, False, True):
        bob.send_json(type="typing", room=room, active=active)
    bob.drain()
    told = [event for event in ann.drain() if event["type"] == "typing"]
    equal([event["active"] for event in told], [True, False], "what Ann was told")
    has_members(told[0], ("room", "user", "nick", "active"))
    equal((told[0]["nick"], told[0]["user"]), ("Bob", bob.welcome["user"]), "who")


@check()
def several_rooms(server):
    """one connection may be in several rooms, under different nicks"""
    if server.limits["rooms"] < 2:
        return
    room, ann, bob = server.pair()
    other = server.fresh_room()
    equal(bob.join(other, nick="Robert")["nick"], "Robert", "the nick")
    bob.say(other, "elsewhere")
    equal(bob.receive_json("message")["room"], other, "the room")
    equal(ann.drain(), [], "what Ann was told")
    bob.ask("leave", "ok", id=1, room=other)
    bob.say(room, "here")
    equal(ann.receive_json()["text"], "here", "what Ann was told")


@check(lambda server: None if server.welcome["ping_interval"] <= 5 else "ping-interval of at most 5")
def ping_of_the_server(server):
    """silence is answered with ping; pong, or any frame, keeps the connection"""
    room = server.fresh_room()
    clients = [server.chat(room) for _ in range(3)]
    interval = server.welcome["ping_interval"]
    for _ in range(2):
        began = time.monotonic()
        for client in clients:
            equal(client.receive_json("ping"), {"type": "ping"}, "the ping")
        assert time.monotonic() - began < interval + 3, "the ping is late"
        clients[0].send_json(type="pong")
        clients[1].send_json(type="leave", room="conformance-none")
        clients[2].send_frame(PONG, b"x")  # not an empty one: libwebsockets keeps it to itself


@check(lambda server: None if server.welcome["ping_interval"] <= 5 else "ping-interval of at most 5")
def no_pong(server):
    """a ping that nothing answers: 4001, text clients too"""
    room = server.fresh_room()
    for client in (server.chat(room), server.text("?room=" + room)):
        client.socket.settimeout(server.welcome["ping_interval"]
                                 + server.options.get("pong-timeout", 10) + 10)
        while True:  # read, and say nothing: not even pong
            opcode, payload = client.receive_frame()[1:]
            if opcode == CLOSE:
                break
        equal(int.from_bytes(payload[:2], "big"), 4001, "the code")
