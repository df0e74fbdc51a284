"""The kill -9 torture, in short; tests/torture/kill9 itself runs as long as one likes."""

import os
import subprocess
import sys
import unittest

SCRIPT = os.path.join(os.environ["LWSHOST_SOURCE"], "tests", "torture", "kill9")


class Kills(unittest.TestCase):
    def test_a_kill_loses_and_renumbers_nothing_that_was_shown_or_acknowledged(self):
        kills = os.environ.get("CHAT_STORE_KILLS", "8")
        ran = subprocess.run([sys.executable, SCRIPT, "--kills", kills], text=True,
                             capture_output=True, timeout=170, check=False)
        self.assertEqual(ran.returncode, 0, ran.stdout + ran.stderr)
        self.assertIn("nothing lost, nothing twice, nothing renumbered, everybody recovered",
                      ran.stdout)


if __name__ == "__main__":
    unittest.main()
