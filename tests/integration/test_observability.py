"""The documents of the metrics, the dashboard and the pages of metrics name the same numbers."""

import json
import os
import re
import unittest

from support import Server
from support.ip_info import fetch
from support.seen import metrics
from support.server import SOURCE
from test_shipped import shipped

PAGES = {"/metrics": "observability.md", "/chat-api/metrics": "chat-limits.md",
         "/ip-info/metrics": "ip-info.md"}
NAME = re.compile(r"\b(?:lwshost|process|chat|ip_info)_[a-z0-9_]+")


def document(name):
    with open(os.path.join(SOURCE, "docs", name), encoding="utf-8") as file:
        return file.read()


def documented(name):
    """The metrics of the tables under "## Metrics", each in backticks in a first column."""
    part = document(name).split("\n## Metrics\n", 1)[1].split("\n## ", 1)[0]
    cells = [line.split("|")[1] for line in part.split("\n") if line.startswith("| `")]
    return {match for cell in cells for match in re.findall(r"`([a-z0-9_]+)(?:\{[a-z,]*\})?`", cell)
            if NAME.fullmatch(match)}


def shown(text):
    """The metrics of a page, by the names that people write: counters with _total."""
    samples, families = metrics(text)
    suffix = {"counter": "_total", "info": "_info", "gauge": "", "histogram": ""}
    names = {name + suffix[kind] for name, kind in families.items()}
    for sample in samples:
        base = re.sub(r"_(?:bucket|sum|count)$", "", sample.split("{")[0])
        assert base in names or sample.split("{")[0] in names, sample
    return names


class Numbers(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        with Server(shipped(), ["-p", "0"]) as server:
            for path in PAGES:
                assert fetch(server.port, path)[0] == 200, path
            cls.pages = {path: fetch(server.port, path)[2].decode() for path in PAGES}

    def test_each_metric_is_documented_and_there_are_no_others(self):
        for path, name in PAGES.items():
            with self.subTest(path):
                self.assertEqual(shown(self.pages[path]), documented(name))

    def test_the_dashboard_asks_for_what_there_is(self):
        there = set().union(*map(shown, self.pages.values()))
        dashboard = json.loads(document("grafana-dashboard.json"))
        asked = set()
        for panel in dashboard["panels"]:
            for target in panel["targets"]:
                names = NAME.findall(target["expr"])
                self.assertTrue(names, target)
                asked |= {re.sub(r"_(?:bucket|sum|count)$", "", name) for name in names}
        self.assertFalse(asked - there)
        self.assertGreater(len(asked), 25)

    def test_the_alarms_are_about_what_there_is(self):
        there = set().union(*map(shown, self.pages.values()))
        for name in PAGES.values():
            for alarm in re.findall(r"Worth an alarm:(.*?)\n\n|Worth an alarm:(.*)",
                                    document(name) + "\n\n", re.S):
                for metric in NAME.findall("".join(alarm)):
                    self.assertIn(metric, there)

    def test_each_event_of_the_sources_is_documented(self):
        calls = re.compile(r"\b(?:event_begin\(|begin\(&event|server_tell\(|tell\(vhd|tell_place\()([^;]*);")
        names = {"kick", "mute", "ban", "unban", "close-room"}
        for folder in ("server", "plugins"):
            for root, _, files in os.walk(os.path.join(SOURCE, folder)):
                for file in files:
                    with open(os.path.join(root, file), encoding="utf-8", errors="replace") as code:
                        for call in calls.findall(code.read() if file.endswith(".c") else ""):
                            names |= set(re.findall(r'"([a-z]+(?:-[a-z]+)*)"', call))
        self.assertLessEqual({"ws-open", "upstream-failed", "join", "draining", "serving"}, names)
        text = document("observability.md")
        self.assertFalse({name for name in names - {"silent"}
                          if f"`{name}`" not in text and f"`event={name}`" not in text})


if __name__ == "__main__":
    unittest.main()
