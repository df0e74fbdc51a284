"""What goes on in a server that lives long: people who stay, people who come and go, questions, listeners.

Each kind of life is a job in a thread of its own. Jobs outlive a reload of the server: they come back, and a
server that does not let them for RETURN_S is broken.
"""

import random
import threading
import time

from ledger import Broken
from members import GONE, Client, Member, Writer
from support.api import EventStream
from support.ip_info import fetch, fetch_json
from support.ws import WsRefused

RETURN_S = 30


class Times:
    """How long things took since the last look, in milliseconds."""

    def __init__(self):
        self._lock = threading.Lock()
        self._all = []

    def add(self, seconds):
        with self._lock:
            self._all.append(seconds * 1000)

    def take(self):
        """(median, 99th percentile, how many); the first two None when there were none."""
        with self._lock:
            taken, self._all = sorted(self._all), []
        if not taken:
            return None, None, 0
        return taken[len(taken) // 2], taken[len(taken) * 99 // 100], len(taken)


class Talker(Writer):
    """One who says something `rate` times a second, and takes the time until it is heard by all."""

    def __init__(self, room, nick, rate, times):
        super().__init__(room, nick)
        self.pause_s, self.times = 1 / rate, times
        self.said_at = {}

    def more(self):
        with self.changed:
            self.changed.wait_for(lambda: self.is_gone, self.pause_s)
            if self.is_gone:
                return []
            cid = f"{self.nick}-{self.next}"
            self.next += 1
            self.unanswered[cid] = None
            self.said_at[cid] = time.monotonic()
        return [cid]

    def handle(self, event):
        super().handle(event)
        if event["type"] == "message":
            with self.changed:
                said = self.said_at.pop(event["cid"], None)
            if said:
                self.times.add(time.monotonic() - said)


class Job:
    """A thread that does something again and again until it is stopped."""

    def __init__(self, server, stop):
        self.server, self.stop = server, stop
        self.done = 0
        self.broken = None
        self.thread = threading.Thread(target=self._run)

    def once(self):
        raise NotImplementedError

    def _run(self):
        since = None  # it has not worked since
        while not self.stop.is_set() and not self.broken:
            try:
                self.once()
                self.done += 1
                since = None
            except (*GONE, WsRefused, EOFError) as error:
                since = since or time.monotonic()
                if time.monotonic() - since > RETURN_S:
                    self.broken = Broken(f"{type(self).__name__}: not back after {RETURN_S} s: {error!r}")
                self.stop.wait(0.05)
            except Exception as error:  # pylint: disable=broad-except
                self.broken = error

    def finish(self):
        self.thread.join(60)
        if self.thread.is_alive():
            raise Broken(f"{type(self).__name__} hangs")
        if self.broken:
            raise self.broken


class Stay(Job):
    """A member who stays, and comes back whenever the server has thrown everybody out."""

    def __init__(self, server, stop, member: Member):
        super().__init__(server, stop)
        self.member = member

    def once(self):
        self.member.connect(self.server.port)
        self.member.start()
        while any(thread.is_alive() for thread in self.member.threads):
            if self.stop.wait(0.1):
                self.member.client.hang_up()
                break
        self.member.finish()


class ComeAndGo(Job):
    """A hundred people who join, say one thing, and leave: politely, or without a word, or with a bad frame.
    They come back as who they were: the store remembers 65536 for 30 days, and would grow until then."""

    PEOPLE = 100

    def __init__(self, server, stop, chance):
        super().__init__(server, stop)
        self.chance = random.Random(chance.random())
        self.sessions = {}

    def once(self):
        client = Client(self.server.port)
        try:
            who = self.chance.randrange(self.PEOPLE)
            known = {"session": self.sessions[who]} if who in self.sessions else {}
            client.join("square", **known)
            self.sessions.setdefault(who, client.welcome["session"])
            client.send_json(type="message", room="square", cid=f"{self.chance.random()}",
                             text="hello and goodbye")
            client.receive_json("message")
            way = self.chance.randrange(4)
            if way == 0:
                client.close()
            elif way == 1:
                client.send_frame(3, b"reserved")
            elif way == 2:
                client.send_json(type="leave", room="square")
                client.close()
        finally:
            client.abort()
        self.stop.wait(0.03)


class Ask(Job):
    """Requests for addresses, some of which are known."""

    def __init__(self, server, stop, chance, times):
        super().__init__(server, stop)
        self.chance, self.times = random.Random(chance.random()), times

    def once(self):
        addresses = [f"11.{self.chance.randrange(4)}.{self.chance.randrange(256)}.{n + 1}"
                     for n in range(4)]
        begun = time.monotonic()
        status, _, body = fetch_json(self.server.port,
                                     "/ip-info?" + "&".join(f"ip={a}" for a in addresses))
        if status == 503:  # it is stopping
            raise EOFError
        if status != 200 or not body["complete"]:
            raise Broken(f"ip-info answered {status}: {body}")
        if [result["ip"] for result in body["results"]] != addresses:
            raise Broken(f"asked {addresses}, answered {body}")
        self.times.add(time.monotonic() - begun)
        self.stop.wait(0.05)


class Listen(Job):
    """An event stream of a busy room, left after some events."""

    def once(self):
        stream = EventStream(self.server.port, "/api/rooms/lobby/events")
        try:
            if stream.status != 200:
                raise EOFError
            for _ in range(20):
                stream.event()
        finally:
            stream.socket.close()


class Read(Job):
    """The page, and the metrics."""

    def once(self):
        for path in ("/", "/api/metrics", "/api/rooms/lobby/messages"):
            status, _, body = fetch(self.server.port, path)
            if status == 503:
                raise EOFError
            if status != 200 or not body:
                raise Broken(f"{path}: {status}")
        self.stop.wait(0.2)
