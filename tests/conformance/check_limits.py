"""Bounds, each with what comes beyond it."""

import time

from harness import check, close_code, equal, needs_no_rate, needs_option, needs_rate
from websocket_client import WsClosed


@check(needs_rate)
def rate_limited(server):
    """more than burst at once: 429 rate-limited with retry_after, and after it all is well"""
    client = server.chat(server.room())
    client.rate = 0  # as fast as it goes
    for n in range(server.limits["burst"] + 5):
        client.send_json(type="leave", id=n, room="conformance-none")
    errors = [client.receive_json("error") for _ in range(server.limits["burst"] + 5)]
    refused = [error for error in errors if error["reason"] == "rate-limited"]
    assert refused, "nothing was refused"
    equal((refused[-1]["code"], refused[-1]["temporary"]), (429, True), "the error")
    wait = refused[-1]["retry_after"]
    assert 0 < wait <= 1000, f"retry_after is {wait}"
    time.sleep(wait / 1000)
    equal(client.refused("leave", room="conformance-none"), (404, "no-such-room"), "after it")


@check(needs_rate)
def flood(server):
    """50 requests above the rate within a minute: 4500"""
    client = server.chat(server.fresh_room())
    client.rate = 0
    try:
        for n in range(2 * server.limits["burst"] + 200):
            client.send_json(type="leave", room="conformance-none")
    except OSError:
        pass
    equal(close_code(client), 4500, "the code")


@check(needs_rate)
def flood_of_lines(server):
    """text mode: lines above the rate are dropped, 50 of them: 4500"""
    client = server.text("?room=" + server.fresh_room())
    try:
        for n in range(2 * server.limits["burst"] + 200):
            client.send("x")
    except OSError:
        pass
    equal(close_code(client), 4500, "the code")


@check(needs_rate)
def pong_is_free(server):
    """pong does not count for the rate"""
    client = server.chat(server.fresh_room())
    client.rate = 0
    for _ in range(server.limits["burst"] + 60):
        client.send_json(type="pong")
    equal(client.drain(), [], "the answer")


@check(lambda server: None if server.limits["rooms"] <= 20 else "at most 20 rooms per client")
def rooms_per_client(server):
    """one room more than a client may be in: 503 too-many-rooms"""
    client = server.chat()
    rooms = [server.fresh_room() for _ in range(server.limits["rooms"] + 1)]
    for room in rooms[:-1]:
        client.join(room)
    equal(client.refused("join", room=rooms[-1]), (503, "too-many-rooms"))
    client.ask("leave", "ok", id=1, room=rooms[0])
    equal(client.join(rooms[-1])["room"], rooms[-1])


@check(needs_option("max-rooms", 50))
def rooms_of_the_server(server):
    """one room more than the server may have: 503 too-many-rooms; an empty one makes place"""
    clients, refused = [], None
    for _ in range(server.options["max-rooms"] + 1):
        clients.append(server.chat())
        error = clients[-1].ask("join", None, room=server.fresh_room())
        event = clients[-1].receive_json()
        if event["type"] == "error":
            refused = event
            break
    assert refused, "never refused"
    equal((refused["code"], refused["reason"], refused["temporary"], error),
          (503, "too-many-rooms", True, None))
    clients[0].close()
    clients[-1].join(server.fresh_room())


@check(needs_option("max-participants", 50))
def room_full(server):
    """one member more than a room may have: 503 room-full, in text mode 4508"""
    room = server.fresh_room()
    for _ in range(server.options["max-participants"]):
        server.chat(room)
    equal(server.chat().refused("join", room=room), (503, "room-full"))
    equal(close_code(server.text("?room=" + room)), 4508, "the code")


@check(needs_option("presence-limit", 50))
def presence_limit(server):
    """in a room of more than presence-limit nobody is told who comes and goes"""
    room = server.fresh_room()
    ann = server.chat(room, "Ann")
    for _ in range(server.options["presence-limit"] - 1):
        server.chat(room)
    told = [event["type"] for event in ann.drain()]
    equal(told, ["join"] * (server.options["presence-limit"] - 1), "what Ann was told")
    last = server.chat(room)
    equal(last.joined["count"], server.options["presence-limit"] + 1, "count")
    equal(ann.drain(), [], "what Ann was told")


@check(needs_option("per-ip", 100))
def connections_of_an_address(server):
    """one connection more than an address may have: 4504"""
    for _ in range(server.options["per-ip"]):
        server.chat()
    equal(close_code(server.text()), 4504, "the code")
    server.clients[0].close()
    server.chat()


@check(needs_option("max-connections", 200))
def connections_in_all(server):
    """one connection more than the server may have: 4505"""
    for _ in range(server.options["max-connections"]):
        server.chat()
    equal(close_code(server.text()), 4505, "the code")


@check(needs_option("join-timeout", 15))
def join_timeout(server):
    """who joins no room in time: 4506, whatever else it sends"""
    client = server.chat()
    client.socket.settimeout(server.options["join-timeout"] + 10)
    began = time.monotonic()
    client.ask("pong")
    equal(close_code(client), 4506, "the code")
    assert time.monotonic() - began > server.options["join-timeout"] - 1, "too early"


@check(needs_no_rate)
def too_slow(server):
    """who does not read gets 4002 or is cut off, and nobody waits for it"""
    room = server.fresh_room()
    talker = server.chat(room, "Ann")
    sleeper = server.chat(room, receive_buffer=4096)
    text = "x" * server.limits["message_bytes"]
    worst = 0
    talker.receive_json("join")
    for n in range(48 * 2 ** 20 // len(text)):
        began = time.monotonic()
        talker.send_json(type="message", room=room, text=text, cid=str(n))
        event = talker.receive_json()
        worst = max(worst, time.monotonic() - began)
        if event["type"] == "leave":
            break
    else:
        raise AssertionError("it is still there")
    equal(event["user"], sleeper.welcome["user"], "who has left")
    # Pings do not reach it either: where they come soon, they may be what ends it.
    assert event["reason"] == "slow" or server.welcome["ping_interval"] <= 5, event
    assert worst < 2, f"a message took {worst:.1f} s"
    try:
        assert close_code(sleeper) in (4002, None)
    except WsClosed:
        pass
