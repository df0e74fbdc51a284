"""Bad input to the chat: each has a clear answer, and nobody else notices.

Random cases print their seed when they fail; HOSTILE_SEED=... repeats them.
"""

import json
import socket
import struct
import unittest

from support.chat import chat_conf
from support.hostile import Attacked, end_of, finish, probe, reset, seeded
from support.protocol import is_valid, names, schema
from support.ws import BINARY, CLOSE, PING, TEXT, masked_bytes

CONF = chat_conf(rate=0, per_ip=0, join_timeout=60)
OTHER_BYTES = [byte for byte in range(256) if byte != 0x88]  # whose code would come back
BAD_UTF8 = (b"\xff", b"\x80", b"\xc0\xaf", b"\xe0\x80\xaf", b"\xed\xa0\x80", b"\xf4\x90\x80\x80",
            b"\xf8\x88\x80\x80\x80", b"\xe4\xb8")


def frame(first, payload=b"", length=None, mask=b"\x01\x02\x03\x04"):
    """A frame with any first byte; length: what it claims to have."""
    length = len(payload) if length is None else length
    bit = 0x80 if mask else 0
    if length < 126:
        head = bytes([first, bit | length])
    elif length < 65536:
        head = bytes([first, bit | 126]) + struct.pack("!H", length)
    else:
        head = bytes([first, bit | 127]) + struct.pack("!Q", length)
    return head + mask + (masked_bytes(payload, mask) if mask else payload)


class Frames(unittest.TestCase):
    def test_random_bytes_instead_of_frames(self):
        rng, seed = seeded()
        with Attacked(CONF) as server:
            for n in range(150):
                client = server.connect(protocols=[rng.choice(("chat-room", "chat-room-text"))])
                client.socket.sendall(rng.randbytes(rng.choice((1, 2, 7, 14, 100, 3000))))
                finish(client)
                with self.subTest(seed=seed, n=n):
                    self.assertIn(end_of(client), (None, 1002, 1003, 1005, 1007, 1009, 4500))
                server.drop(client)

    def test_random_frames(self):
        """Well-formed headers of all kinds, in any order."""
        rng, seed = seeded()
        with Attacked(CONF) as server:
            for n in range(100):
                client = server.json()
                for _ in range(rng.randrange(1, 8)):
                    first = rng.choice((0x81, 0x01, 0x80, 0x00, 0x89, 0x8a, 0x82)
                                       if rng.random() < 0.8 else OTHER_BYTES)
                    payload = rng.choice((b"", b"{}", b'{"type":"pong"}', rng.randbytes(20)))
                    try:
                        client.socket.sendall(frame(first, payload))
                    except OSError:
                        break
                with self.subTest(seed=seed, n=n):
                    outcome = probe(client, n)
                    if not isinstance(outcome, list):
                        self.assertIn(outcome, (None, 1002, 1003, 1005, 1007, 4500))
                server.drop(client)

    def test_half_frames(self):
        """A request that is cut anywhere, by silence, an end and a reset, does nothing."""
        whole = frame(0x81, b'{"type":"join","room":"half","nick":"Half"}')
        with Attacked(CONF) as server:
            for cut in range(len(whole)):
                client = server.json()
                client.socket.sendall(whole[:cut])
                if cut % 3 == 1:
                    finish(client)
                elif cut % 3 == 2:
                    reset(client)
            watcher = server.json()
            watcher.send_json(type="join", room="half", id=1)
            self.assertEqual(watcher.receive_json("joined")["count"], 1)

    def test_lengths_that_are_lies(self):
        """Some versions of libwebsockets end the largest without a code."""
        with Attacked(CONF) as server:
            for length, codes in ((16385, (1009,)), (2 ** 24, (1009,)),
                                  (2 ** 31, (1009, None)), (2 ** 32, (1009, None)),
                                  (2 ** 63 - 1, (1009, None)), (2 ** 63, (None, 1002, 1009)),
                                  (2 ** 64 - 1, (None, 1002, 1009))):
                for mode in ("chat-room", "chat-room-text"):
                    client = server.connect(protocols=[mode])
                    client.socket.sendall(frame(0x81, b"x", length))
                    with self.subTest(length=length, mode=mode):
                        self.assertIn(end_of(client), codes)
            for first in (0x89, 0x8a, 0x88):
                client = server.json()
                client.socket.sendall(frame(first, b"x" * 126))
                with self.subTest(first=first):
                    self.assertIn(end_of(client), (None, 1002))

    def test_frames_that_are_not_masked_harm_nobody(self):
        """libwebsockets before 5.0 takes them as they are."""
        with Attacked(CONF) as server:
            client = server.json()
            client.socket.sendall(frame(0x81, b'{"type":"leave","id":5,"room":"x"}', mask=b""))
            outcome = probe(client, 6)
            if isinstance(outcome, list):
                self.assertEqual([event["id"] for event in outcome], [5])
            else:
                self.assertEqual(outcome, 1002)

    def test_binary_is_1003_whatever_comes_with_it(self):
        with Attacked(CONF) as server:
            for mode in ("chat-room", "chat-room-text"):
                for payload in (b"", b"{}", b"\xff" * 1000):
                    client = server.connect(protocols=[mode])
                    client.send_frame(BINARY, payload)
                    with self.subTest(mode=mode, payload=payload[:5]):
                        self.assertEqual(end_of(client), 1003)

    def test_who_sends_on_after_the_end(self):
        """What follows a Close, or what brought one about, is not read any more."""
        rest = frame(0x81, b'{"type":"join","room":"late"}') * 50
        with Attacked(CONF) as server:
            for begin, code in ((frame(0x88, b"\x03\xe8"), 1000), (frame(0x82, b"x"), 1003),
                                (frame(0x81, b"\xff"), 1007)):
                client = server.json()
                client.socket.sendall(begin + rest)
                with self.subTest(code=code):
                    self.assertIn(end_of(client), (code, None))
            watcher = server.json()
            watcher.send_json(type="join", room="late", id=1)
            self.assertEqual(watcher.receive_json("joined")["count"], 1)

    def test_a_flood_of_pings_is_no_trouble_for_others(self):
        with Attacked(CONF) as server:
            client = server.json()
            client.socket.settimeout(10)
            for _ in range(200):
                client.socket.sendall(frame(0x89, b"x" * 125) * 20)
                client.socket.setblocking(False)
                try:
                    while client.socket.recv(65536):
                        pass
                except BlockingIOError:
                    pass
                client.socket.settimeout(10)


class Utf8(unittest.TestCase):
    def test_invalid_at_every_split(self):
        """Over frames and over TCP segments, it is always 1007."""
        with Attacked(CONF) as server:
            for bad in BAD_UTF8:
                text = b'{"x":"' + bad + b'"}'
                for cut in range(1, len(text)):
                    for mode in ("chat-room", "chat-room-text"):
                        client = server.connect(protocols=[mode])
                        if cut % 2:
                            client.send_frame(TEXT, text[:cut], fin=False)
                            try:
                                client.send_frame(0, text[cut:])
                            except OSError:
                                pass
                        else:
                            whole = frame(0x81, text)
                            client.socket.sendall(whole[:6 + cut])
                            client.socket.sendall(whole[6 + cut:])
                        with self.subTest(bad=bad, cut=cut, mode=mode):
                            self.assertEqual(end_of(client), 1007)
                        server.drop(client)

    def test_valid_at_every_split(self):
        text = "aé中😀\u0000\uffff".encode()
        with Attacked(CONF) as server:
            line = server.connect("/chat?room=split&nick=L", protocols=["chat-room-text"])
            line.receive()
            for one in range(len(text) + 1):
                for two in range(one, len(text) + 1):
                    for n, part in enumerate((text[:one], text[one:two], text[two:])):
                        line.send_frame(0 if n else TEXT, part, fin=n == 2)
                    self.assertTrue(line.receive().endswith("说：aé中😀 \uffff"), (one, two))


class Requests(unittest.TestCase):
    VALUES = (None, True, False, 0, 1, -1, 50, 101, 2 ** 62, 2 ** 64, 0.5, 1e300, "", "x", "other",
              "x" * 65, "x" * 101, "\u202e", [], ["x"], [1], ["x"] * 9, [[]], {}, {"epoch": "x"},
              {"epoch": "x", "offset": 1}, {"epoch": 1, "offset": 1}, {"epoch": "x", "offset": -1},
              {"nick": "x"})
    BAD = ("bad-json", "bad-request", "unknown-type")
    GOOD = {"room": "nowhere", "nick": "x", "user": "x", "text": "x", "cid": "c", "active": True,
            "secret": "x"}

    def requests(self):
        """Each request with each of its members as each value, and without it."""
        for name in names("request"):
            definition = schema()["$defs"][f"request-{name}"]
            base = {"type": name, **{member: self.GOOD[member] for member in
                                     definition["required"] if member != "type"}}
            if "anyOf" in definition:
                base["nick"] = "x"
            for member in definition["properties"]:
                for value in self.VALUES:
                    yield {**base, member: value}
                yield {key: value for key, value in base.items() if key != member}

    def expected(self, request):
        """Whether the server must find a request well-formed: what the schema says, but for what
        has a reason of its own (names, empty texts, long lists), and numbers like 1.0."""
        if any(isinstance(value, float) for value in request.values()):
            return False
        shape = dict(request)
        for member in ("room", "nick"):
            if isinstance(shape.get(member), str):
                shape[member] = "x"
        if isinstance(shape.get("text"), str):
            shape["text"] = "x"
        if isinstance(shape.get("to"), list) and len(shape["to"]) > 8:
            shape["to"] = shape["to"][:8]
        if type(shape.get("limit")) is int and 0 <= shape["limit"] < 2 ** 63:
            shape["limit"] = 1  # that there is no such room comes first
        if shape.get("type") not in ("join", "leave", "message", "nick", "participants", "history",
                                     "typing", "pong"):
            shape.setdefault("secret", "x")
        return is_valid("request", shape)

    @staticmethod
    def ask(client, request, number):
        client.send(json.dumps(request))
        client.send('{"type":"pong"}')  # a good one, so that no ten bad ones come in a row
        return probe(client, number)

    def test_wrong_types_of_each_member(self):
        """The server and the schema agree about what is well-formed."""
        with Attacked(chat_conf(rate=0, per_ip=0, join_timeout=60, admin_key="x")) as server:
            client = server.json()
            for number, request in enumerate(self.requests()):
                answers = self.ask(client, request, f"probe-{number}")
                with self.subTest(request=request):
                    self.assertIsInstance(answers, list)
                    errors = [a["reason"] for a in answers if a["type"] == "error"]
                    self.assertLessEqual(len(errors), 1)
                    is_bad = bool(errors) and errors[0] in self.BAD
                    self.assertEqual(is_bad, not self.expected(request), answers)

    def test_requests_with_random_damage(self):
        """Whatever is changed in a request, the connection goes on, or ends with 1007."""
        rng, seed = seeded()
        samples = [json.dumps({"type": name, "id": 1, "room": "lobby", "text": "é\n", "cid": "c",
                               "nick": "x", "active": True, "limit": 5,
                               "since": {"epoch": "x", "offset": 1}}, ensure_ascii=False).encode()
                   for name in names("request")]
        with Attacked(CONF) as server:
            client = server.json()
            for n in range(600):
                text = bytearray(rng.choice(samples))
                for _ in range(rng.choice((1, 1, 2, 5))):
                    at = rng.randrange(len(text))
                    match rng.randrange(4):
                        case 0:
                            text[at] = rng.randrange(256)
                        case 1:
                            del text[at:at + rng.randrange(1, 9)]
                        case 2:
                            text[at:at] = text[rng.randrange(len(text)):][:rng.randrange(40)]
                        case _:
                            text[at:at] = rng.choice((b'"', b"{", b"[", b"\\u0000", b"\\", b"1e9"))
                    if not text:
                        break
                client.send_frame(TEXT, bytes(text))
                client.send('{"type":"pong"}')
                outcome = probe(client, f"probe-{n}")
                with self.subTest(seed=seed, n=n, text=bytes(text)):
                    if not isinstance(outcome, list):
                        self.assertEqual(outcome, 1007)
                        self.assertRaises(UnicodeDecodeError, bytes(text).decode)
                        server.drop(client)
                        client = server.json()

    def test_json_that_is_deep_or_has_names_twice(self):
        with Attacked(CONF) as server:
            client = server.json()
            for n, (text, reason) in enumerate((
                    ("[" * 16000, "bad-json"), ("{\"x\":" * 3000, "bad-json"),
                    ("[" * 17 + "]" * 17, "bad-json"), ("[" * 16 + "]" * 16, "bad-request"),
                    ('{"x":{"a":1,"a":2}}', "bad-json"), ('{"type":"pong","type":"x"}', "bad-json"),
                    ('{"x":"' + "[" * 100 + '\\"[","type":1}', "bad-request"),
                    ('{"x":1' + "0" * 400 + "}", "bad-json"), ("\ufeff{}", "bad-json"),
                    ('{"x":"\\udc00"}', "bad-json"), ("\x00", "bad-json"), ("nul", "bad-json"))):
                client.send(text)
                client.send('{"type":"pong"}')
                with self.subTest(text=text[:40]):
                    self.assertEqual([event["reason"] for event in probe(client, n)], [reason])

    def test_ten_bad_ones_end_it_and_nine_do_not(self):
        with Attacked(CONF) as server:
            client = server.json()
            client.socket.sendall(frame(0x81, b"[") * 9 + frame(0x81, b'{"type":"pong"}'))
            self.assertEqual(len(probe(client, "alive")), 9)
            client.socket.sendall(frame(0x81, b"[") * 10)
            self.assertEqual(end_of(client), 4500)


class Crowds(unittest.TestCase):
    def test_connections_that_come_and_go(self):
        """Cut at each stage of their life, they leave nothing behind."""
        rng, seed = seeded()
        with Attacked(CONF) as server:
            for n in range(1200):
                stage = rng.randrange(6)
                if stage < 2:
                    raw = socket.create_connection(("127.0.0.1", server.port))
                    raw.sendall((b"", b"GET /chat HTTP/1.1\r\nUpgrade: webs")[stage])
                    raw.close()
                    continue
                client = server.connect(protocols=[("chat-room", "chat-room-text")[n % 2]])
                if stage == 3:
                    client.send_frame(TEXT, b'{"type":"join","room":"r%d"}' % (n % 20))
                elif stage == 4:
                    client.send_frame(CLOSE, b"\x03\xe8")
                elif stage == 5:
                    client.send_frame(PING, b"x")
                reset(client) if rng.random() < 0.5 else client.abort()
                server.clients.remove(client)

    def test_many_half_messages_are_held_and_cost_nobody_else(self):
        with Attacked(CONF) as server:
            for n in range(100):
                client = server.json()
                client.send_frame(TEXT, b"x" * 16000, fin=False)
                self.assertEqual(client.socket.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR), 0)
            self.assertEqual(probe(server.json(), 1), [])

    def test_a_flood_above_the_rate_ends_with_4500(self):
        with Attacked(chat_conf(rate=50, burst=50)) as server:
            flooder = server.json()
            request = frame(0x81, b'{"type":"leave","room":"x"}')
            try:
                for _ in range(40):
                    flooder.socket.sendall(request * 20)
            except OSError:
                pass
            self.assertIn(end_of(flooder), (4500, None))


if __name__ == "__main__":
    unittest.main()
