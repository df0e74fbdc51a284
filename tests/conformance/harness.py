"""What the checks share: how they are registered, and the clients that they speak through."""

import collections
import os
import socket
import time

from websocket_client import CLOSE, PING, PONG, TEXT, WsClient, WsClosed

Check = collections.namedtuple("Check", "name about function needs")
CHECKS = []
ANSWERS = ("ok", "joined", "history", "participants")
PATIENCE = 10  # seconds for an answer


class Skip(Exception):
    """The server is not set up for this check; says what it would need."""


def check(needs=None):
    """Register a function as a check. needs: given the context, says what is missing, or None."""
    def register(function):
        CHECKS.append(Check(function.__name__.replace("_", "-"), function.__doc__.splitlines()[0],
                            function, needs))
        return function
    return register


def equal(got, wanted, what="got"):
    assert got == wanted, f"{what} is {got!r} instead of {wanted!r}"


def has_members(event, needed, optional=()):
    """Exactly these members, `type` aside."""
    names = set(event) - {"type"}
    assert set(needed) <= names, f"{event} lacks {set(needed) - names}"
    assert names <= set(needed) | set(optional), f"{event} has {names - set(needed) - set(optional)}"


class Chat(WsClient):
    """A JSON client that has read its welcome, and that keeps to the server's rate."""

    def __init__(self, *arguments, **options):
        super().__init__(*arguments, protocols=["chat-room"], **options)
        self.welcome = self.receive_json("welcome")
        limits = self.welcome["limits"]
        self.rate, self.burst = limits["rate"], limits["burst"]
        self.full_at = time.monotonic()  # when the bucket of requests is full again

    def _wait_for_rate(self):
        if not self.rate:
            return
        now = time.monotonic()
        self.full_at = max(now, self.full_at) + 1 / self.rate
        wait = self.full_at - now - (self.burst - 1) / self.rate
        if wait > 0:
            time.sleep(wait)

    def send(self, text):
        self._wait_for_rate()
        super().send(text)

    def ask(self, kind, reply=None, **members):
        """Send a request; returns the next message of type `reply`."""
        self.send_json(type=kind, **members)
        return self.receive_json(reply) if reply else None

    def join(self, room, **members):
        return self.ask("join", "joined", room=room, **members)

    def say(self, room, text, cid=None, **members):
        """Say something; returns the answer."""
        cid = cid or os.urandom(6).hex()
        return self.ask("message", "ok", id=cid, room=room, text=text, cid=cid, **members)

    def refused(self, kind, **members):
        """Send a request that is refused; returns code and reason."""
        self.send_json(type=kind, **members)
        while True:
            answer = self.receive_json()
            if answer["type"] == "error":
                return answer["code"], answer["reason"]
            assert answer["type"] not in ANSWERS, f"{kind} was done: {answer}"

    def drain(self):
        """All that has been sent so far: three round trips are more turns of the server's loop
        than an event needs."""
        events = []
        for n in range(3):
            self.send_frame(PING, b"%d" % n)
            while True:
                fin, opcode, payload = self.receive_frame()
                if opcode == PONG and payload == b"%d" % n:
                    break
                assert opcode == TEXT and fin, f"opcode {opcode}"
                events.append(self.parse(payload))
        return [event for event in events if event["type"] != "ping"]


def close_code(client):
    """Read up to the server's Close; returns its code, None when the connection just ended."""
    try:
        while True:
            client.receive_bytes()
    except WsClosed as closed:
        assert len(closed.reason.encode()) <= 123, "the reason is too long"
        return closed.code
    except socket.timeout:
        raise AssertionError("not closed") from None


class Context:
    """The server, and the clients of the check that runs."""

    def __init__(self, url, options, room_secret, pin_room):
        self.host, self.is_tls = url.hostname, url.scheme == "wss"
        self.port = url.port or (443 if self.is_tls else 80)
        self.authority = url.netloc.rpartition("@")[2]
        self.path = (url.path or "/chat") + (f"?{url.query}" if url.query else "")
        self.options = options
        self.room_secret, self.pin_room = room_secret, pin_room
        self.clients = []
        self.run = os.urandom(3).hex()
        self.rooms = 0
        self.welcome = self.chat().welcome
        self.limits = self.welcome["limits"]
        self.hang_up()

    def _place(self, options):
        options = {"path": self.path, "host": self.host, "tls": self.is_tls, "timeout": PATIENCE,
                   "host_header": self.authority, **options}
        return options

    def chat(self, room=None, nick=None, **options):
        """A JSON client; with `room` one that has joined it."""
        client = Chat(self.port, **self._place(options))
        self.clients.append(client)
        if room:
            client.joined = client.join(room, history=0, **({"nick": nick} if nick else {}))
        return client

    def text(self, query="", **options):
        """A text client."""
        options = self._place({"protocols": ["chat-room-text"], **options})
        options["path"] += query
        client = WsClient(self.port, **options)
        self.clients.append(client)
        return client

    def fresh_room(self):
        """A room that nobody has been in; for checks after which places in it may be held."""
        self.rooms += 1
        return f"conformance-{self.run}-{self.rooms}"

    def room(self):
        """A room that earlier checks may have left messages in: servers have only so many."""
        return f"conformance-{self.run}"

    def pair(self, room=None):
        """Ann and Bob in a room, with nothing left to read."""
        room = room or self.room()
        ann, bob = self.chat(room, "Ann"), self.chat(room, "Bob")
        ann.receive_json("join")
        return room, ann, bob

    def hang_up(self):
        """Say goodbye for all, so that no place is held."""
        for client in self.clients:
            try:
                client.socket.settimeout(2)
                client.close()
            except (OSError, AssertionError, UnicodeDecodeError):
                client.abort()
        self.clients = []


def needs_option(name, most):
    """A check's need of a server's option that it has to be told, with a value up to `most`."""
    def missing(context):
        value = context.options.get(name)
        return None if value and value <= most else f"--server {name}=N, at most {most}"
    return missing


def needs_no_rate(context):
    return "a server without rate (rate 0)" if context.limits["rate"] else None


def needs_rate(context):
    rate = context.limits
    return None if 0 < rate["rate"] <= 50 and rate["burst"] <= 200 else \
        "a server with a rate of at most 50 and a burst of at most 200"


__all__ = ["CHECKS", "CLOSE", "Chat", "Check", "Context", "Skip", "check", "close_code", "equal",
           "has_members", "needs_no_rate", "needs_option", "needs_rate"]
