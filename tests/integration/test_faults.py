"""What goes wrong around a server: docs/reliability.md says what people see, these show it."""

import ctypes
import fcntl
import os
import signal
import socket
import struct
import subprocess
import sys
import tempfile
import threading
import time
import unittest

from support import StubUpstream, preload
from support.api import ApiServer
from support.chat import ChatServer, chat_conf
from support.ip_info import asking, fetch_json, sina, site
from support.ws import WsClosed

DAY_S = 86400


class Listener(threading.Thread):
    """A member who answers pings and takes down what it hears."""

    def __init__(self, client, nick):
        super().__init__(daemon=True)
        self.client, self.heard, self.closed = client, [], None
        client.receive_json("welcome")
        client.send_json(type="join", room="lobby", nick=nick)
        self.joined = client.receive_json("joined")
        self.start()

    def run(self):
        try:
            while True:
                event = self.client.receive_json()
                if event["type"] == "ping":
                    self.client.send_json(type="pong")
                elif event["type"] == "message":
                    self.heard.append(event)
        except (WsClosed, OSError) as closed:
            self.closed = closed


def wait(condition, what, seconds=30):
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            raise AssertionError(f"waited {seconds} s for {what}")
        time.sleep(0.02)


class Stopped(unittest.TestCase):
    def test_a_server_that_stands_still_blames_nobody(self):
        """SIGSTOP for longer than pings may take: their answers are in the socket when it wakes."""
        with ChatServer(chat_conf(ping_interval=1, pong_timeout=1, rate=0)) as server:
            people = [Listener(server.connect(protocols=["chat-room"]), f"p{n}") for n in range(20)]
            for _ in range(3):
                server.signal(signal.SIGSTOP)
                time.sleep(3)
                server.signal(signal.SIGCONT)
                before = len(people[0].heard)
                people[0].client.send_json(type="message", room="lobby", cid=f"{before}",
                                           text="still here")
                wait(lambda: all(len(p.heard) > before or p.closed for p in people), "all to hear it")
                self.assertEqual([p.closed for p in people if p.closed], [])


class Clock(unittest.TestCase):
    def test_a_wall_clock_that_jumps_changes_times_only(self):
        with tempfile.TemporaryDirectory() as folder, StubUpstream(sina) as upstream:
            name = os.path.join(folder, "offset")
            environment = {**preload.build(folder, "clock"), "CLOCK_FILE": name}
            conf = site(asking(upstream, cache_entries=100))
            conf["ws-protocols"] += chat_conf(
                store=f"sqlite:{folder}/chat.db", ping_interval=2, pong_timeout=2, history_ttl=3600,
                rate=5)[0]["ws-protocols"]
            with ChatServer([conf], environment=environment) as server:
                ann = Listener(server.connect(protocols=["chat-room"]), "Ann")
                times = []
                for number, offset in enumerate((0, DAY_S, -DAY_S, 60 * DAY_S, 0)):
                    with open(name + ".new", "w", encoding="ascii") as file:
                        file.write(str(offset))
                    os.rename(name + ".new", name)
                    for n in range(4):  # within the rate, whatever the clock says
                        ann.client.send_json(type="message", room="lobby", text=f"{number} {n}",
                                             cid=f"{number}-{n}")
                        wait(lambda: len(ann.heard) == number * 4 + n + 1 or ann.closed, "it")
                    times.append(ann.heard[-1]["time"])
                    self.assertTrue(fetch_json(server.port,
                                               "/ip-info?ip=14.130.112.24")[2]["complete"])
                    time.sleep(0.9)  # of the rate
                self.assertEqual([event["offset"] for event in ann.heard], list(range(1, 21)))
                self.assertEqual(sorted(times, key=str)[-1], times[3])
                wait(lambda: not ann.closed, "")
                bob = Listener(server.connect(protocols=["chat-room"]), "Bob")
                self.assertEqual(bob.joined["offset"], 20)
            self.assertEqual(len(upstream.requests), 1)


CLONE_NEWUSER, CLONE_NEWNET = 0x10000000, 0x40000000
SIOCGIFFLAGS, SIOCSIFFLAGS, IFF_UP = 0x8913, 0x8914, 1


def set_loopback(is_up):
    """The network cable of everything in this network namespace."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as any_socket:
        request = struct.pack("16sH14x", b"lo", 0)
        flags, = struct.unpack("16xH14x", fcntl.ioctl(any_socket, SIOCGIFFLAGS, request))
        flags = flags | IFF_UP if is_up else flags & ~IFF_UP
        fcntl.ioctl(any_socket, SIOCSIFFLAGS, struct.pack("16sH14x", b"lo", flags))


def half_open():
    """In a network of its own: everybody's packets are dropped, without an end of any connection."""
    set_loopback(True)
    with ApiServer(ping_interval=1, pong_timeout=1, leave_delay=1) as server:
        people = [Listener(server.connect(protocols=["chat-room"]), f"p{n}") for n in range(5)]
        stream = server.listen()
        connections = server.ask("/status")[2]["connections"]
        assert (connections["json"], connections["events"]) == (5, 1), connections
        set_loopback(False)
        time.sleep(4)  # two pings and their patience
        set_loopback(True)

        def gone():
            return server.ask("/status")[2]["connections"]["json"] == 0
        wait(gone, "the server to give them up")
        metrics = server.ask("/metrics")[2]
        assert 'chat_closes_total{by="server",code="4001"} 5' in str(metrics), metrics
        stream.socket.close()
        back = Listener(server.connect(protocols=["chat-room"]), "back")
        back.client.send_json(type="message", room="lobby", cid="x", text="x")
        wait(lambda: back.heard, "the server to go on")
    print("given up")


class Network(unittest.TestCase):
    def test_connections_whose_packets_are_dropped_are_given_up(self):
        libc = ctypes.CDLL(None, use_errno=True)

        def unshare():
            if libc.unshare(CLONE_NEWNET) and libc.unshare(CLONE_NEWUSER | CLONE_NEWNET):
                os._exit(77)

        ran = subprocess.run([sys.executable, __file__, "half-open"], preexec_fn=unshare, text=True,
                             capture_output=True, timeout=120, check=False)
        if ran.returncode == 77:
            self.skipTest("no network namespaces here")
        self.assertEqual(ran.returncode, 0, ran.stdout + ran.stderr)
        self.assertIn("given up", ran.stdout)


if __name__ == "__main__":
    if sys.argv[1:] == ["half-open"]:
        half_open()
    else:
        unittest.main()
