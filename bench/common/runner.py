"""What every benchmark does: read the command line, run the cases, print what was found beside the promises."""

import argparse
import json
import os
import time
from statistics import StatisticsError

from loading import LoadFailed
from machine import machine, raise_limit
from report import Goals


def parser(name, cases):
    """A command line with the options that all have."""
    result = argparse.ArgumentParser(prog=f"bench/run-{name}")
    result.add_argument("--build", required=True, help=argparse.SUPPRESS)
    result.add_argument("--quick", action="store_true")
    result.add_argument("--only", default=",".join(cases))
    result.add_argument("--json")
    result.add_argument("--rounds", type=int, default=5, choices=range(1, 21), metavar="1 to 20")
    return result


def run(parse, name, cases, make_bench):
    """parse: a parser(); make_bench(options, goals) returns what the cases get, with found and notes."""
    options = parse.parse_args()
    options.build, options.only = os.path.abspath(options.build), options.only.split(",")
    for case in options.only:
        if case not in cases:
            parse.error(f"no case {case!r}; there are {', '.join(cases)}")
    raise_limit()
    goals, begun = Goals(), time.monotonic()
    about = machine(options.build)
    bench = make_bench(options, goals)
    print(", ".join(f"{key} {value}" for key, value in about.items()))
    if about["load_before"] > 0.5:
        bench.note(f"the machine was busy before this run: load {about['load_before']:.2f}")
    for case in options.only:
        try:
            cases[case](bench)
        except (LoadFailed, StatisticsError) as problem: # no figures, but the others' are good
            bench.note(f"{case} was given up: {problem}")
    print(f"\n{goals.text()}")
    seconds = time.monotonic() - begun
    print(f"\n{seconds:.0f} s; notes: {len(bench.notes)}")
    for note in bench.notes:
        print(f"  {note}")
    with open(options.json or os.path.join(options.build, f"{name}.json"), "w",
              encoding="utf-8") as file:
        json.dump({"machine": about, "seconds": seconds, "notes": bench.notes, "goals": goals.rows,
                   "found": bench.found}, file, indent=1)
