"""ip-info when memory is short: some requests fail, none is mixed up, the server lives."""

import http.client
import os
import tempfile
import unittest
from concurrent.futures import ThreadPoolExecutor

from support import Server, StubUpstream, preload
from support.h2_upstream import H2Upstream
from support.ip_info import asking, fetch_json, sina, site


def closing(request):
    """An answer that ends the connection, so that each lookup needs a new one."""
    return StubUpstream.last(sina(request))


class ShortMemory(unittest.TestCase):
    def test_allocations_of_libwebsockets_fail(self):
        with StubUpstream(closing) as upstream:
            self.ask_with_short_memory(asking(upstream, sina_lanes=16), 600)

    def test_the_same_over_http_2(self):
        # One question of each request makes the server leave.
        with H2Upstream(rules={f"1.0.0.{n}": {"do": "last"} for n in range(200)}) as upstream:
            self.ask_with_short_memory(asking(upstream, sina_lanes=16, sina_h2=1, attempts=3), 200)

    def ask_with_short_memory(self, options, times):
        with tempfile.TemporaryDirectory() as folder:
            switch = os.path.join(folder, "short")
            environment = preload.build(folder, "short_memory")
            # libwebsockets forgets some objects of its own then.
            environment["ASAN_OPTIONS"] += ":detect_leaks=0"
            environment["LWSHOST_TEST_SHORT_MEMORY"] = switch
            with Server([site(options)], environment=environment) as server:
                def ask(n):
                    addresses = [f"1.0.{m}.{n % 200}" for m in range(6)]
                    try:
                        _, _, answer = fetch_json(server.port, "/ip-info?ip=" + ",".join(addresses))
                    except (OSError, http.client.HTTPException):
                        return 0
                    cities = [r.get("city", r["ip"]) for r in answer.get("results", [])]
                    self.assertIn(cities, (addresses, []))
                    return answer.get("succeeded", 0)

                self.assertEqual(ask(0), 6)
                with open(switch, "w", encoding="ascii"):
                    pass
                with ThreadPoolExecutor(8) as pool:
                    short = sum(pool.map(ask, range(times)))
                self.assertIsNone(server.process.poll(), server.stderr)
                os.unlink(switch)
                self.assertGreater(short, 0)
                self.assertLess(short, 6 * times, "allocations did fail")
                self.assertEqual([ask(n) for n in range(30)], [6] * 30)


if __name__ == "__main__":
    unittest.main()
