"""People of a chat whose server is killed again and again: they come back and carry on."""

import json
import socket
import struct
import threading

from ledger import Broken
from support.ws import WsClient, WsClosed

WINDOW = 32  # messages that a writer has under way
GONE = (WsClosed, OSError)


class Client(WsClient):
    """A JSON client that has read its welcome."""

    def __init__(self, port):
        super().__init__(port, protocols=["chat-room"], timeout=60)
        self.welcome = self.receive_json("welcome")

    def send_many(self, requests):
        """All in one piece, so that the server has them at once. Masked with zeros."""
        frames = b""
        for request in requests:
            text = json.dumps(request).encode()
            frames += struct.pack("!BBH4x", 0x81, 0x80 | 126, len(text)) + text
        self.socket.sendall(frames)

    def hang_up(self):
        """End it for whoever is reading from it; the socket stays theirs."""
        try:
            self.socket.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass

    def join(self, room, **members):
        self.send_json(type="join", room=room, **members)
        while True:
            answer = self.receive_json()
            if answer["type"] == "error":
                raise Broken(f"joining {room}: {answer}")
            if answer["type"] == "joined":
                return answer


def recover(client, room, offset, **members):
    """Join, knowing everything up to `offset`; returns what came since: [(number, cid)]."""
    since = {"epoch": room.epoch, "offset": offset} if room.epoch else None
    seen = room.newest()
    joined = client.join(room.name, **members, **({"since": since} if since else {}))
    room.joined(joined["epoch"], joined["offset"], seen)
    if since and joined.get("recovered") is not True:
        raise Broken(f"{room.name}: not recovered from {offset}: {joined}")
    if since and joined["replay"] != joined["offset"] - offset:
        raise Broken(f"{room.name}: {joined['replay']} replayed from {offset} on: {joined}")
    missed = []
    for _ in range(joined["replay"]):
        message = client.receive_json("message")
        missed.append((message["offset"], message["cid"]))
    return joined, missed


class Member:
    """One who reads a room; what it sees goes into the room's ledger."""

    def __init__(self, room, nick):
        self.room, self.nick = room, nick
        self.offset = 0
        self.broken = None
        self.client = None
        self.threads = []

    def connect(self, port):
        self.client = Client(port)
        _, missed = recover(self.client, self.room, self.offset, nick=self.nick,
                            **self.identity())
        if self.room.epoch and missed and missed[0][0] == self.offset + 1:
            self.room.check(self.offset + 1, missed)
        for offset, cid in missed:
            self.see(offset, cid)

    def identity(self):
        return {}

    def see(self, offset, cid):
        if self.offset and offset != self.offset + 1:
            raise Broken(f"{self.nick} was shown {offset} after {self.offset}")
        self.offset = offset
        self.room.saw(offset, cid)

    def handle(self, event):
        if event["type"] == "message":
            self.see(event["offset"], event["cid"])
        elif event["type"] == "error":
            raise Broken(f"{self.nick}: {event}")
        elif event["type"] == "ping":
            self.client.send(json.dumps({"type": "pong"}))

    def read(self):
        while True:
            self.handle(self.client.receive_json())

    def work(self):
        return [self.read]

    def start(self):
        self.threads = [threading.Thread(target=self.guard, args=(job,)) for job in self.work()]
        for thread in self.threads:
            thread.start()

    def guard(self, job):
        try:
            job()
        except GONE:
            self.stop()
        except Exception as error:  # pylint: disable=broad-except
            self.broken = self.broken or error
            self.stop()

    def stop(self):
        """Nothing to be done: who only reads finds out by itself."""

    def finish(self):
        for thread in self.threads:
            thread.join(60)
            if thread.is_alive():
                raise Broken(f"{self.nick} hangs")
        self.client.abort()
        if self.broken:
            raise self.broken


class Writer(Member):
    """One who talks as fast as answers come, and says again what was not answered."""

    def __init__(self, room, nick):
        super().__init__(room, nick)
        self.session = None
        self.next = 0
        self.unanswered = {}  # cids, in the order in which they were said
        self.resent = self.found = 0
        self.changed = threading.Condition()
        self.is_gone = False
        self.is_deaf = False  # what comes is lost on the way

    def identity(self):
        return {"session": self.session} if self.session else {}

    def connect(self, port):
        self.is_gone = self.is_deaf = False
        super().connect(port)
        self.session = self.session or self.client.welcome["session"]

    def work(self):
        return [self.read, self.write]

    def say(self, cids):
        self.client.send_many([{"type": "message", "id": cid, "room": self.room.name, "cid": cid,
                                "text": f"{cid} {'x' * 100}"} for cid in cids])

    def more(self):
        """The next things to say, once half of what was said is answered."""
        with self.changed:
            self.changed.wait_for(lambda: len(self.unanswered) <= WINDOW // 2 or self.is_gone)
            first, self.next = self.next, self.next + WINDOW - len(self.unanswered)
            cids = [f"{self.nick}-{n}" for n in range(first, self.next)]
            self.unanswered.update(dict.fromkeys(cids))
        return cids

    def write(self):
        with self.changed:
            again = list(self.unanswered)
        self.resent += len(again)
        self.found += sum(cid in self.room.by_cid for cid in again)
        self.say(again)
        while not self.is_gone:
            self.say(self.more())

    def handle(self, event):
        if self.is_deaf:
            return
        if event["type"] != "ok":
            super().handle(event)
            return
        self.room.acknowledge(event["offset"], event["id"])
        with self.changed:
            self.unanswered.pop(event["id"], None)
            self.changed.notify_all()

    def stop(self):
        with self.changed:
            self.is_gone = True
            self.changed.notify_all()
