"""Run the cases, print what was found. Called by bench/run-lookup, which says what there is."""

import sys

from cases import CASES, Bench
from load import Loader
from machine import cores_of_two
from runner import parser, run


def make_bench(options, goals):
    cpus = cores_of_two()
    return Bench(options.build, Loader(options.build, cpus[1]), cpus, goals, options.quick,
                 options.rounds)


def main():
    run(parser("lookup", CASES), "lookup", CASES, make_bench)


if __name__ == "__main__":
    sys.exit(main())
