"""docs/configuration.md says what the tables of the sources say.

The options of the protocols stand there as they are printed; with --write they are put there anew.
"""

import os
import re
import subprocess
import sys
import unittest

PAGE = os.path.join(os.environ["LWSHOST_SOURCE"], "docs", "configuration.md")
BEGIN, END = "<!-- printed from the tables of the sources -->\n", "<!-- until here -->\n"
LAST_NUMBERS = {str(2**63 - 1), str(2**31 - 1)}

PRINTED, KEYS = subprocess.run([os.environ["OPTION_TABLES"]], check=True, capture_output=True,
                               text=True).stdout.split("\f")


def page():
    with open(PAGE, encoding="utf-8") as file:
        return file.read()


def rows():
    """The keys' tables: {(object, key): the cells type, default, needs, meaning}."""
    found, section = {}, None
    for line in page().split("\n"):
        if line.startswith("## "):
            section = line[3:]
        cells = [cell.strip() for cell in re.split(r"(?<!\\)\|", line)[1:-1]]
        if section in ("global", "vhosts[]", "vhosts[].mounts[]") and len(cells) == 5 and \
                cells[0].startswith("`"):
            for key in re.findall(r"`([^`]+)`", cells[0]):
                found[section, key] = cells[1:]
    return found


class Configuration(unittest.TestCase):
    def test_the_options_are_those_of_the_tables(self):
        text = page()
        self.assertEqual(text.count(BEGIN), 1)
        self.assertEqual(text.split(BEGIN)[1].split(END)[0], PRINTED)

    def test_each_key_has_its_type_range_needs_and_version(self):
        found, keys = rows(), [line.split("\t") for line in KEYS.rstrip("\n").split("\n")]
        self.assertGreater(len(keys), 90)
        for section, key, kind, span, needs, since, protects, required in keys:
            if key == "onlyraw":  # the old name of another
                continue
            with self.subTest(f"{section}.{key}"):
                cells = found.pop((section, key))
                kinds, default, need, _ = cells
                self.assertTrue(kinds.startswith((kind, "as `")), kinds)
                if span and not kinds.startswith("as `"):
                    self.assertIn(span, kinds)
                self.assertEqual(set(re.findall(r"[A-Z][A-Z_0-9]+", need)), set(needs.split()))
                self.assertEqual(re.findall(r"\d\.\d", need), [since] if since else [])
                self.assertEqual("**!**" in need, bool(protects))
                self.assertEqual("**required**" in default and "unless" not in default,
                                 bool(required))
        self.assertEqual(found, {})  # nor keys that there are not


def write():
    text = page()
    before, rest = text.split(BEGIN)
    with open(PAGE, "w", encoding="utf-8") as file:
        file.write(before + BEGIN + PRINTED + END + rest.split(END)[1])


if __name__ == "__main__":
    if sys.argv[1:] == ["--write"]:
        write()
    else:
        unittest.main()
