"""Run the cases, print what was found. Called by bench/run-broadcast, which says what there is."""

import argparse
import json
import os
import sys
import time
from statistics import StatisticsError

from cases import CASES, Bench
from load import Loader, LoadFailed
from machine import cores_of_two, machine, raise_limit
from report import Goals
from servers import build_uws


def arguments():
    parser = argparse.ArgumentParser(prog="bench/run-broadcast")
    parser.add_argument("--build", required=True, help=argparse.SUPPRESS)
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--only", default=",".join(CASES))
    parser.add_argument("--json")
    parser.add_argument("--uws", metavar="DIR")
    parser.add_argument("--rounds", type=int, default=5, choices=range(1, 21), metavar="1 to 20")
    result = parser.parse_args()
    result.only = result.only.split(",")
    for name in result.only:
        if name not in CASES:
            parser.error(f"no case {name!r}; there are {', '.join(CASES)}")
    return result


def main():
    options = arguments()
    options.build = os.path.abspath(options.build)
    raise_limit()
    server_cpu, load_cpu = cores_of_two()
    if options.uws:
        build_uws(os.path.abspath(options.uws), options.build)
    goals, begun = Goals(), time.monotonic()
    bench = Bench(options.build, Loader(options.build, load_cpu), server_cpu, goals, options.quick,
                  options.rounds)
    about = machine(options.build)
    print(", ".join(f"{key} {value}" for key, value in about.items()))
    if about["load_before"] > 0.5:
        bench.note(f"the machine was busy before this run: load {about['load_before']:.2f}")
    for name in options.only:
        try:
            CASES[name](bench)
        except (LoadFailed, StatisticsError) as problem: # no figures, but the others' are good
            bench.note(f"{name} was given up: {problem}")
    print(f"\n{goals.text()}")
    seconds = time.monotonic() - begun
    print(f"\n{seconds:.0f} s; notes: {len(bench.notes)}")
    for note in bench.notes:
        print(f"  {note}")
    with open(options.json or os.path.join(options.build, "broadcast.json"), "w",
              encoding="utf-8") as file:
        json.dump({"machine": about, "seconds": seconds, "notes": bench.notes, "goals": goals.rows,
                   "found": bench.found}, file, indent=1)


if __name__ == "__main__":
    sys.exit(main())
