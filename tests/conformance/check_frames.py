"""The WebSocket layer: fragments, pings, what must not be sent, what is too large."""

import os
import struct

from harness import check, close_code, equal
from websocket_client import BINARY, PING, PONG, TEXT, masked_bytes

CONTINUATION = 0


def raw(client, head, payload=b""):
    """A frame whose first bytes are free: head without the mask."""
    mask = os.urandom(4)
    client.socket.sendall(head + mask + masked_bytes(payload, mask))


@check()
def fragments(server):
    """a message may come in any number of fragments, with a ping between them"""
    room = server.room()
    client = server.chat(room)
    request = ('{"type":"message","id":1,"room":"%s","text":"é中😀","cid":"%s"}'
               % (room, os.urandom(4).hex())).encode()
    for n, byte in enumerate(request):
        client.send_frame(CONTINUATION if n else TEXT, bytes([byte]), fin=n == len(request) - 1)
        if n == len(request) // 2:
            client.send_frame(PING, b"between")
            while client.receive_frame()[1] != PONG:
                pass
    equal(client.receive_json("message")["text"], "é中😀", "the text")


@check()
def empty_fragments(server):
    """fragments may be empty"""
    client = server.chat()
    for n, part in enumerate((b"", b'{"type":', b"", b'"leave","id":7,"room":"conformance-none"}', b"")):
        client.send_frame(CONTINUATION if n else TEXT, part, fin=n == 4)
    equal(client.receive_json("error")["id"], 7, "the id")


@check()
def ping_is_answered(server):
    """a ping comes back as a pong with the same bytes, up to 125 of them"""
    for client in (server.chat(server.fresh_room()), server.text()):
        for payload in (b"x", os.urandom(125)):
            client.send_frame(PING, payload)
            while True:
                opcode, answer = client.receive_frame()[1:]
                if opcode == PONG:
                    break
            equal(answer, payload, "the pong")


@check()
def pong_unasked(server):
    """a pong that nobody asked for is ignored"""
    client = server.chat(server.fresh_room())
    client.send_frame(PONG, b"hello")
    equal(client.drain(), [], "the answer")


@check()
def binary(server):
    """binary: 1003"""
    for client in (server.chat(server.fresh_room()), server.text()):
        client.send_frame(BINARY, b"{}")
        equal(close_code(client), 1003, "the code")


@check()
def invalid_utf8(server):
    """invalid UTF-8: 1007"""
    for bad in (b"\xff", b"\xc0\x80", b"\xed\xa0\x80", b"\xf4\x90\x80\x80", b"\xe4\xb8"):
        for client in (server.chat(server.fresh_room()), server.text()):
            client.send_frame(TEXT, b'{"type":"pong","x":"' + bad + b'"}')
            equal(close_code(client), 1007, f"for {bad!r} the code")


@check()
def utf8_over_fragments(server):
    """a character that is cut between fragments is whole; one that stays cut: 1007"""
    client = server.chat(server.fresh_room())
    client.send_frame(TEXT, b'{"type":"pong","x":"\xe4\xb8', fin=False)
    client.send_frame(CONTINUATION, b'\xad"}')
    equal(client.drain(), [], "the answer")
    client.send_frame(TEXT, b'{"type":"pong","x":"\xe4\xb8', fin=False)
    client.send_frame(CONTINUATION, b'"}')
    equal(close_code(client), 1007, "the code")


@check()
def frame_too_big(server):
    """a frame that is larger than any server's limit: 1009, from its announced length on"""
    for client in (server.chat(server.fresh_room()), server.text()):
        raw(client, b"\x81\xff" + struct.pack("!Q", 2 ** 24), b"x" * 100)
        equal(close_code(client), 1009, "the code")


@check()
def fragments_too_big(server):
    """small fragments that never end: 1009"""
    client = server.chat(server.fresh_room())
    try:
        for n in range(300):
            client.send_frame(CONTINUATION if n else TEXT, b"x" * 4096, fin=False)
    except OSError:
        pass
    equal(close_code(client), 1009, "the code")


@check()
def lengths_of_64_bits(server):
    """lengths that no message has: 1009, or the end of the connection"""
    for length in (2 ** 31, 2 ** 63 - 1, 2 ** 63, 2 ** 64 - 1):
        client = server.chat()
        raw(client, b"\x81\xff" + struct.pack("!Q", length), b"x")
        code = close_code(client)
        assert code in (None, 1002, 1009), f"for {length} the code is {code}"


@check()
def protocol_errors(server):
    """reserved bits and opcodes, wrong continuations, fragmented control frames: 1002"""
    for what, head in (("RSV1", b"\xc1\x82"), ("RSV2", b"\xa1\x82"), ("RSV3", b"\x91\x82"),
                       ("opcode 3", b"\x83\x82"), ("opcode 11", b"\x8b\x82"),
                       ("a continuation of nothing", b"\x80\x82"),
                       ("a fragmented ping", b"\x09\x82"), ("a fragmented Close", b"\x08\x82")):
        client = server.chat(server.fresh_room())
        raw(client, head, b"{}")
        equal(close_code(client), 1002, f"for {what} the code")


@check()
def message_in_message(server):
    """a message that begins before the last one has ended: 1002"""
    client = server.chat(server.fresh_room())
    client.send_frame(TEXT, b"{", fin=False)
    client.send_frame(TEXT, b"}")
    equal(close_code(client), 1002, "the code")


@check()
def control_frame_too_long(server):
    """a control frame of more than 125 bytes ends the connection"""
    client = server.chat(server.fresh_room())
    raw(client, b"\x89\xfe" + struct.pack("!H", 126), b"x" * 126)
    assert close_code(client) in (None, 1002)


@check()
def lengths_of_all_kinds(server):
    """texts whose frames have 7 and 16 bits of length come back whole"""
    room = server.room()
    client = server.chat(room)
    for length in (1, 125, 126, 127, min(4000, server.limits["message_bytes"])):
        client.say(room, "x" * length)
        equal(len(client.receive_json("message")["text"]), length, "the length")
