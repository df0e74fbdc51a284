"""What is measured: each case prints a table and adds to the goals."""

import sys
import urllib.request

from loading import LoadFailed
from report import count, ratios, spread, table
from server import Unavailable
from servers import PEER_STARTERS, Lwshost, Stub, start_nginx_with

PATH = "/ip-info"
GOOD = '"complete":true'
NAMES = {"lwshost": "lwshost", "undici": "Node undici", "tornado": "Tornado",
         "nginx": "nginx, one request handed on", "memory": "nginx, from memory"}
ADDRESSES = ("14.130.112.24", "15.130.112.24", "16.130.112.24", "17.130.112.24")


class Bench:
    """The machine, the options of this run, and what was found."""

    def __init__(self, build, loader, cpus, goals, is_quick, rounds):
        self.build, self.loader, self.goals, self.is_quick = build, loader, goals, is_quick
        self.cpu, self.load_cpu = cpus
        self.rounds = 1 if is_quick else rounds
        self.found = {}
        self.notes = []

    def note(self, text):
        print(f"note: {text}", file=sys.stderr, flush=True)
        self.notes.append(text)

    def stub(self, delay_ms=0):
        return Stub(self.build, self.load_cpu, delay_ms)

    def lwshost(self, stub, **options):
        return Lwshost(self.build, self.cpu, stub, **options)

    def run(self, name, server, path=PATH, **options):
        """One measurement; None, and a note, when it failed."""
        try:
            return self.loader.run(server, path, **options)
        except LoadFailed as problem:
            self.note(f"{NAMES[name]}, {options}: {problem}")
            return None

    def alternate(self, servers, **options):
        """Rounds, each with all servers in turn; `servers` has their options. Returns those rounds
        in which all could be measured."""
        rounds = {name: [] for name in servers}
        for _ in range(self.rounds):
            results = {name: self.run(name, server, **{**options, **own})
                       for name, (server, own) in servers.items()}
            if all(results.values()):
                for name, result in results.items():
                    rounds[name].append(result)
        return rounds


def column(results, key):
    return [result[key] for result in results]


def show(title, rounds):
    rows = []
    for name, results in rounds.items():
        if results:
            rate = spread(column(results, "rate"))
            us = spread(column(results, "us"))
            rows.append((NAMES[name], count(rate["median"]),
                         f"{count(rate['min'])} to {count(rate['max'])}", f"{us['median']:.1f}",
                         f"{us['min']:.1f} to {us['max']:.1f}",
                         f"{spread([r['way_us']['p99'] for r in results])['median'] / 1000:.1f}",
                         f"{100 * spread(column(results, 'load_busy'))['median']:.0f} %"))
    print(f"\n{title}\n")
    print(table(("server", "answers/s", "from, to", "us each", "from, to", "99 % in ms",
                 "load's core"), rows), flush=True)


def cost_goal(bench, what, most, rounds, peer):
    value = None
    if rounds["lwshost"] and rounds.get(peer):
        value = ratios(column(rounds["lwshost"], "us"), column(rounds[peer], "us"))
    bench.goals.add(f"{what}, against {NAMES[peer]}", most, value, "x")


def rate_goal(bench, what, least, results):
    bench.goals.add(what, least, spread(column(results, "rate")) if results else None,
                    at_least=True)


def uncached(bench):
    """Requests about 4 addresses that nobody has asked about before."""
    stub = bench.stub()
    host = bench.lwshost(stub, lanes=128, cache_entries=0)
    servers = {"lwshost": (host, {})}
    try:
        for name, start in PEER_STARTERS.items():
            try:
                servers[name] = (start(bench.cpu, stub), {})
            except Unavailable as problem:
                bench.note(f"without {NAMES[name]}: {problem}")
        if "nginx" in servers:
            servers["nginx"][1].update(ips=1, expect='"ret":1', connections=128)
        # Node compiles what is hot while it runs. A peer that can't keep up even so is left out.
        for name, (server, own) in list(servers.items()):
            if not bench.run(name, server, **{"ips": 4, "expect": GOOD, **own, "run_ms": 500,
                                              "warmup_ms": 500}) and name in PEER_STARTERS:
                server.stop()
                del servers[name]
        rounds = bench.alternate(servers, ips=4, connections=32, expect=GOOD,
                                 run_ms=500 if bench.is_quick else 1500, warmup_ms=300)
    finally:
        for server, _ in servers.values():
            server.stop()
        stub.stop()
    show("4 uncached lookups an answer, 32 requests under way, no delay", rounds)
    what = "processor time of an answer with 4 uncached lookups"
    cost_goal(bench, what, 0.45, rounds, "undici")
    cost_goal(bench, what, 0.07, rounds, "tornado")
    rate_goal(bench, "answers/s with 4 uncached lookups", 8100, rounds["lwshost"])
    bench.found["uncached"] = rounds


def timed(bench, what, most_ms, lanes, **options):
    """How long one request takes whose lookups take 50 ms each."""
    stub = bench.stub(50)
    host = bench.lwshost(stub, lanes=lanes, cache_entries=0)
    results = []
    try:
        for _ in range(bench.rounds):
            results.append(bench.run("lwshost", host, connections=1, expect=GOOD, run_ms=20000,
                                     count=5 if bench.is_quick else 20, **options))
    finally:
        host.stop()
        stub.stop()
    results = [result for result in results if result]
    middle = spread([r["way_us"]["p50"] / 1000 for r in results]) if results else None
    bench.goals.add(what, most_ms, middle, " ms")
    return {"what": what, "middle": middle, "results": results}


def delayed(bench):
    """Lookups that take 50 ms each, side by side."""
    found = [timed(bench, "answer with 4 lookups of 50 ms each", 55, 8, ips=4),
             timed(bench, "answer with 100 lookups of 50 ms, 100 lanes", 75, 100, ips=100,
                   post=True)]
    rows = [(row["what"], f"{row['middle']['median']:.2f}",
             f"{max(r['way_us']['max'] for r in row['results']) / 1000:.2f}")
            for row in found if row["middle"]]
    print("\none request under way, in ms\n")
    print(table(("", "median", "longest"), rows), flush=True)
    bench.found["delayed"] = found


def connections(bench):
    """1000 requests of 4, one after the other: how many connections do they take?"""
    stub = bench.stub()
    host = bench.lwshost(stub, lanes=8, cache_entries=0)
    try:
        result = bench.run("lwshost", host, ips=4, connections=1, expect=GOOD, count=1000,
                           run_ms=20000)
        stats = stub.stats()
    finally:
        host.stop()
        stub.stop()
    stats["accepted"] -= 1 # that which asked
    print(f"\n1000 requests about 4 addresses, one after the other, 8 lanes: {stats['requests']} "
          f"lookups over {stats['accepted']} connections", flush=True)
    is_whole = result and stats["requests"] == 4000
    bench.goals.add("connections that 1000 requests of 4 open, 8 lanes", 8,
                    spread([stats["accepted"]]) if is_whole else None)
    bench.found["connections"] = {"stub": stats, "result": result}


def answer_of(server, path):
    with urllib.request.urlopen(f"http://127.0.0.1:{server.port}{path}", timeout=10) as answer:
        return answer.read().decode()


def cached_of(bench, addresses):
    """The same answer from ip-info's memory and from nginx's."""
    path = f"{PATH}?" + "&".join(f"ip={address}" for address in addresses)
    stub = bench.stub()
    servers = {"lwshost": (bench.lwshost(stub), {"path": path})}
    try:
        body = answer_of(servers["lwshost"][0], path)
        try:
            servers["memory"] = (start_nginx_with(bench.cpu, stub, {PATH: body}),
                                 {"path": path})
        except Unavailable as problem:
            bench.note(f"without {NAMES['memory']}: {problem}")
        rounds = bench.alternate(servers, connections=32, expect=GOOD,
                                 run_ms=500 if bench.is_quick else 1500, warmup_ms=300)
        asked = stub.stats()["requests"]
    finally:
        for server, _ in servers.values():
            server.stop()
        stub.stop()
    if asked != len(addresses):
        bench.note(f"{asked} lookups for {len(addresses)} cached addresses")
    return rounds


def cached(bench):
    """An answer that is known already."""
    for number in (1, 4):
        rounds = cached_of(bench, ADDRESSES[:number])
        what = f"cached answer about {number} address{'es' if number > 1 else ''}"
        show(f"{what}, 32 requests under way", rounds)
        cost_goal(bench, what, 2, rounds, "memory")
        rate_goal(bench, f"{what}, a second", 30000, rounds["lwshost"])
        bench.found[f"cached {number}"] = rounds


CASES = {"uncached": uncached, "delayed": delayed, "connections": connections, "cached": cached}
