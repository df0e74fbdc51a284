"""What is said: messages, whispers, history."""

import re

from harness import check, equal, has_members


@check()
def message(server):
    """a message reaches all, who said it included, and is answered with its number"""
    room, ann, bob = server.pair()
    ann.send_json(type="message", id="m", room=room, text="hello", cid="c-" + room[-6:])
    events = {event["type"]: event for event in ann.drain()}
    said, ok = events["message"], events["ok"]
    has_members(ok, ("id", "offset", "time"))
    has_members(said, ("room", "offset", "time", "from", "text", "cid"))
    equal((ok["id"], ok["offset"], ok["time"]), ("m", said["offset"], said["time"]), "the answer")
    equal((said["room"], said["text"], said["cid"], said["from"]),
          (room, "hello", "c-" + room[-6:], {"nick": "Ann", "user": ann.welcome["user"]}), "message")
    equal(bob.receive_json(), said, "what Bob was told")


@check()
def message_without_id(server):
    """without id there is no ok"""
    room, ann, bob = server.pair()
    ann.send_json(type="message", room=room, text="quiet", cid=server.fresh_room())
    equal([event["type"] for event in ann.drain()], ["message"], "what Ann was told")


@check()
def text_is_cleaned(server):
    """control characters but LF and TAB, and white space at both ends, are taken out"""
    room, ann, bob = server.pair()
    ann.say(room, " \u3000\t a\tb\nc\x01\x1b[31m\x7f\x85d \r\n\u00a0")
    equal(bob.receive_json()["text"], "a\tb\nc[31md", "the text")


@check()
def text_is_not_escaped(server):
    """markup stays as it is"""
    room, ann, bob = server.pair()
    text = "<b>&amp;\"'</b> \\ / \u2028 \U0001f600"
    ann.say(room, text)
    equal(bob.receive_json()["text"], text, "the text")


@check()
def unknown_members_are_ignored(server):
    """a request may have members that the server does not know"""
    room, ann, bob = server.pair()
    ann.say(room, "x", colour={"deep": [1, 2.5, None]}, typ="y")
    has_members(bob.receive_json(), ("room", "offset", "time", "from", "text", "cid"))


@check()
def ids_come_back(server):
    """ids are integers or texts of up to 64 characters, and come back as they were"""
    client = server.chat()
    for number in (0, -1, 2 ** 53 + 1, -2 ** 63, 2 ** 63 - 1, "", "é", "😀" * 64, "\n\"\\"):
        error = client.ask("leave", "error", id=number, room="conformance-none")
        equal(error["id"], number, "the id")
        assert type(error["id"]) is type(number)
    assert "id" not in client.ask("leave", "error", room="conformance-none")


@check()
def order_and_numbers(server):
    """all see the same order, numbers without holes, each sender's in its order"""
    room, ann, bob = server.pair()
    for n in range(6):
        for client in (ann, bob):
            client.send_json(type="message", room=room, text=f"{n}", cid=server.fresh_room())
    seen = [[client.receive_json("message") for _ in range(12)] for client in (ann, bob)]
    equal(seen[0], seen[1], "what Ann was told")
    offsets = [event["offset"] for event in seen[0]]
    equal(offsets, list(range(offsets[0], offsets[0] + 12)), "the numbers")
    for who in ("Ann", "Bob"):
        equal([event["text"] for event in seen[0] if event["from"]["nick"] == who],
              [str(n) for n in range(6)], f"the order of {who}'s")


@check()
def offsets_begin_at_1(server):
    """a room's numbers begin at 1"""
    room = server.fresh_room()
    equal(server.chat(room).say(room, "first")["offset"], 1, "the offset")


@check()
def same_cid_is_said_once(server):
    """the same cid of the same session is said once, and answered as the first time"""
    room, ann, bob = server.pair()
    eve = server.chat(room, "Eve")
    cid = server.fresh_room()
    first = ann.say(room, "once", cid)
    equal(ann.say(room, "once", cid), first, "the second answer")
    equal(bob.say(room, "other", cid)["offset"], first["offset"] + 1, "another's cid")
    equal([event["text"] for event in eve.drain()], ["once", "other"], "what Eve was told")


@check()
def whisper(server):
    """a whisper reaches those named and nobody else, once each, without a number"""
    room, ann, bob = server.pair()
    eve = server.chat(room, "Eve")
    ok = ann.say(room, " psst ", "w", to=["BOB", "bob", "nobody"])
    has_members(ok, ("id", "delivered"))
    equal(ok["delivered"], ["Bob"], "delivered")
    heard = [event for event in bob.drain() if event["type"] == "message"]
    equal(len(heard), 1, "how often Bob was told")
    has_members(heard[0], ("room", "time", "from", "to", "text", "cid"))
    equal((heard[0]["text"], heard[0]["to"], heard[0]["from"]["nick"]),
          ("psst", ["BOB", "bob", "nobody"], "Ann"), "the whisper")
    for client, who in ((eve, "Eve"), (ann, "Ann")):
        equal([event for event in client.drain() if event["type"] == "message"], [],
              f"what {who} was told")
    page = eve.ask("history", "history", room=room, limit=1)
    assert not page["messages"] or page["messages"][-1]["text"] != "psst", "it is in the history"


@check()
def whisper_to_one(server):
    """`to` may be one nick"""
    room, ann, bob = server.pair()
    equal(ann.say(room, "psst", "w", to="Bob")["delivered"], ["Bob"], "delivered")
    equal(bob.receive_json("message")["to"], ["Bob"], "to")


@check()
def history_pages(server):
    """history pages backwards, each page ascending, until more is false"""
    room = server.fresh_room()
    ann = server.chat(room, "Ann")
    said = []
    for n in range(1, 8):
        ann.say(room, str(n))
        said.append(ann.receive_json("message"))
    page = ann.ask("history", "history", id=1, room=room)
    has_members(page, ("id", "room", "epoch", "messages", "more"))
    equal((page["messages"], page["more"], page["epoch"]), (said, False, ann.joined["epoch"]),
          "the whole")
    pages, before = [], 0
    while True:
        page = ann.ask("history", "history", room=room, limit=3, before=before)
        pages.append([event["offset"] for event in page["messages"]])
        if not page["more"]:
            break
        before = pages[-1][0]
    equal(pages, [[5, 6, 7], [2, 3, 4], [1]], "the pages")
    equal(ann.ask("history", "history", room=room, before=8, limit=1)["messages"], said[-1:],
          "before the one that is next")


@check()
def history_bounds(server):
    """history: `before` above head + 1 is 416, limit outside 1 to 100 is 400"""
    room = server.fresh_room()
    ann = server.chat(room)
    ann.say(room, "only")
    equal(ann.refused("history", room=room, before=3), (416, "offset-out-of-range"))
    equal(ann.refused("history", room=room, limit=0), (400, "bad-request"))
    equal(ann.refused("history", room=room, limit=101), (400, "bad-request"))
    equal(len(ann.ask("history", "history", room=room, limit=100)["messages"]), 1)


@check()
def history_on_join(server):
    """who joins gets the newest `history` messages, marked, before anything new"""
    room, ann, bob = server.pair(server.fresh_room())
    for n in range(1, 5):
        ann.say(room, str(n))
    for asked, wanted in ((0, []), (2, [3, 4]), (50, [1, 2, 3, 4]), (None, [1, 2, 3, 4])):
        eve = server.chat()
        joined = eve.join(room, **({} if asked is None else {"history": asked}))
        equal((joined["replay"], joined["offset"], joined["missed"], "recovered" in joined),
              (len(wanted), 4, None, False), "joined")
        replayed = [eve.receive_json() for _ in wanted]
        equal([event["offset"] for event in replayed], wanted, "the numbers")
        assert all(event["replay"] is True for event in replayed), "not marked"
        eve.ask("leave", "ok", id=1, room=room)


@check()
def times(server):
    """times are RFC 3339 in UTC, with milliseconds, and do not run backwards"""
    room, ann, bob = server.pair()
    seen = [ann.say(room, str(n))["time"] for n in range(3)]
    assert all(re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", time) for time in seen), seen
    equal(sorted(seen), seen, "the order")
