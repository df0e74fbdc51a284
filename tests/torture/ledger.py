"""What anybody has seen of a room: the truth that a server has to stand by after every crash."""

import threading


class Broken(Exception):
    """A promise of the server is broken."""


class Room:
    """One room's messages as they were acknowledged or shown. Every sighting is held against all
    others: a number is one message, and a message is one number."""

    def __init__(self, name):
        self.name = name
        self.epoch = None
        self.by_offset, self.by_cid = {}, {}
        self.acknowledged = 0
        self._changed = threading.Condition()

    def newest(self):
        """The highest number that anybody has seen, 0 for none."""
        with self._changed:
            return max(self.by_offset, default=0)

    def joined(self, epoch, offset, seen):
        """Somebody was let in, and told that `offset` is the newest; `seen` was the newest before they asked."""
        with self._changed:
            if self.epoch is None:
                self.epoch = epoch
            if epoch != self.epoch:
                raise Broken(f"{self.name}: epoch {epoch} instead of {self.epoch}")
            if offset < seen:
                raise Broken(f"{self.name}: newest is {offset}, {seen} was seen")

    def saw(self, offset, cid):
        with self._changed:
            if self.by_offset.setdefault(offset, cid) != cid:
                raise Broken(f"{self.name}: number {offset} is {cid}, it was"
                             f" {self.by_offset[offset]}")
            if self.by_cid.setdefault(cid, offset) != offset:
                raise Broken(f"{self.name}: {cid} has number {offset}, it had {self.by_cid[cid]}")
            self._changed.notify_all()

    def acknowledge(self, offset, cid):
        self.saw(offset, cid)
        with self._changed:
            self.acknowledged += 1

    def wait_seen(self, count, seconds):
        """Wait until `count` messages are known, or for that long."""
        with self._changed:
            self._changed.wait_for(lambda: len(self.by_offset) >= count, seconds)

    def check(self, first, messages):
        """messages: all numbers and cids from `first` on, as the server has them now."""
        offsets = [offset for offset, _ in messages]
        if offsets != list(range(first, first + len(offsets))):
            raise Broken(f"{self.name}: numbers from {first} on have holes")
        there = dict(messages)
        for offset, cid in list(self.by_offset.items()):
            if offset >= first and there.get(offset) != cid:
                raise Broken(f"{self.name}: number {offset} was {cid} and is {there.get(offset)}")
        for offset, cid in messages:
            self.saw(offset, cid)
