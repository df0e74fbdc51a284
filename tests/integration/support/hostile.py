"""What the tests of bad input share: people who must not notice, seeds, what a connection came to."""

import json
import os
import random
import socket
import struct
import threading
import time

from .chat import ChatServer
from .ws import CLOSE, PONG, TEXT, WsClient, WsClosed

NOTICED = 3.0  # seconds that a message may take while others attack; sanitizers and load included


class Bystanders(threading.Thread):
    """Ann and Bob talk all the time; what takes too long, or does not arrive, is remembered."""

    def __init__(self, port):
        super().__init__(daemon=True)
        self.ann, self.bob = (WsClient(port, protocols=["chat-room"]) for _ in range(2))
        for client, nick in ((self.ann, "Ann"), (self.bob, "Bob")):
            client.receive_json("welcome")
            client.send_json(type="join", nick=nick, history=0)
            client.receive_json("joined")
        self.worst, self.said, self.trouble = 0.0, 0, None
        self.is_over = threading.Event()
        self.start()

    def run(self):
        try:
            while not self.is_over.wait(0.02):
                began = time.monotonic()
                self.said += 1
                self.ann.send_json(type="message", room="lobby", text=str(self.said),
                                   cid=str(self.said))
                while self.bob.receive_json("message")["text"] != str(self.said):
                    pass
                self.worst = max(self.worst, time.monotonic() - began)
        except (WsClosed, OSError, AssertionError) as error:
            self.trouble = repr(error)

    def finish(self):
        """Raise AssertionError when they noticed something."""
        while self.said < 3 and self.is_alive():
            time.sleep(0.01)
        self.is_over.set()
        self.join(30)
        for client in (self.ann, self.bob):
            client.close()
        assert self.trouble is None, f"the bystanders: {self.trouble}"
        assert self.worst < NOTICED, f"a bystander waited {self.worst:.2f} s"


class Attacked(ChatServer):
    """A server with bystanders in its lobby. When it ends they have noticed nothing, all other
    connections are gone, and their descriptors with them."""

    def __enter__(self):
        super().__enter__()
        self.bystanders = Bystanders(self.port)
        self.descriptors = self.count_descriptors()
        return self

    def count_descriptors(self):
        return len(os.listdir(f"/proc/{self.process.pid}/fd"))

    def json(self, **options):
        client = self.connect(protocols=["chat-room"], **options)
        client.receive_json("welcome")
        return client

    def drop(self, client):
        client.abort()
        self.clients.remove(client)

    def __exit__(self, kind, value, trace):
        try:
            for client in self.clients:
                client.abort()
            if kind is None:
                self.wait_until(lambda: self.count_descriptors() <= self.descriptors,
                                "all connections to be gone", 15)
                self.bystanders.finish()
        finally:
            self.clients += [self.bystanders.ann, self.bystanders.bob]
            super().__exit__(kind, value, trace)


def seeded():
    """Random numbers, and the seed that repeats them; HOSTILE_SEED sets it."""
    seed = os.environ.get("HOSTILE_SEED") or os.urandom(4).hex()
    return random.Random(seed), f"HOSTILE_SEED={seed}"


def end_of(client, seconds=20):
    """Read to the end: the close code, or None when it ended without one. A connection that is
    still open then is an AssertionError."""
    client.socket.settimeout(seconds)
    try:
        while True:
            opcode, payload = client.receive_frame()[1:]
            if opcode == CLOSE:
                return struct.unpack("!H", payload[:2])[0] if len(payload) > 1 else 1005
    except WsClosed as closed:
        return closed.code
    except socket.timeout:
        raise AssertionError("still open") from None
    except OSError:
        return None


def probe(client, number):
    """Ask something whose answer is known. Returns what came before the answer, or the close code
    of a connection that has ended."""
    came = []
    try:
        client.send_frame(TEXT, json.dumps({"type": "leave", "id": number,
                                            "room": "nowhere"}).encode())
        while True:
            opcode, payload = client.receive_frame()[1:]
            if opcode == CLOSE:
                return struct.unpack("!H", payload[:2])[0] if len(payload) > 1 else 1005
            if opcode == PONG:
                continue
            event = json.loads(payload)
            if event["type"] == "error" and event.get("id") == number:
                return came
            came.append(event)
    except (WsClosed, BrokenPipeError, ConnectionResetError):
        return None


def reset(client):
    """Cut the connection with RST."""
    client.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    client.abort()


def finish(client):
    """Say that nothing more comes, unless the peer has gone before."""
    try:
        client.socket.shutdown(socket.SHUT_WR)
    except OSError:
        pass
