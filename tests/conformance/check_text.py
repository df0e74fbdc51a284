"""Text mode: the lines, the parameters of the address, what is not told."""

import re
from urllib.parse import quote

from harness import check, close_code, equal
from websocket_client import TEXT

LINE = re.compile(r"\[(.*?)\]-\[\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\]-(.*)", re.S)
CAME, SAID, WENT = "进入聊天室", "说：", "离开聊天室"


def line(client):
    """Who and what of the next line."""
    text = client.receive()
    match = LINE.fullmatch(text)
    assert match, f"{text!r} is no line"
    return match[1], match[2]


def person(server, room, nick, **more):
    """A text client that has read that it came."""
    client = server.text(f"?room={room}&nick={quote(nick)}", **more)
    equal(line(client), (nick, CAME), "the line")
    return client


@check()
def line_open(server):
    """who connects is told to all, to itself too, by its address"""
    room = server.room()
    ann = person(server, room, "Ann")
    other = server.text("?room=" + room)
    mine, theirs = line(other), line(ann)
    equal(mine, theirs, "the line")
    equal(mine[1], CAME, "the line")
    assert re.fullmatch(r"[0-9a-f.:]+", mine[0]), f"{mine[0]} is no address"


@check()
def line_say(server):
    """what somebody says is told to all, to itself too, as it is"""
    room = server.room()
    ann, bob = person(server, room, "Ann"), person(server, room, "Bob")
    line(ann)
    for text in ("hello", " <b> é中😀 ", ""):
        ann.send(text)
        equal(line(bob), ("Ann", SAID + text), "what Bob reads")
        equal(line(ann), ("Ann", SAID + text), "what Ann reads")


@check()
def line_close(server):
    """who goes is told to the others, at once"""
    room = server.room()
    ann, bob = person(server, room, "Ann"), person(server, room, "Bob")
    line(ann)
    bob.abort()
    equal(line(ann), ("Bob", WENT), "the line")


@check()
def text_default_room(server):
    """without room= the default room"""
    ann = server.chat(server.welcome["default_room"])
    server.text("?nick=conformance-visitor")
    equal(ann.receive_json("join")["nick"], "conformance-visitor", "who came")


@check()
def control_characters_become_spaces(server):
    """nobody can forge a second line"""
    room = server.room()
    ann = person(server, room, "Ann")
    ann.send("a\r\n[10.0.0.1]-[x]\x00\x1b\x7f\u0085b")
    equal(line(ann), ("Ann", SAID + "a  [10.0.0.1]-[x]    b"), "the line")


@check()
def history_for_lines(server):
    """history=n: the newest n messages come first; without it none"""
    room = server.fresh_room()
    ann = person(server, room, "Ann")
    for text in ("one", "two", "three"):
        ann.send(text)
        line(ann)
    late = server.text(f"?room={room}&nick=Bob&history=2")
    equal([line(late) for _ in range(3)],
          [("Ann", SAID + "two"), ("Ann", SAID + "three"), ("Bob", CAME)], "the lines")
    equal(line(server.text(f"?room={room}&nick=Eve")), ("Eve", CAME), "the first line")


@check()
def lines_and_json(server):
    """text and JSON members share rooms: nicks for addresses, guest-n for who has no nick"""
    room = server.room()
    ann = server.chat(room, "Ann")
    lee = server.text("?room=" + room)
    line(lee)
    came = ann.receive_json("join")
    assert re.fullmatch(r"guest-\d+", came["nick"]), came
    ann.say(room, "two\nlines")
    equal(line(lee), ("Ann", SAID + "two lines"), "the line")
    lee.send("from a line")
    ann.receive_json("message")
    said = ann.receive_json("message")
    equal((said["text"], said["from"]["nick"], "cid" in said),
          ("from a line", came["nick"], False), "the message")
    line(lee)
    ann.ask("leave", "ok", id=1, room=room)
    equal(line(lee), ("Ann", WENT), "the line")


@check()
def whisper_to_a_line(server):
    """a whisper to a text client is one line, marked"""
    room = server.room()
    lee = person(server, room, "Lee")
    ann = server.chat(room, "Ann")
    line(lee)
    equal(ann.say(room, "psst", to="lee")["delivered"], ["Lee"], "delivered")
    equal(line(lee), ("Ann", "(私聊)psst"), "the line")


@check()
def renames_are_no_line(server):
    """renames and typing are no lines"""
    room = server.room()
    lee = person(server, room, "Lee")
    ann = server.chat(room, "Ann")
    line(lee)
    ann.ask("nick", "ok", id=1, room=room, nick="Anna")
    ann.ask("typing", None, room=room, active=True)
    ann.say(room, "now")
    equal(line(lee), ("Anna", SAID + "now"), "the next line")


@check()
def no_entry(server):
    """a bad room or nick, or parameters that are no numbers: 4508"""
    for query in ("?room=a%20b", "?room=" + "x" * 65, "?nick=%20x", "?nick=" + "x" * 33,
                  "?nick=a%01b", "?room=" + server.room() + "&history=x"):
        equal(close_code(server.text(query)), 4508, f"for {query[:30]} the code")


@check()
def line_too_long(server):
    """more than message_bytes: 1009"""
    room = server.room()
    limit = server.limits["message_bytes"]
    ann = person(server, room, "Ann")
    ann.send("x" * limit)
    equal(len(line(ann)[1]), limit + len(SAID), "the length")
    ann.send_frame(TEXT, b"x" * (limit + 1))
    equal(close_code(ann), 1009, "the code")
