"""Answers that are kept, and equal questions that are asked once."""

import threading
import unittest

from support.ip_info import asking, fetch_json, late, sina, site
from support.server import Server
from support.upstream import StubUpstream

ONE = "/ip-info/14.130.112.24"


class Kept(unittest.TestCase):
    def test_the_second_question_is_answered_without_the_provider(self):
        with StubUpstream(sina) as upstream, \
                Server([site(asking(upstream, cache_entries=10))]) as server:
            first = fetch_json(server.port, ONE)[2]
            self.assertEqual(fetch_json(server.port, ONE)[2], first)
            self.assertEqual(fetch_json(server.port, "/ip-info/::ffff:14.130.112.24")[2]["city"],
                             first["city"])
            self.assertEqual(len(upstream.requests), 1)

    def test_an_answer_is_given_again_for_its_time_only(self):
        with StubUpstream(sina) as upstream, \
                Server([site(asking(upstream, cache_entries=10, cache_ttl=0))]) as server:
            fetch_json(server.port, ONE)
            fetch_json(server.port, ONE)
            self.assertEqual(len(upstream.requests), 2)

    def test_a_failure_is_asked_for_again(self):
        with StubUpstream(lambda request: StubUpstream.reply("no", status="500 No")) as upstream, \
                Server([site(asking(upstream, cache_entries=10))]) as server:
            self.assertEqual(fetch_json(server.port, ONE)[0], 502)
            fetch_json(server.port, ONE)
            self.assertGreaterEqual(len(upstream.requests), 2)


class Shared(unittest.TestCase):
    def test_a_hundred_who_ask_the_same_at_once_cost_one_question(self):
        with StubUpstream(late(0.5)) as upstream, \
                Server([site(asking(upstream, cache_entries=10, timeout_ms=5000))]) as server:
            answers = []
            threads = [threading.Thread(target=lambda: answers.append(fetch_json(server.port, ONE)))
                       for _ in range(100)]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
            self.assertEqual([status for status, _, _ in answers], [200] * 100)
            self.assertEqual({body["city"] for _, _, body in answers}, {"14.130.112.24"})
            self.assertEqual(len(upstream.requests), 1)

    def test_who_waits_less_does_not_spoil_it_for_the_others(self):
        with StubUpstream(late(0.6)) as upstream, \
                Server([site(asking(upstream, cache_entries=10, timeout_ms=5000))]) as server:
            status, _, body = fetch_json(server.port, ONE + "?deadline=50")
            self.assertEqual((status, body["error"]["code"]), (504, "timeout"))
            status, _, body = fetch_json(server.port, ONE)
            self.assertEqual((status, body["city"]), (200, "14.130.112.24"))
            self.assertEqual(len(upstream.requests), 1)


if __name__ == "__main__":
    unittest.main()
