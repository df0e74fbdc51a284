"""The load generator of bench/ and the service that it has asked, with the real ip-info between them: what is asked is
answered, and counted."""

import json
import os
import subprocess
import unittest
import urllib.request

from support.server import LWSHOST, Server, vhost

BIN = os.path.dirname(LWSHOST)


class Stub:
    """bench/'s service, until the block ends."""

    def __init__(self, delay_ms=0):
        self.process = subprocess.Popen([os.path.join(BIN, "lookup_stub"), str(delay_ms)],
                                        stdout=subprocess.PIPE, text=True)
        self.port = int(self.process.stdout.readline().split()[-1])

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.kill()
        self.process.wait()
        self.process.stdout.close()

    def stats(self):
        with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/stats", timeout=10) as answer:
            return json.load(answer)


class LookupLoad(unittest.TestCase):
    def start(self, delay_ms=0, **options):
        self.stub = self.enterContext(Stub(delay_ms))
        options = {"providers": "sina", "sina:private": "1", "sina:url":
                   f"http://127.0.0.1:{self.stub.port}/iplookup?ip={{ip}}", "rate": "0",
                   "deadline-ms": "20000", "timeout-ms": "20000", **options}
        self.server = Server([vhost(
            mounts=[{"mountpoint": "/ip-info", "origin": "callback://ip-info"}],
            ws_protocols=[{"ip-info": options}])])
        self.enterContext(self.server)

    def load(self, *arguments):
        """Run it for a moment and return what it printed, or its complaint."""
        result = subprocess.run(
            [os.path.join(BIN, "lookup_load"), "--port", str(self.server.port), "--path", "/ip-info",
             "--pid", str(self.server.process.pid), *arguments],
            capture_output=True, text=True, timeout=60, check=False)
        return json.loads(result.stdout) if result.returncode == 0 else result.stderr

    def test_each_request_asks_about_other_addresses(self):
        self.start(**{"sina:lanes": "4"})
        for form in ([], ["--post"]):
            with self.subTest(form=form):
                before = self.stub.stats()["requests"]
                result = self.load("--ips", "4", "--count", "50", "--connections", "5", "--expect",
                                   '"succeeded":4', "--run-ms", "20000", *form)
                self.assertIsInstance(result, dict, result)
                self.assertEqual((result["answers"], result["bad"], result["closed"]), (50, 0, 0))
                if not form: # afterwards they are in the cache
                    self.assertEqual(self.stub.stats()["requests"] - before, 200)
        self.assertLessEqual(self.stub.stats()["accepted"], 4 + 4) # and those for the stats

    def test_the_time_that_the_server_spent_is_told(self):
        # So many that it shows even where the clock of a process goes in steps of 10 ms.
        self.start()
        result = self.load("--ips", "1", "--pool", "1", "--count", "3000", "--run-ms", "20000")
        self.assertEqual((result["answers"], result["bad"]), (3000, 0))
        self.assertGreater(result["server_s"], 0)
        self.assertLess(result["server_s"], 20)

    def test_a_pool_of_one_is_asked_once(self):
        self.start()
        result = self.load("--ips", "1", "--pool", "1", "--run-ms", "100", "--warmup-ms", "0")
        self.assertGreater(result["answers"], 1)
        self.assertEqual(result["bad"], 0)
        self.assertEqual(self.stub.stats()["requests"], 1)

    def test_the_delay_is_that_of_the_stub(self):
        self.start(delay_ms=50)
        result = self.load("--ips", "3", "--count", "3", "--connections", "1")
        self.assertGreaterEqual(result["way_us"]["p50"], 49000)
        self.assertGreaterEqual(result["way_us"]["max"], 50000)

    def test_other_answers_are_bad(self):
        self.start()
        for what in (["--ips", "1", "--expect", "elsewhere"], ["--path", "/ip-info?ip=x"]):
            with self.subTest(what=what):
                result = self.load("--count", "5", "--connections", "1", *what)
                self.assertEqual((result["answers"], result["bad"]), (5, 5))

    def test_nobody_there_is_a_complaint(self):
        self.start()
        self.assertIn("lookup_load", self.load("--port", "1"))


if __name__ == "__main__":
    unittest.main()
