"""Run the cases, print what was found. Called by bench/run-broadcast, which says what there is."""

import os
import sys

from cases import CASES, Bench
from load import Loader
from machine import cores_of_two
from runner import parser, run
from servers import build_uws


def make_bench(options, goals):
    server_cpu, load_cpu = cores_of_two()
    if options.uws:
        build_uws(os.path.abspath(options.uws), options.build)
    return Bench(options.build, Loader(options.build, load_cpu), server_cpu, goals, options.quick,
                 options.rounds)


def main():
    parse = parser("broadcast", CASES)
    parse.add_argument("--uws", metavar="DIR")
    run(parse, "broadcast", CASES, make_bench)


if __name__ == "__main__":
    sys.exit(main())
