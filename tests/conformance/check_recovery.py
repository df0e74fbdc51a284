"""Coming back: the decision table row by row, sessions, messages that are sent again."""

from harness import check, close_code, equal, needs_no_rate


def prepared(server, said=4):
    """A room with messages and its joined; Bob stays in it."""
    room = server.fresh_room()
    bob = server.chat(room, "Bob")
    for n in range(1, said + 1):
        bob.say(room, str(n))
    return room, bob, bob.joined["epoch"]


def come(server, room, replayed, **since):
    """Join with since, and check what is replayed; returns joined."""
    client = server.chat()
    joined = client.join(room, since=since)
    equal(joined["replay"], len(replayed), "replay")
    events = [client.receive_json() for _ in replayed]
    equal([event["offset"] for event in events], replayed, "the numbers")
    assert all(event["type"] == "message" and event["replay"] is True for event in events)
    equal(client.drain(), [], "what came behind")
    client.ask("leave", "ok", id=1, room=room)
    return joined


@check()
def since_left_out(server):
    """no since: no recovered, missed null, the newest messages"""
    room, bob, epoch = prepared(server)
    client = server.chat()
    joined = client.join(room, history=2)
    assert "recovered" not in joined
    equal((joined["missed"], joined["replay"], joined["epoch"]), (None, 2, epoch), "joined")
    equal([client.receive_json()["offset"] for _ in range(2)], [3, 4], "the numbers")


@check()
def since_other_epoch(server):
    """another epoch: recovered false, missed null, the newest messages"""
    room, bob, epoch = prepared(server)
    joined = come(server, room, [1, 2, 3, 4], epoch="elsewhen", offset=2)
    equal((joined["recovered"], joined["missed"]), (False, None), "joined")


@check()
def since_above_head(server):
    """an offset above the head: recovered false, missed null, the newest messages"""
    room, bob, epoch = prepared(server)
    for offset in (5, 2 ** 62):
        joined = come(server, room, [1, 2, 3, 4], epoch=epoch, offset=offset)
        equal((joined["recovered"], joined["missed"]), (False, None), "joined")


@check()
def since_is_there(server):
    """everything after it is there: recovered true, and all of it"""
    room, bob, epoch = prepared(server)
    for offset in range(5):
        joined = come(server, room, list(range(offset + 1, 5)), epoch=epoch, offset=offset)
        equal((joined["recovered"], joined["missed"], joined["offset"]), (True, None, 4), "joined")


@check()
def since_in_an_empty_room(server):
    """since works with offset 0 in an empty room"""
    room, bob, epoch = prepared(server, said=0)
    equal(come(server, room, [], epoch=epoch, offset=0)["recovered"], True, "recovered")
    bob.say(room, "first")
    equal(come(server, room, [1], epoch=epoch, offset=0)["recovered"], True, "recovered")


@check(needs_no_rate)
def since_is_forgotten(server):
    """messages after it are forgotten: recovered false, missed says how many, the newest ones"""
    room, bob, epoch = prepared(server, said=0)
    text = "x" * server.limits["message_bytes"]
    said = 4 * 2 ** 20 // len(text)
    for n in range(said):
        bob.send_json(type="message", room=room, text=text, cid=str(n))
        bob.receive_json("message")
    client = server.chat()
    joined = client.join(room, since={"epoch": epoch, "offset": 1}, history=3)
    equal((joined["recovered"], joined["replay"]), (False, 3), "joined")
    missed = joined["missed"]
    assert missed and 0 < missed < said, f"missed is {missed}"
    equal([client.receive_json()["offset"] for _ in range(3)], [said - 2, said - 1, said])
    oldest = missed + 2
    edge = server.chat().join(room, since={"epoch": epoch, "offset": oldest - 1})
    equal((edge["recovered"], edge["replay"]), (True, said - oldest + 1), "at the oldest, joined")
    edge = server.chat().join(room, since={"epoch": epoch, "offset": oldest - 2}, history=0)
    equal((edge["recovered"], edge["missed"]), (False, 1), "one before it, joined")


@check()
def session_comes_back(server):
    """a broken connection comes back with its session: same user and nick, nobody is told"""
    room, ann, bob = server.pair(server.fresh_room())
    ann.say(room, "one")
    seen = ann.receive_json("message")["offset"]
    ann.abort()
    bob.say(room, "two")
    bob.drain()
    again = server.chat()
    joined = again.join(room, session=ann.welcome["session"],
                        since={"epoch": ann.joined["epoch"], "offset": seen})
    equal((joined["nick"], joined["user"], joined["recovered"], joined["count"]),
          ("Ann", ann.welcome["user"], True, 2), "joined")
    equal(again.receive_json()["text"], "two", "what was missed")
    equal(bob.drain(), [], "what Bob was told")


@check()
def session_takes_over(server):
    """a second connection of a live session takes it over: the first one gets 4503"""
    room, ann, bob = server.pair(server.fresh_room())
    second = server.chat()
    joined = second.join(room, session=ann.welcome["session"])
    equal((joined["nick"], joined["count"]), ("Ann", 2), "joined")
    equal(close_code(ann), 4503, "the code")
    equal(bob.drain(), [], "what Bob was told")
    bob.say(room, "to the second")
    equal(second.receive_json("message")["text"], "to the second")


@check()
def session_unknown(server):
    """an unknown session joins afresh"""
    room = server.room()
    for token in ("0" * 32, "", "é", "x" * 5000):
        client = server.chat()
        joined = client.join(room, session=token)
        equal(joined["user"], client.welcome["user"], "the user")
        client.ask("leave", "ok", id=1, room=room)


@check()
def session_keeps_its_token(server):
    """after a resume the token that was given first stays valid"""
    room, ann, bob = server.pair(server.fresh_room())
    for _ in range(2):
        ann.abort()
        ann_again = server.chat()
        equal(ann_again.join(room, session=ann.welcome["session"])["nick"], "Ann", "the nick")
        ann_again.abort()


@check()
def sent_again_after_coming_back(server):
    """what was not acknowledged and is sent again is said once"""
    room, ann, bob = server.pair(server.fresh_room())
    cid = server.fresh_room()
    first = ann.say(room, "once", cid)
    ann.abort()
    again = server.chat()
    again.join(room, session=ann.welcome["session"])
    equal(again.say(room, "once", cid), first, "the answer")
    equal([event["text"] for event in bob.drain() if event["type"] == "message"], ["once"])


@check()
def sent_again_after_the_place_was_lost(server):
    """who comes back after leave-delay is the same user, and what is sent again is still said once"""
    room, ann, bob = server.pair(server.fresh_room())
    cid = server.fresh_room()
    first = ann.say(room, "once", cid)
    ann.abort()
    equal(bob.receive_json("leave")["reason"], "timeout", "leave")
    again = server.chat()
    joined = again.join(room, session=ann.welcome["session"], history=0)
    equal(joined["user"], ann.welcome["user"], "the user")
    equal(again.say(room, "once", cid), first, "the answer")
    equal([event["text"] for event in bob.drain() if event["type"] == "message"], [])
