"""What a process uses, over time, and whether that is flat."""

import os
import re
from statistics import median

SLACK_BYTES = 2 << 20
SLACK_SHARE = 0.05
SLACK_MS = 10
SLACK_TIMES = 2


class Sample:
    """One look at a process."""

    def __init__(self, pid, at_s):
        self.at_s = at_s
        with open(f"/proc/{pid}/status", encoding="ascii", errors="replace") as file:
            status = file.read()
        self.resident = int(re.search(r"^VmRSS:\s+(\d+)", status, re.M)[1]) * 1024
        self.threads = int(re.search(r"^Threads:\s+(\d+)", status, re.M)[1])
        self.files = len(os.listdir(f"/proc/{pid}/fd"))
        self.chat_ms = self.chat_99_ms = self.ask_ms = self.ask_99_ms = None
        self.messages = self.questions = 0

    HEADER = ("s", "resident KiB", "files", "threads", "messages", "median ms", "99 % ms", "lookups",
              "median ms", "99 % ms")

    def row(self):
        cells = (f"{self.at_s:.0f}", self.resident // 1024, self.files, self.threads, self.messages,
                 self.chat_ms, self.chat_99_ms, self.questions, self.ask_ms, self.ask_99_ms)
        return [f"{cell:.2f}" if isinstance(cell, float) else str(cell) for cell in cells]


def quarter(samples, number, figure):
    """The median of a figure in the first (0) to last (3) quarter of the time; None if it is not there."""
    part = samples[len(samples) * number // 4:len(samples) * (number + 1) // 4]
    values = [getattr(sample, figure) for sample in part if getattr(sample, figure) is not None]
    return median(values) if values else None


def rises(samples, except_for=()):
    """What is higher in the last quarter than in the second, as lines; the first is for warming up."""
    found = []
    for figure, slack, share, unit in (("resident", SLACK_BYTES, 1 + SLACK_SHARE, 1024),
                                       ("threads", 0, 1, 1),
                                       ("chat_ms", SLACK_MS, SLACK_TIMES, 1),
                                       ("ask_ms", SLACK_MS, SLACK_TIMES, 1)):
        if figure in except_for:
            continue
        before, after = quarter(samples, 1, figure), quarter(samples, 3, figure)
        if before is None or after is None:
            found.append(f"{figure}: not measured")
        elif after > before * share + slack:
            found.append(f"{figure}: {before / unit:.1f} in the second quarter, {after / unit:.1f} in the last")
    return found
