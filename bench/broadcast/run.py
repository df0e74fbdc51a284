"""Run the cases, print what was found. Called by bench/run-broadcast, which says what there is."""

import argparse
import datetime
import json
import os
import platform
import resource
import subprocess
import sys
import time

from cases import CASES, Bench
from load import Loader
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


def raise_limit():
    """As many descriptors as we may have; the servers inherit it."""
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    wanted = 20000 if hard == resource.RLIM_INFINITY else min(20000, hard)
    resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))


def processor():
    try:
        with open("/proc/cpuinfo", encoding="utf-8") as file:
            for line in file:
                if line.startswith("model name"):
                    return line.split(":", 1)[1].strip()
    except OSError:
        pass
    return platform.machine()


def machine(build):
    version = subprocess.run([os.path.join(build, "bin", "lwshost"), "-V"], text=True,
                             capture_output=True, check=False).stdout.split("\n")[0]
    return {"date": datetime.date.today().isoformat(), "processor": processor(),
            "cores": os.cpu_count(), "kernel": platform.release(), "lwshost": version,
            "load_before": os.getloadavg()[0]}


def main():
    options = arguments()
    options.build = os.path.abspath(options.build)
    raise_limit()
    cores = sorted(os.sched_getaffinity(0))
    server_cpu, load_cpu = (cores[0], cores[1]) if len(cores) > 1 else (None, None)
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
        CASES[name](bench)
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
