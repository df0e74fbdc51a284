"""docs/chat-protocol.md, its JSON Schema and the plugin's source name the same things."""

import glob
import os
import re
import unittest

from support.protocol import check_event, is_valid, names, schema

SOURCE = os.environ["LWSHOST_SOURCE"]
RESERVED_EVENTS = {"notice"}
RESERVED_CODES = {4003, 4507}
RESERVED_REASONS = {"bad-token", "token-expired"}
LIBRARYS_CODES = {1002}  # libwebsockets' own


def read(*path):
    with open(os.path.join(SOURCE, *path), encoding="utf-8") as file:
        return file.read()


def plugin():
    return "".join(read(path) for path in
                   sorted(glob.glob(os.path.join(SOURCE, "plugins", "chat-room", "*.[ch]"))))


def section(title):
    """What stands under a heading of the page, up to the next one."""
    page = read("docs", "chat-protocol.md")
    return re.split(r"\n## ", page.split(f"\n## {title}\n", 1)[1], maxsplit=1)[0]


def rows(title):
    """The rows of the tables of a section, as lists of cells."""
    lines = re.findall(r"^\| *(.*?) *\|$", section(title), re.M)
    cells = [[cell.strip() for cell in line.split(" | ")] for line in lines]
    return [row for row in cells if "`" in row[0] or row[0][:1].isdigit()]


def words(text):
    return set(re.findall(r"`([a-z_-]+)\??`", text))


def types_on_page(title):
    return {word for row in rows(title) for word in words(row[0])} - {"type", "code"}


class Requests(unittest.TestCase):
    def test_types(self):
        in_code = set(re.findall(r'\[REQUEST_\w+\] = "(\w+)"', plugin()))
        self.assertEqual(set(names("request")), in_code)
        self.assertEqual(types_on_page("Requests"), in_code)

    def test_members(self):
        on_page = {}
        for row in rows("Requests"):
            for name in words(row[0]) - {"type"}:
                members = re.sub(r"\([^)]*\)", "", row[1])
                on_page.setdefault(name, set()).update(words(members))
        for name in names("request"):
            with self.subTest(name):
                definition = schema()["$defs"][f"request-{name}"]
                self.assertEqual(set(definition["properties"]) - {"type", "id"}, on_page[name])

    def test_what_may_be_left_out(self):
        for row in rows("Requests"):
            for name in words(row[0]) - {"type"}:
                definition = schema()["$defs"][f"request-{name}"]
                optional = set(re.findall(r"`(\w+)\?`", row[1]))
                with self.subTest(name):
                    self.assertFalse(optional & set(definition["required"]))


class Events(unittest.TestCase):
    def shapes(self, name):
        definition = schema()["$defs"][f"event-{name}"]
        return definition.get("anyOf", [definition])

    def test_types(self):
        in_code = set(re.findall(r'begin\((?:out|&?\w+), "(\w+)"\)', plugin()))
        in_code |= {"join", "leave", "message", "announcement"}  # chosen among two
        self.assertEqual(set(names("event")), in_code | RESERVED_EVENTS)
        self.assertEqual(types_on_page("Events and answers"), in_code | RESERVED_EVENTS)

    def test_members(self):
        for row in rows("Events and answers"):
            if row[0] in ("`type`", "`ok`"):
                continue
            cell = re.sub(r"\([^)]*\)", "", row[1].split(":")[0])
            listed = set(re.findall(r"\w+", ",".join(re.findall(r"`([^`]*)`", cell))))
            with self.subTest(row[0]):
                name = row[0].strip("`")
                shapes = [set(shape["properties"]) - {"type"} for shape in self.shapes(name)]
                self.assertEqual(set().union(*shapes), listed)

    def test_events_are_closed(self):
        for name in names("event"):
            for shape in self.shapes(name):
                with self.subTest(name):
                    self.assertIs(shape["additionalProperties"], False)

    def test_the_schema_can_refuse(self):
        check_event({"type": "ping"})
        for event in ({"type": "ping", "more": 1}, {"type": "pong"}, {}, {"type": "ok"},
                      {"type": "error", "code": 404, "reason": "bad-json", "message": "x",
                       "temporary": False}):
            with self.subTest(event=event):
                self.assertFalse(is_valid("event", event))
                self.assertRaises(AssertionError, check_event, event)


class Errors(unittest.TestCase):
    """Code, reason and whether it is temporary, three times."""

    def in_code(self):
        found = re.findall(r'\[REFUSAL_\w+\] =\s*\{(\d+),\s*"([a-z-]+)",.*?(true|false)\}',
                           read("plugins", "chat-room", "refusal.c"), re.S)
        return {(int(code), reason, temporary == "true") for code, reason, temporary in found
                if code != "200"}

    def in_schema(self):
        cases = [case["properties"] for case in schema()["$defs"]["event-error"]["oneOf"]]
        return {(case["code"]["const"], reason, case["temporary"]["const"])
                for case in cases for reason in case["reason"]["enum"]}

    def on_page(self):
        return {(int(row[0]), reason, row[2] == "yes") for row in rows("Errors")
                if row[0].isdigit() for reason in words(row[1]) - {"retry_after"}}

    def test_errors(self):
        self.assertGreater(len(self.in_code()), 20)
        self.assertEqual(self.in_schema(), self.in_code())
        self.assertEqual(self.on_page(), self.in_code())

    def test_reserved_ones_are_on_the_page(self):
        self.assertTrue(RESERVED_REASONS | {str(code) for code in RESERVED_CODES}
                        <= set(re.findall(r"[a-z0-9-]+", section("Close codes"))))


class CloseCodes(unittest.TestCase):
    def test_close_codes(self):
        found = re.findall(r"#define CLOSE_\w+ (\d+)u\b", read("plugins", "chat-room", "conn.h"))
        in_code = {int(code) for code in found} | LIBRARYS_CODES
        on_page = {int(code) for row in rows("Close codes") for code in re.findall(r"\d{4}", row[0])}
        self.assertGreater(len(in_code), 14)
        self.assertEqual(on_page, in_code)
        self.assertEqual(set(schema()["$defs"]["close-code"]["enum"]), in_code)


if __name__ == "__main__":
    unittest.main()
