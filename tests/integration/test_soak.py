"""A long life of the server, in short; tests/torture/soak itself runs as long as one likes."""

import os
import subprocess
import sys
import unittest

from support.server import LWSHOST

SCRIPT = os.path.join(os.environ["LWSHOST_SOURCE"], "tests", "torture", "soak")


def is_sanitized():
    with open(LWSHOST, "rb") as file:
        return b"__asan_init" in file.read()


class Soak(unittest.TestCase):
    def test_a_busy_life_leaves_nothing_behind(self):
        more = ["--no-memory"] if is_sanitized() else []
        ran = subprocess.run([sys.executable, SCRIPT, "--minutes", "0.2", "--looks", "8", "--reloads",
                              "1", "--no-latency", *more], text=True, capture_output=True,
                             timeout=170, check=False)
        self.assertEqual(ran.returncode, 0, ran.stdout + ran.stderr)
        self.assertIn("flat, and everything given back", ran.stdout)


if __name__ == "__main__":
    unittest.main()
