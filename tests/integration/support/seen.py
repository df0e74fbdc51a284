"""What a server writes for programs: its logs, line by line."""

import json
import os
import re

# One field of key=value: a plain word, or a JSON string.
FIELD = re.compile(r'([a-z_0-9]+)=("(?:[^"\\]|\\.)*"|[A-Za-z0-9._:/@+-]+)(?: |$)')


def parse(line):
    """One line of either format, strictly: nothing of it may be left over."""
    if line.startswith("{"):
        return json.loads(line)
    fields, at = {}, 0
    while at < len(line):
        match = FIELD.match(line, at)
        assert match and match[1] not in fields, (line, at)
        value = match[2]
        fields[match[1]] = json.loads(value) if value[0] == '"' else \
            int(value) if value.isdigit() else value
        at = match.end()
    return fields


class Log:
    """A log file in the server's folder."""

    def __init__(self, path):
        self.path = path

    def lines(self):
        if not os.path.exists(self.path):
            return []
        with open(self.path, encoding="utf-8") as file:
            return [parse(line) for line in file.read().split("\n")[:-1]]

    def of(self, event, **fields):
        """The lines of that event that have these fields."""
        return [line for line in self.lines() if line["event"] == event and
                all(line.get(name) == value for name, value in fields.items())]

    def wait(self, server, event, count=1, **fields):
        """The last of so many."""
        server.wait_until(lambda: len(self.of(event, **fields)) >= count,
                          f"{count} {event} {fields} in {self.path}")
        return self.of(event, **fields)[-1]


def metrics(text):
    """The samples of a page of OpenMetrics: {name and labels: value}; its families: {name: type}."""
    lines = text.split("\n")
    assert lines[-2:] == ["# EOF", ""], lines[-3:]
    samples, families = {}, {}
    for line in lines[:-2]:
        if line.startswith("# TYPE "):
            _, _, name, kind = line.split(" ")
            assert name not in families, line
            families[name] = kind
        elif not line.startswith("# "):
            name, value = line.rsplit(" ", 1)
            assert name not in samples, line
            samples[name] = float(value)
    return samples, families
