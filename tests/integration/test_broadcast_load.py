"""The load generator of bench/ against the real chat: everything that is said reaches everybody, and it says so."""

import json
import os
import subprocess
import unittest

from support.server import LWSHOST, Server, vhost

BIN = os.path.dirname(LWSHOST)
OPTIONS = {"rate": "0", "per-ip": "0", "presence-limit": "1", "max-message-bytes": "16384"}


def load(server, *arguments):
    """Run it for a moment and return what it printed, or its complaint."""
    result = subprocess.run(
        [os.path.join(BIN, "broadcast_load"), "--port", str(server.port), "--path", "/chat",
         "--pid", str(server.process.pid), "--warmup-ms", "20", "--drain-ms", "20000", *arguments],
        capture_output=True, text=True, timeout=60, check=False)
    return json.loads(result.stdout) if result.returncode == 0 else result.stderr


class BroadcastLoad(unittest.TestCase):
    def setUp(self):
        self.server = Server([vhost(ws_protocols=[{"chat-room": OPTIONS},
                                                  {"chat-room-text": {"default": "1"}}])])
        self.enterContext(self.server)

    def check_all_arrived(self, result, members):
        self.assertIsInstance(result, dict, result)
        self.assertTrue(result["drained"])
        self.assertEqual(result["closed"], 0)
        self.assertGreater(result["deliveries"], 0)
        self.assertLessEqual(result["deliveries"], result["messages"] * members)
        self.assertGreater(result["bytes"], 100 * result["deliveries"])
        self.assertGreater(result["server_s"], 0)

    def test_text_and_json(self):
        for mode in ([], ["--json"], ["--await-all"], ["--json", "--await-all"]):
            with self.subTest(mode=mode):
                self.check_all_arrived(load(self.server, *mode, "--members", "30", "--in-flight",
                                            "8", "--run-ms", "150"), 30)

    def test_who_never_reads_is_closed(self):
        result = load(self.server, "--json", "--members", "5", "--slow", "1", "--size", "16000",
                      "--in-flight", "4", "--run-ms", "3000")
        self.check_all_arrived(result, 5)
        # 1006: it has not even taken its Close frame for 2 s.
        self.assertIn(result["slow_codes"], ([4002], [1006]))

    def test_each_way_is_measured(self):
        result = load(self.server, "--json", "--members", "5", "--rate", "200", "--run-ms", "300")
        self.check_all_arrived(result, 5)
        way = result["way_us"]
        self.assertTrue(0 < way["p50"] <= way["p99"] * 1.02 <= way["max"] * 1.05, way)

    def test_no_entry_is_a_complaint(self):
        result = load(self.server, "--json", "--members", "3", "--path", "/elsewhere")
        self.assertIn("a client was not let in", result)


if __name__ == "__main__":
    unittest.main()
