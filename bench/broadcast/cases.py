"""What is measured: each case returns its rounds, prints a table, and adds to the goals."""

import os
import resource
import sys
import time

from loading import LoadFailed
from report import count, ratios, spread, table
from server import Unavailable
from servers import PEER_STARTERS, Lwshost

NAMES = {"text": "lwshost, text", "json": "lwshost, JSON", "floor": "bare send() loop",
         "uws": "uWebSockets", "nchan": "nchan in nginx", "ws": "Node ws", "tornado": "Tornado"}
CROWD = 10000
SPARE_DESCRIPTORS = 200
QUICK_S, WHOLE_S = 150, 480  # after that nothing more is begun


class Bench:
    """The machine, the options of this run, and what was found."""

    def __init__(self, build, loader, cpu, goals, is_quick, rounds):
        self.build, self.loader, self.cpu, self.goals = build, loader, cpu, goals
        self.is_quick = is_quick
        self.rounds = 1 if is_quick else rounds
        self.end, self.is_over = time.monotonic() + (QUICK_S if is_quick else WHOLE_S), False
        self.found = {}
        self.notes = []
        limit = resource.getrlimit(resource.RLIMIT_NOFILE)[0]
        self.crowd = min(CROWD, limit * 7 // 8 - SPARE_DESCRIPTORS)
        if self.crowd < CROWD:
            self.note(f"ulimit -n allows only {limit}: {self.crowd} members instead of {CROWD}")

    def note(self, text):
        print(f"note: {text}", file=sys.stderr, flush=True)
        self.notes.append(text)

    def lwshost(self, **options):
        return Lwshost(self.build, self.cpu, **options)

    def peer(self, name):
        """Start it; None, and a note once, when it can't be had."""
        try:
            return PEER_STARTERS[name](self.build, self.cpu)
        except Unavailable as problem:
            text = f"without {NAMES[name]}: {problem}"
            if text not in self.notes:
                self.note(text)
            return None

    def peers(self):
        """Start those that can be had; returns them by name."""
        started = {name: self.peer(name) for name in PEER_STARTERS}
        return {name: server for name, server in started.items() if server}

    def run(self, server, mode, **options):
        """One measurement; None, and a note, when it failed or the time is over."""
        if time.monotonic() > self.end:
            if not self.is_over:
                self.note("the time is over: what is missing was not measured")
            self.is_over = True
            return None
        try:
            result = self.loader.run(server, mode, **options)
        except LoadFailed as problem:
            self.note(f"{NAMES[mode]}, {options}: {problem}")
            return None
        if mode in ("text", "json") and not result.get("is_good", True):
            self.note(f"{NAMES[mode]}, {options}: not everything arrived everywhere "
                      f"({result['closed']} members were closed)")
        return result

    @staticmethod
    def keep(results, result):
        """Add a measurement to others, if there is one; nothing delivered is none."""
        if result and result.get("deliveries"):
            results.append(result)


def column(results, key):
    return [result[key] for result in results]


def fanout_rows(by_mode):
    rows = []
    for mode, results in by_mode.items():
        if not results:
            continue
        rates = spread(column(results, "rate_out"))
        rows.append((NAMES[mode], count(rates["median"]),
                     f"{count(rates['min'])} to {count(rates['max'])}",
                     f"{spread(column(results, 'us'))['median']:.3f}",
                     f"{spread(column(results, 'ns_byte'))['median']:.2f}",
                     f"{100 * spread(column(results, 'load_busy'))['median']:.0f} %"))
    return rows


def fanout_goals(bench, members, in_flight, by_mode):
    def against(peer, least, mode="text"):
        value = None
        if by_mode.get(peer) and by_mode[mode]:
            value = ratios(column(by_mode[mode], "rate_out"), column(by_mode[peer], "rate_out"))
        bench.goals.add(f"deliveries/s, {members} members, {in_flight} in flight, against "
                        f"{NAMES[peer]}", least, value, "x", at_least=True)

    if in_flight == 16 or (in_flight == 256 and members == 1000):
        against("ws", 18 if in_flight == 16 else 60)
        against("tornado", 60 if in_flight == 16 else 200)
    if in_flight > 1:
        against("uws", 1)
        bench.goals.add(f"JSON against text, processor time per byte, {members} members, "
                        f"{in_flight} in flight", 1.15,
                        ratios(column(by_mode["json"], "ns_byte"),
                               column(by_mode["text"], "ns_byte")), "x")
    elif members == 1000 and by_mode.get("floor"):
        for mode in ("text", "json"):
            bench.goals.add(f"processor time per delivery, {members} members, 1 in flight, "
                            f"{NAMES[mode]} against a bare send() loop", 1.15,
                            ratios(column(by_mode[mode], "us"), column(by_mode["floor"], "us")),
                            "x")


def fanout(bench):
    """100 and 1000 members, and 1, 16 and 256 messages in flight."""
    host, peers = bench.lwshost(), bench.peers()
    servers = {"text": host, "json": host, **peers}
    run_ms, warmup_ms = (250, 100) if bench.is_quick else (600, 200)
    try:
        for members in (100, 1000):
            for in_flight in (1, 16, 256):
                by_mode = {mode: [] for mode in servers}
                for _ in range(bench.rounds):
                    for mode, server in servers.items():
                        bench.keep(by_mode[mode],
                                   bench.run(server, mode, members=members, in_flight=in_flight,
                                             run_ms=run_ms, warmup_ms=warmup_ms, drain_ms=600))
                print(f"\n{members} members, {in_flight} in flight, 100-byte messages\n")
                print(table(("server", "deliveries/s", "from, to", "us each", "ns/byte",
                             "load's core"), fanout_rows(by_mode)), flush=True)
                fanout_goals(bench, members, in_flight, by_mode)
                bench.found[f"fanout {members} {in_flight}"] = by_mode
    finally:
        for server in {*servers.values()}:
            server.stop()


def stored(bench):
    """One room whose messages are kept in a file before they are shown."""
    results = []
    for _ in range(1 if bench.is_quick else 3):
        host = bench.lwshost(store="sqlite:" + os.path.join("FOLDER", "chat.db"))
        try:
            bench.keep(results, bench.run(host, "json", members=10, in_flight=256,
                                          run_ms=500 if bench.is_quick else 1500))
        finally:
            host.stop()
    kept = spread([r["deliveries"] / r["members"] / r["seconds"] for r in results])
    print(f"\nstored (SQLite): {count(kept['median'])} messages/s in one room, 10 members, "
          f"256 in flight ({count(kept['min'])} to {count(kept['max'])})", flush=True)
    bench.goals.add("stored messages a second in one room", 20000, kept, at_least=True)
    bench.found["stored"] = results


def member_bytes(result, clients):
    return (result["resident"] - result["resident_before"]) / clients


def beside_idle(bench, crowded, results):
    """The same small room in a server with a crowd, and in one without."""
    quiet = bench.lwshost()
    run_ms = 300 if bench.is_quick else 800
    try:
        for _ in range(1 if bench.is_quick else 3):
            for name, server in (("crowded", crowded), ("quiet", quiet)):
                bench.keep(results[name], bench.run(server, "json", members=10, in_flight=1,
                                                    run_ms=run_ms))
    finally:
        quiet.stop()


def peers_idle(bench, found):
    """The same crowd, once, in each of the other servers."""
    for name in PEER_STARTERS:
        if time.monotonic() > bench.end or not (server := bench.peer(name)):
            continue
        try:
            found[name] = [bench.loader.release(bench.loader.hold(
                server, name, members=0, idle=bench.crowd, hold_ms=500))]
        except LoadFailed as problem:
            bench.note(f"{NAMES[name]}, {bench.crowd} members: {problem}")
        finally:
            server.stop()


def idle(bench):
    """A crowd that comes and is silent: how fast, how much memory, and whom it slows down."""
    found = {"json": [], "text": [], "crowded": [], "quiet": []}
    for number in range(1 if bench.is_quick else 3):
        if number and time.monotonic() > bench.end:
            break
        for mode in ("json",) if bench.is_quick else ("json", "text"):
            host = bench.lwshost()
            try:
                holds_long = mode == "json" and number == 0
                hold_ms = 500 if not holds_long else 1500 if bench.is_quick else 8000
                holder = bench.loader.hold(host, mode, members=0, idle=bench.crowd,
                                           hold_ms=hold_ms)
                if holds_long:
                    beside_idle(bench, host, found)
                found[mode].append(bench.loader.release(holder))
            finally:
                host.stop()
    peers_idle(bench, found)
    rows = []
    for mode in NAMES:
        if not found.get(mode):
            continue
        memory = spread([member_bytes(r, bench.crowd) for r in found[mode]])
        rate = spread([bench.crowd / r["admit_s"] for r in found[mode]])
        cost = spread([r["admit_server_s"] / bench.crowd * 1e6 for r in found[mode]])
        rows.append((NAMES[mode], f"{memory['median']:.0f}", f"{rate['median']:.0f}",
                     f"{rate['min']:.0f} to {rate['max']:.0f}", f"{cost['median']:.0f}"))
        if mode in ("json", "text"):
            bench.goals.add(f"resident bytes of an idle member, {bench.crowd} members, "
                            f"{NAMES[mode]}", 3072, memory)
            bench.goals.add(f"members connecting a second, {bench.crowd} members, {NAMES[mode]}",
                            5000, rate, at_least=True)
    print(f"\n{bench.crowd} members come and are silent\n")
    print(table(("server", "bytes each", "joins/s", "from, to", "us each"), rows), flush=True)
    bench.goals.add(f"one event beside {bench.crowd} idle members, against beside none", 1.5,
                    ratios(column(found["crowded"], "us"), column(found["quiet"], "us")), "x")
    bench.found["idle"] = found


def crowd(bench):
    """A crowd that hears everything."""
    host = bench.lwshost()
    by_mode = {"text": [], "json": []}
    try:
        for _ in range(1 if bench.is_quick else 3):
            for mode, results in by_mode.items():
                bench.keep(results, bench.run(host, mode, members=bench.crowd, in_flight=256,
                                              run_ms=700 if bench.is_quick else 1500,
                                              drain_ms=2000))
    finally:
        host.stop()
    print(f"\n{bench.crowd} members, 256 in flight\n")
    print(table(("server", "deliveries/s", "from, to", "us each", "ns/byte", "load's core"),
                fanout_rows(by_mode)), flush=True)
    bench.found["crowd"] = by_mode


def slow(bench):
    """One of a hundred members never reads; how much later do the others hear what is said?"""
    host = bench.lwshost(max_message_bytes="16384")
    found = {"with": [], "without": []}
    try:
        for _ in range(1 if bench.is_quick else 3):
            for name, number in (("with", 1), ("without", 0)):
                bench.keep(found[name],
                           bench.run(host, "json", members=99 + (not number), slow=number,
                                     rate=250, size=12000,
                                     run_ms=2500 if bench.is_quick else 4000))
    finally:
        host.stop()
    rows, extra = [], []
    for name, results in found.items():
        rows.append((f"{name} one that never reads",
                     *(f"{spread([r['way_us'][key] for r in results])['median'] / 1000:.2f}"
                       for key in ("p50", "p99", "p999", "max"))))
    for one, other in zip(found["with"], found["without"]):
        extra.append((one["way_us"]["max"] - other["way_us"]["max"]) / 1000)
    codes = sorted({code for r in found["with"] for code in r["slow_codes"]})
    print("\n100 members, 250 messages of 12000 bytes a second; how long they take, in ms\n")
    print(table(("", "median", "99 %", "99.9 %", "longest"), rows))
    print(f"the one that never reads was closed with {codes}", flush=True)
    if not {4002, 1006}.issuperset(codes): # 1006: it did not take its Close frame either
        bench.note(f"the slow reader was closed with {codes}, not with 4002")
    bench.goals.add("slow reader: worst extra delay of the others", 20, spread(extra), " ms")
    bench.found["slow"] = found


def latency(bench):
    """Ten who talk: how long one message is under way, with nothing else to do."""
    host, peers = bench.lwshost(), bench.peers()
    servers = {"text": host, "json": host, **peers}
    by_mode = {mode: [] for mode in servers}
    try:
        for _ in range(1 if bench.is_quick else 3):
            for mode, server in servers.items():
                bench.keep(by_mode[mode], bench.run(server, mode, members=10, rate=200,
                                                    run_ms=500 if bench.is_quick else 1500))
    finally:
        for server in {*servers.values()}:
            server.stop()
    rows = [(NAMES[mode], *(f"{spread([r['way_us'][key] for r in results])['median']:.0f}"
                            for key in ("p50", "p99", "max")),
             f"{spread(column(results, 'us'))['median']:.1f}")
            for mode, results in by_mode.items() if results]
    print("\n10 members, 200 messages a second; how long they take, in us\n")
    print(table(("server", "median", "99 %", "longest", "us each"), rows), flush=True)
    for peer in ("ws", "uws"):
        value = None
        if by_mode["json"] and by_mode.get(peer):
            value = ratios([r["way_us"]["p50"] for r in by_mode["json"]],
                           [r["way_us"]["p50"] for r in by_mode[peer]])
        bench.goals.add(f"one message's way to 10 members, median, against {NAMES[peer]}", 1, value,
                        "x")
    bench.found["latency"] = by_mode


CASES = {"fanout": fanout, "latency": latency, "stored": stored, "idle": idle, "crowd": crowd, "slow": slow}
