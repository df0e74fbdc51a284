"""docs/security.md and docs/reliability.md name a test in each line: it has to be there."""

import glob
import os
import re
import unittest

SOURCE = os.environ["LWSHOST_SOURCE"]
PAGES = ("docs/security.md", "docs/reliability.md")
NAMED = re.compile(r"`([^`]+)`")


def read(path):
    with open(path, encoding="utf-8") as file:
        return file.read()


def file_of(name):
    """The file of a test as these pages name it; None for what is no name of one."""
    if name.startswith("unit."):
        places = [f"tests/unit/*/test_{name[5:]}.c"]
    elif name.startswith("fuzz_"):
        places = [f"tests/fuzz/{name}.c"]
    elif name.startswith("browser."):
        places = [f"tests/browser/{name[8:]}.test.mjs"]
    elif "/" in name:
        places = [name.split()[0]]
    else:
        places = [f"tests/integration/test_{name}.py", f"tests/browser/{name}"]
    for place in places:
        if found := glob.glob(os.path.join(SOURCE, place)):
            return found[0]
    return None


def rows(page):
    """The cells with tests: the last ones of tables whose header ends with "test"."""
    is_table = False
    for line in read(os.path.join(SOURCE, page)).split("\n"):
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if not line.startswith("|"):
            is_table = False
        elif cells[-1] == "test":
            is_table = True
        elif is_table and not set(cells[-1]) <= set("-"):
            yield line, cells[-1]


class Evidence(unittest.TestCase):
    def test_every_line_names_tests_that_exist(self):
        conformance = "".join(read(path) for path in
                              glob.glob(os.path.join(SOURCE, "tests/conformance/check_*.py")))
        for page in PAGES:
            count = 0
            for line, cell in rows(page):
                count += 1
                file = None
                for before, name in re.findall(r"(\w*:?) ?`([^`]+)`", cell):
                    with self.subTest(page=page, line=line[:60], name=name):
                        if before == "conformance":
                            is_there = f"def {name.replace('-', '_')}(" in conformance
                            self.assertTrue(is_there, "there is no such check")
                            file = file or "conformance"
                        elif before.endswith(":"):
                            self.assertIsNotNone(file, "which file?")
                            self.assertTrue(name.rstrip("…") in read(file), "it is not in there")
                        else:
                            file = file_of(name)
                            self.assertIsNotNone(file, "there is no such test")
                with self.subTest(page=page, line=line[:60]):
                    self.assertTrue(file or cell.startswith("the same"), "no test")
            self.assertGreater(count, 10, page)


if __name__ == "__main__":
    unittest.main()
