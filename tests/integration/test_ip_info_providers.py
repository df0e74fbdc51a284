"""Whom ip-info asks: presets, the providers file, chains, quotas, circuit breakers, secrets."""

import asyncio
import json
import os
import signal
import tempfile
import time
import unittest

from support import Server, StubUpstream
from support.ip_info import fetch_json, site
from support.server import run_lwshost, PLUGIN_DIR, SOURCE

SECRET = "hunter2-s3cret"

# What each service answers, where it was asked, and what becomes of it.
SERVICES = {
    "sina": ("/s?ip={ip}", "/s?ip=8.8.4.4",
             {"ret": 1, "country": "中国", "province": "北京", "city": "北京", "isp": ""},
             {"country": "中国", "region": "北京", "city": "北京"}),
    "ip-api": ("/json/{ip}?fields=61439&lang={lang}", "/json/8.8.4.4?fields=61439&lang=zh-CN",
               {"status": "success", "country": "Canada", "countryCode": "CA", "region": "QC",
                "lat": 45.6, "lon": -73.5, "as": "AS5769 Videotron Ltee"},
               {"country": "Canada", "country_code": "CA", "region_code": "QC", "latitude": 45.6,
                "longitude": -73.5, "as_name": "Videotron Ltee", "asn": 5769}),
    "ipinfo": ("/{ip}/json", "/8.8.4.4/json",
               {"ip": "8.8.4.4", "country": "US", "loc": "37.4,-122.0",
                "org": "AS15169 Google LLC"},
               {"country_code": "US", "latitude": 37.4, "longitude": -122.0, "org": "Google LLC",
                "asn": 15169}),
    "ipwhois": ("/{ip}?lang={lang}", "/8.8.4.4?lang=zh-CN",
                {"success": True, "city": "San Jose", "timezone": {"id": "America/Los_Angeles"},
                 "connection": {"asn": 15169, "isp": "Google LLC"}},
                {"city": "San Jose", "timezone": "America/Los_Angeles", "isp": "Google LLC",
                 "asn": 15169}),
    "geojs": ("/v1/ip/geo/{ip}.json", "/v1/ip/geo/8.8.4.4.json",
              {"country_code": "US", "region": "Unknown", "asn": 64512, "latitude": "37.751"},
              {"country_code": "US", "latitude": 37.751}),
}


async def never(request):
    await asyncio.sleep(60)


def reply(city="X", **keys):
    return StubUpstream.reply(json.dumps({"ok": 1, "city": city}), **keys)


class Scene(unittest.TestCase):
    """A stub whose answers, by the first part of the path, are in `answers`; a providers file."""

    def setUp(self):
        self.answers = {}
        self.upstream = self.enterContext(StubUpstream(
            lambda request: self.answers[request["path"].split("/")[1]](request)))
        self.folder = self.enterContext(tempfile.TemporaryDirectory())
        self.path = os.path.join(self.folder, "providers.json")

    def provider(self, name, **members):
        return {"url": f"{self.upstream.url}/{name}/{{ip}}", "private": True, "ok": "/ok=1",
                "map": {"city": "/city"}, **members}

    def serve(self, names="a", order=None, environment=None, options=(), **members):
        """A server with one provider for each letter of `names`; `members` are those of all."""
        self.write({name: self.provider(name, **members) for name in names}, order)
        return self.enterContext(Server([site(self.options(**dict(options)))],
                                        environment=environment))

    def write(self, providers, order=None):
        file = {"version": 1, "providers": providers}
        if order is not None:
            file["order"] = order
        with open(self.path, "w", encoding="utf-8") as out:
            json.dump(file, out, indent=1)

    def options(self, **more):
        return {"providers-file": self.path, "cache-entries": "0",
                **{name.replace("_", "-"): value for name, value in more.items()}}

    def ask(self, server, query=""):
        """The status, the headers and the result for one address."""
        return fetch_json(server.port, "/ip-info/8.8.4.4" + query)

    def asked(self, name):
        return sum(request["path"].startswith(f"/{name}/") for request in self.upstream.requests)


class Presets(unittest.TestCase):
    def test_each_format_is_understood(self):
        bodies = {path.split("?")[0]: body for _, path, body, _ in SERVICES.values()}
        with StubUpstream(lambda request: StubUpstream.reply(
                json.dumps(bodies[request["path"]]))) as upstream:
            options = {"providers": ",".join(SERVICES)}
            for name, (url, _, _, _) in SERVICES.items():
                options[name + ":url"] = upstream.url + url
                options[name + ":private"] = "1"
            with Server([site(options)]) as server:
                for name, (_, path, _, expected) in SERVICES.items():
                    _, _, result = fetch_json(
                        server.port, f"/ip-info/8.8.4.4?lang=zh&provider={name}")
                    self.assertEqual(result, {"ip": "8.8.4.4", "ok": True, "kind": "public",
                                              "source": name, **expected})
                    self.assertEqual(upstream.requests[-1]["target"], path)
                self.assertNotIn("warning", server.stderr)

    def test_a_name_is_enough_and_warns_where_one_should_know(self):
        with Server([site({"providers": "ip-api,ipinfo,ipwhois,geojs,sina"})]) as server:
            server.wait_stderr("provider ip-api: it is asked in clear text")
            server.wait_stderr("provider sina: the service is gone")

    def test_a_misspelt_one_is_suggested(self):
        with tempfile.TemporaryDirectory() as folder:
            with open(os.path.join(folder, "conf"), "w", encoding="utf-8") as file:
                json.dump({"vhosts": [site({"providers": "ipapi"})]}, file)
            done = run_lwshost("--check", "-c", folder, "--plugin-dir", PLUGIN_DIR)
        self.assertEqual(done.returncode, 2)
        self.assertIn('ip-info.providers: "ipapi" has no url (did you mean "ip-api"?)', done.stderr)


class Chain(Scene):
    def test_failures_go_on_in_order_and_are_told(self):
        self.answers = {"a": lambda r: reply(status="500 No"), "b": lambda r: None,
                        "c": lambda r: reply("C")}
        server = self.serve("cba", order=["a", "b", "c"])
        status, _, result = self.ask(server, "?meta=1")
        self.assertEqual((status, result["city"], result["source"]), (200, "C", "c"))
        self.assertEqual([(a["provider"], a["code"]) for a in result["attempts"]],
                         [("a", "upstream_status"), ("b", "upstream_closed"),
                          ("b", "upstream_closed"), ("c", "found")])

    def test_one_can_be_asked_by_name_and_others_are_not_in_the_chain(self):
        self.answers = {"a": lambda r: reply(status="500 No"), "b": lambda r: reply("B")}
        server = self.serve("ab", order=["a"])
        self.assertEqual(self.ask(server)[0], 502)
        self.assertEqual(self.ask(server, "?provider=b")[2]["city"], "B")
        self.assertEqual(self.ask(server, "?provider=z")[0], 400)
        self.assertEqual(self.ask(server, "?provider=local")[2]["error"]["code"], "no_provider")

    def test_not_knowing_is_an_answer(self):
        self.answers = {"a": lambda r: StubUpstream.reply('{"why":"unknown"}'),
                        "b": lambda r: reply("B")}
        server = self.serve("ab", message="/why", errors={"unknown": "not_found"})
        self.assertEqual(self.ask(server)[0], 404)
        self.assertEqual(self.asked("b"), 0)

    def test_a_hanging_one_costs_its_timeout_only(self):
        self.answers = {"a": never, "b": lambda r: reply("B")}
        server = self.serve("ab", timeout_ms=200)
        begin = time.monotonic()
        self.assertEqual(self.ask(server)[2]["city"], "B")
        self.assertGreaterEqual(time.monotonic() - begin, 0.2)


class Breaker(Scene):
    def test_it_opens_then_lets_exactly_one_probe_go(self):
        self.answers = {"a": lambda r: reply(status="500 No")}
        server = self.serve(breaker_failures=3, breaker_open_ms=1500)
        codes = [self.ask(server)[2]["error"]["code"] for _ in range(5)]
        self.assertEqual(codes, ["upstream_status"] * 3 + ["circuit_open"] * 2)
        status, headers, result = self.ask(server)
        self.assertEqual((status, headers["Retry-After"], result["error"]["retry_after"]),
                         (503, "2", 2))
        self.assertEqual(self.asked("a"), 3)
        self.answers["a"] = never
        self.wait_until_asked(server, "/ip-info?deadline=100&ip=1.1.1.1,8.8.8.8,9.9.9.9", 4)
        self.assertEqual(self.asked("a"), 4, "one probe, whoever else asks")

    def test_a_probe_that_succeeds_closes_it(self):
        self.answers = {"a": lambda r: reply(status="500 No")}
        server = self.serve(breaker_failures=1, breaker_open_ms=300)
        self.assertEqual(self.ask(server)[0], 502)
        self.assertEqual(self.ask(server)[0], 503)
        self.answers["a"] = lambda r: reply("A")
        self.wait_until_asked(server, "/ip-info/8.8.4.4", 2)
        self.assertEqual([self.ask(server)[0] for _ in range(3)], [200] * 3)

    def wait_until_asked(self, server, path, count):
        def ask():
            fetch_json(server.port, path)
            return self.asked("a") >= count
        server.wait_until(ask, f"request {count}", 10)


class Quota(Scene):
    def test_what_the_provider_says_is_left_silences_us(self):
        self.answers = {"a": lambda r: reply("A", headers=[("X-Rl", "0"), ("X-Ttl", "7")])}
        server = self.serve(quota={"remaining": "x-rl", "reset": "x-ttl"})
        self.assertEqual(self.ask(server)[0], 200)
        status, headers, result = self.ask(server)
        self.assertEqual((status, headers["Retry-After"]), (503, "7"))
        self.assertEqual((result["error"]["code"], result["error"]["retry_after"]), ("quota", 7))
        self.assertEqual(self.asked("a"), 1)

    def test_retry_after_pauses(self):
        for status, code in (("429 Slow", "quota"), ("503 Busy", "upstream_status")):
            self.answers = {"a": lambda r, status=status: reply(
                status=status, headers=[("Retry-After", "1")]), "b": lambda r: reply("B")}
            server = self.serve("ab")
            before = self.asked("a")
            _, _, result = self.ask(server, "?provider=a")
            self.assertEqual((result["error"]["code"], result["error"]["retry_after"]), (code, 1))
            self.assertEqual(self.ask(server, "?provider=a")[2]["error"]["code"], "quota")
            self.assertEqual(self.ask(server)[2]["source"], "b", "others are asked meanwhile")
            self.assertEqual(self.asked("a"), before + 1)
            server.wait_until(
                lambda: self.ask(server, "?provider=a")[2]["error"]["code"] == code, "the end", 10)

    def test_a_minute_has_so_many(self):
        self.answers = {"a": lambda r: reply("A")}
        server = self.serve(quota={"per_minute": 2})
        self.assertEqual([self.ask(server)[0] for _ in range(4)], [200, 200, 503, 503])
        self.assertEqual(self.asked("a"), 2)

    def test_within_the_deadline_the_next_second_is_waited_for(self):
        times = []
        self.answers = {"a": lambda r: times.append(time.monotonic()) or reply("A")}
        server = self.serve(quota={"per_second": 1}, options={"deadline_ms": "2500"})
        _, _, answer = fetch_json(server.port, "/ip-info?ip=1.1.1.1,8.8.8.8,9.9.9.9,8.8.4.4")
        self.assertEqual(answer["succeeded"], 3)
        self.assertEqual(answer["results"][3]["error"]["code"], "quota")
        # The stub is told of a request later than it was sent, by a little.
        self.assertGreater(min(b - a for a, b in zip(times, times[1:])), 0.7)


class Secrets(Scene):
    def test_they_reach_the_provider_and_nobody_else(self):
        secret_file = os.path.join(self.folder, "secret")
        with open(secret_file, "w", encoding="utf-8") as file:
            file.write("from-file-" + SECRET + "\nmore\n")
        self.answers = {"a": lambda r: reply(status="500 No")}
        url = self.upstream.url + "/a/{ip}?key={env:TEST_SECRET}"
        server = self.serve(
            url=url, headers={"X-Key": f"k {{file:{secret_file}}}", "X-Lang": "{lang}"},
            basic_auth="me:{env:TEST_SECRET}", environment={"TEST_SECRET": SECRET})
        _, _, result = self.ask(server, "?lang=de&meta=1")
        sent = self.upstream.requests[0]
        self.assertEqual(sent["target"], "/a/8.8.4.4?key=" + SECRET)
        self.assertEqual(sent["headers"]["x-key"], "k from-file-" + SECRET)
        self.assertEqual(sent["headers"]["x-lang"], "de")
        self.assertTrue(sent["headers"]["authorization"].startswith("Basic "))
        self.assertNotIn(SECRET, json.dumps(result))
        server.stop()
        self.assertNotIn(SECRET, server.stderr)

    def test_an_unset_variable_switches_one_off_and_says_so(self):
        self.answers = {"b": lambda r: reply("B")}
        self.write({"a": self.provider("a", headers={"X": "{env:TEST_UNSET}"}),
                    "b": self.provider("b")}, ["a", "b"])
        with Server([site(self.options())]) as server:
            server.wait_stderr("provider a is not asked: the variable TEST_UNSET is not set")
            self.assertEqual(self.ask(server)[2]["source"], "b")
            self.assertEqual(self.ask(server, "?provider=a")[0], 503)


class File(Scene):
    def check(self, text):
        with open(self.path, "w", encoding="utf-8") as file:
            file.write(text)
        with open(os.path.join(self.folder, "conf"), "w", encoding="utf-8") as file:
            json.dump({"vhosts": [site(self.options())]}, file)
        return run_lwshost("--check", "-c", self.folder, "--plugin-dir", PLUGIN_DIR)

    def test_each_mistake_has_its_place(self):
        whole = '{"version": 1, "providers": {"x": {"url": "https://h.example/{ip}",\n %s}}}'
        for text, place in (
                ("{", ":1:1: "),
                (whole % '"mapp": {}', ':2:10: providers.x.mapp: unknown member (did you mean "map"?)'),
                (whole % '"map": {"city": "c"}', ":2:18: providers.x.map.city: "),
                (whole % '"ok": "/a"', ":1:35: providers.x.map: is missing"),
                (whole.replace("{ip}", "{pi}") % '"map": {"city": "/c"}',
                 ':1:43: providers.x.url: unknown placeholder "{pi}"'),
                (whole.replace("h.example", "127.0.0.1") % '"map": {"city": "/c"}',
                 ":1:35: providers.x.private: ")):
            done = self.check(text)
            self.assertEqual(done.returncode, 2, text)
            self.assertIn("ip-info.providers-file: " + self.path[-80:] + place, done.stderr)
        self.assertEqual(self.check(whole % '"map": {"city": "/c"}').returncode, 0)

    def test_the_examples_are_good(self):
        examples = os.path.join(SOURCE, "conf", "examples")
        with open(os.path.join(examples, "providers", "ip-info.json"), encoding="utf-8") as file:
            self.assertEqual(self.check(file.read()).stderr, "")
        with open(os.path.join(examples, "ip-info"), encoding="utf-8") as file:
            text = file.read().replace("/etc/lwshost/ip-info.json", self.path)
        with open(os.path.join(self.folder, "conf"), "w", encoding="utf-8") as file:
            file.write(text)
        done = run_lwshost("--check", "-c", self.folder, "--plugin-dir", PLUGIN_DIR)
        self.assertEqual((done.returncode, done.stderr), (0, ""))

    def test_options_win_over_the_file(self):
        self.answers = {"a": lambda r: reply("A"), "z": lambda r: reply("Z")}
        server = self.serve("a", options={"a:url": self.upstream.url + "/z/{ip}",
                                          "a:map": "region=/city"})
        result = self.ask(server)[2]
        self.assertEqual((result["region"], result.get("city")), ("Z", None))

    def test_reading_anew_takes_the_new_file(self):
        self.answers = {"a": lambda r: reply("A"), "b": lambda r: reply("B")}
        server = self.serve("a")
        self.assertEqual(self.ask(server)[2]["city"], "A")
        self.write({"b": self.provider("b")})
        server.signal(signal.SIGHUP)
        server.wait_listening(2)
        self.assertEqual(fetch_json(int(server.urls[1].rstrip("/").rsplit(":", 1)[1]),
                                    "/ip-info/8.8.4.4")[2]["city"], "B")


if __name__ == "__main__":
    unittest.main()
