"""Each reason of an error that a client can bring about by itself."""

from harness import check, close_code, equal, has_members


def errors(server, client, cases):
    for kind, members, expected in cases:
        error = client.ask(kind, "error", id="e", **members)
        equal((error["code"], error["reason"]), expected, f"for {kind} {str(members)[:80]} the error")
        has_members(error, ("id", "code", "reason", "message", "temporary"),
                    ("room", "retry_after"))
        equal(error["temporary"], expected[0] in (429, 500, 503), "temporary")
        client.ask("pong")  # a good frame: no ten bad ones in a row


@check()
def bad_json(server):
    """what is no JSON, has a name twice, is too deep or has a NUL: 400 bad-json, without id"""
    client = server.chat()
    for text in ("", "{", "nonsense", '{"type":"pong"} x', '{"type":"pong","type":"pong"}',
                 '{"type":"pong","x":' + "[" * 16 + "]" * 16 + "}", "[" * 5000,
                 '{"type":"pong","x":"\\u0000"}', '{"type":"pong","x":"\\ud800"}', "{'type':1}"):
        client.send(text)
        error = client.receive_json("error")
        equal((error["code"], error["reason"], "id" in error, error["temporary"]),
              (400, "bad-json", False, False), f"for {text[:40]!r} the error")
        client.ask("pong")
    client.send('{"type":"leave","id":1,"room":"conformance-none","x":' + "[" * 15 + "]" * 15 + "}")
    equal(client.receive_json("error")["code"], 404, "with 16 levels the error")


@check()
def bad_request(server):
    """members that lack or have the wrong type: 400 bad-request"""
    room = server.room()
    client = server.chat(room)
    for text in ("[]", '"x"', "1", "null", "{}", '{"type":1}'):
        client.send(text)
        equal(client.receive_json("error")["reason"], "bad-request", f"for {text} the error")
        client.ask("pong")
    message = {"room": room, "text": "x", "cid": "c"}
    errors(server, client, [(kind, members, (400, "bad-request")) for kind, members in (
        ("message", {**message, "cid": ""}), ("message", {**message, "cid": "c" * 65}),
        ("message", {**message, "cid": 1}), ("message", {**message, "text": None}),
        ("message", {"room": room, "text": "x"}), ("message", {**message, "to": []}),
        ("message", {**message, "to": [1]}), ("message", {"text": "x", "cid": "c"}),
        ("leave", {"room": 1}), ("join", {"room": room, "since": 1}),
        ("join", {"room": room, "since": {"epoch": "e"}}), ("join", {"history": -1}),
        ("nick", {"room": room}), ("typing", {"room": room, "active": 1}),
        ("history", {"room": room, "before": "1"}))])


@check()
def bad_id(server):
    """an id that is neither integer nor text, or too long, is refused and not repeated"""
    client = server.chat()
    for number in (1.5, None, True, [], {}, "x" * 65):
        error = client.ask("leave", "error", id=number, room="conformance-none")
        equal((error["reason"], "id" in error), ("bad-request", False), f"for {number!r} the error")
        client.ask("pong")


@check()
def unknown_type(server):
    """a type that there is not: 400 unknown-type"""
    client = server.chat()
    errors(server, client, [(kind, {}, (400, "unknown-type"))
                            for kind in ("", "JOIN", "joined", "nonsense", "x" * 1000)])


@check()
def bad_names(server):
    """names that are no good: bad-room, bad-nick"""
    room = server.room()
    client = server.chat(room)
    errors(server, client, [("join", {"room": name}, (400, "bad-room"))
                            for name in ("", "a b", "x" * 65, "é", "a/b")])
    errors(server, client, [("nick", {"room": room, "nick": name}, (400, "bad-nick"))
                            for name in ("", "x" * 33, " x", "x ", "a\nb", "a\u202eb", "a\u200bb")])
    equal(client.ask("nick", "ok", id=1, room=room, nick="😀" * 32)["id"], 1)


@check()
def empty_text(server):
    """a text of which nothing remains: 400 empty-text"""
    room = server.room()
    client = server.chat(room)
    errors(server, client, [("message", {"room": room, "text": text, "cid": "c"},
                             (400, "empty-text")) for text in ("", " \n\t", "\x01\x7f")])


@check()
def text_too_long(server):
    """the limit counts bytes: one more is 413 text-too-long"""
    room = server.room()
    client = server.chat(room)
    limit = server.limits["message_bytes"]
    equal(client.say(room, "é" * (limit // 2))["type"], "ok")
    errors(server, client, [("message", {"room": room, "text": "é" * (limit // 2) + "xx", "cid": "c"},
                             (413, "text-too-long"))])


@check()
def too_many_recipients(server):
    """more than 8 recipients: 413 too-many-recipients"""
    room = server.room()
    client = server.chat(room, "Ann")
    message = {"room": room, "text": "x", "cid": "c"}
    errors(server, client, [("message", {**message, "to": list("abcdefghi")},
                             (413, "too-many-recipients"))])
    equal(client.say(room, "x", to=[*"abcdefg", "Ann"])["delivered"], ["Ann"], "delivered to 8")


@check()
def not_there(server):
    """no-such-room, not-in-room, no-such-user"""
    room, ann, bob = server.pair()
    outside = server.chat()
    for kind, members in (("leave", {}), ("message", {"text": "x", "cid": "c"}),
                          ("nick", {"nick": "x"}), ("participants", {}), ("history", {}),
                          ("typing", {"active": True})):
        errors(server, outside, [
            (kind, {"room": "conformance-none", **members}, (404, "no-such-room")),
            (kind, {"room": room, **members}, (404, "not-in-room"))])
    errors(server, ann, [("message", {"room": room, "text": "x", "cid": "c", "to": "nobody"},
                          (404, "no-such-user"))])


@check()
def already_joined(server):
    """joining a room that one is in: 409 already-joined"""
    room = server.room()
    errors(server, server.chat(room), [("join", {"room": room}, (409, "already-joined"))])


@check()
def error_names_the_room(server):
    """an error has the room that the request named"""
    error = server.chat().ask("leave", "error", room="Conformance-NONE")
    equal(error["room"], "conformance-none", "the room")


@check()
def ten_bad_frames(server):
    """ten frames in a row that are answered with 400: 4500; a good one starts the count anew"""
    client = server.chat(server.fresh_room())
    for _ in range(2):
        for _ in range(9):
            client.send("[")
        client.ask("pong")
    for _ in range(10):
        client.send("[")
    equal(close_code(client), 4500, "the code")
