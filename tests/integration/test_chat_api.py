"""The chat over HTTP: what can be read, what who has a key can do, and every error."""

import http.client
import json
import socket
import unittest

from support import Server, vhost
from support.api import BEARER, JSON, KEY, ApiServer, api_conf
from support.protocol import check_event
from test_chat_json import Chat

ROUTES = {"/status": "GET, HEAD, OPTIONS", "/metrics": "GET, HEAD, OPTIONS",
          "/rooms": "GET, HEAD, OPTIONS", "/rooms/lobby": "DELETE, OPTIONS",
          "/rooms/lobby/messages": "GET, HEAD, OPTIONS",
          "/rooms/lobby/events": "GET, HEAD, OPTIONS",
          "/rooms/lobby/announcements": "POST, OPTIONS",
          "/rooms/lobby/moderation": "POST, OPTIONS"}


class Reading(unittest.TestCase):
    def test_status(self):
        with ApiServer(max_connections=77) as server:
            Chat(server).join(nick="Ann")
            server.connect("/chat?room=den")
            server.wait_until(lambda: server.ask("/status")[2]["members"] == 2, "both members")
            listener = server.listen()
            self.assertEqual(listener.status, 200)
            status, headers, body = server.ask("/status")
            self.assertEqual((status, headers["content-type"], headers["cache-control"]),
                             (200, "application/json", "no-store"))
            self.assertEqual(headers["x-content-type-options"], "nosniff")
            self.assertEqual((body["protocol"], body["rooms"], body["members"]), (1, 2, 2))
            self.assertEqual(body["connections"], {"all": 3, "json": 1, "text": 1, "events": 1})
            self.assertEqual(body["store"], {"kind": "memory", "state": "ok"})
            self.assertEqual(body["limits"]["connections"], 77)
            self.assertRegex(body["version"], r"^\d+\.\d+\.\d+$")
            self.assertGreaterEqual(body["uptime"], 0)

    def test_rooms_in_pages(self):
        with ApiServer() as server:
            ann = Chat(server)
            for room in ("delta", "alpha", "charlie", "bravo"):
                ann.join(room=room, nick="Ann")
            ann.say("hi", "1", "alpha")
            first = server.ask("/rooms?limit=3")[2]
            self.assertEqual([room["room"] for room in first["rooms"]],
                             ["alpha", "bravo", "charlie"])
            self.assertTrue(first["more"])
            alpha = first["rooms"][0]
            self.assertEqual((alpha["count"], alpha["offset"], alpha["oldest"], alpha["pin"]),
                             (1, 1, 1, False))
            last = server.ask("/rooms?limit=3&after=charlie")[2]
            self.assertEqual([room["room"] for room in last["rooms"]], ["delta"])
            self.assertFalse(last["more"])

    def test_messages_are_those_of_the_socket(self):
        with ApiServer() as server:
            ann = Chat(server)
            epoch = ann.join(nick="Ann")["epoch"]
            ann.say("<b>\"中\n", "c1")
            body = server.ask("/rooms/LOBBY/messages")[2]
            self.assertEqual((body["room"], body["epoch"], body["offset"], body["more"]),
                             ("lobby", epoch, 1, False))
            self.assertNotIn("recovered", body)
            message, = body["messages"]
            check_event(message)
            self.assertEqual((message["text"], message["cid"], message["from"]["nick"]),
                             ("<b>\"中", "c1", "Ann"))

    def test_pages_of_messages(self):
        with ApiServer() as server:
            for n in range(1, 8):
                self.assertEqual(server.announce(f"{n}"), n)
            path = "/rooms/lobby/messages"

            def page(query):
                body = server.ask(path + query)[2]
                return [int(m["text"]) for m in body["messages"]], body["more"]

            epoch = server.ask(path)[2]["epoch"]
            self.assertEqual(page(""), ([1, 2, 3, 4, 5, 6, 7], False))
            self.assertEqual(page("?limit=3"), ([5, 6, 7], True))
            self.assertEqual(page("?offset=0&limit=3"), ([1, 2, 3], True))
            self.assertEqual(page(f"?offset=3&limit=3&epoch={epoch}"), ([4, 5, 6], True))
            self.assertEqual(page("?offset=6&limit=3"), ([7], False))
            self.assertEqual(page("?offset=7"), ([], False))

    def test_the_recovery_of_messages(self):
        with ApiServer(history_count=2, history_bytes=16000, room_log_bytes=65536,
                       max_message_bytes=8192) as server:
            for _ in range(20):
                server.announce("x" * 7000)
            path = "/rooms/lobby/messages"
            body = server.ask(path + "?offset=20")[2]
            self.assertEqual((body["recovered"], body["missed"], body["messages"]),
                             (True, None, []))
            epoch = body["epoch"]
            lost = server.ask(f"{path}?offset=3&epoch={epoch}&limit=1")[2]
            first = lost["messages"][0]["offset"]
            self.assertEqual((lost["recovered"], lost["missed"]), (False, first - 4))
            self.assertGreater(first, 4)
            other = server.ask(f"{path}?offset=3&epoch=other")[2]
            self.assertEqual((other["recovered"], other["missed"], other["epoch"]),
                             (False, None, epoch))
            self.assertGreaterEqual(other["messages"][0]["offset"], 19)
            ahead = server.ask(f"{path}?offset=21&epoch={epoch}")[2]
            self.assertEqual((ahead["recovered"], ahead["missed"]), (False, None))
            status, _, problem = server.ask(f"{path}?offset=21")
            self.assertEqual((status, problem["reason"]), (416, "offset-out-of-range"))

    def test_metrics(self):
        with ApiServer() as server:
            server.announce("hi")
            status, headers, body = server.ask("/metrics")
            self.assertEqual(status, 200)
            self.assertEqual(headers["content-type"],
                             "application/openmetrics-text; version=1.0.0; charset=utf-8")
            self.assertIn(b"\nchat_messages_total 1\n", body)
            self.assertTrue(body.endswith(b"# EOF\n"))

    def test_head_is_get_without_a_body(self):
        with ApiServer() as server:
            connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=20)
            for path in ("/status", "/rooms", "/rooms/lobby/messages", "/metrics"):
                connection.request("HEAD", "/api" + path)
                response = connection.getresponse()
                self.assertEqual((response.status, response.read()), (200, b""), path)
                self.assertGreater(int(response.headers["content-length"]), 0)
            connection.close()

    def test_what_a_page_elsewhere_may_read(self):
        with ApiServer(origins="https://a.example") as server:
            status, headers, _ = server.ask("/rooms", headers={"Origin": "https://a.example"})
            self.assertEqual((status, headers["access-control-allow-origin"]),
                             (200, "https://a.example"))
            status, headers, body = server.ask("/rooms", headers={"Origin": "https://b.example"})
            self.assertEqual((status, body["reason"]), (403, "origin"))
            self.assertIsNone(headers["access-control-allow-origin"])
            status, headers, _ = server.ask("/rooms/lobby/moderation", "OPTIONS",
                                            headers={"Origin": "https://a.example"})
            self.assertEqual((status, headers["access-control-allow-methods"]),
                             (204, "POST, OPTIONS"))
            self.assertIn("authorization", headers["access-control-allow-headers"])

    def test_a_room_with_a_pin(self):
        with ApiServer(den__pin="1234") as server:
            path = "/rooms/den/messages"
            Chat(server).join(room="den", pin="1234", nick="Ann")
            status, headers, body = server.ask(path)
            self.assertEqual((status, body["reason"], headers["www-authenticate"]),
                             (401, "pin-required", "Bearer"))
            self.assertEqual(server.ask(path + "?pin=1235")[2]["reason"], "bad-pin")
            for how in ({"path": path + "?pin=1234"}, {"headers": {"X-Room-Pin": "1234"}},
                        {"headers": BEARER}):
                self.assertEqual(server.ask(**{"path": path, **how})[0], 200, how)
            self.assertEqual(server.listen("/rooms/den/events").status, 401)
            self.assertEqual(server.listen("/rooms/den/events?pin=1234").status, 200)
            den = next(r for r in server.ask("/rooms")[2]["rooms"] if r["room"] == "den")
            self.assertTrue(den["pin"])
            self.assertNotIn("1234", server.stderr)


class Writing(unittest.TestCase):
    def test_an_address_may_guess_so_often(self):
        with ApiServer(den__pin="1234", guesses=4, rate=0) as server:
            path = "/rooms/den/messages?pin="
            for pin in ("1", "2"):
                self.assertEqual(server.ask(path + pin)[2]["reason"], "bad-pin")
            self.assertEqual(server.ask(path + "1234")[0], 200)
            for wrong in ({"pin": "3"}, {"pin": "4"}): # the socket's count with them
                chat = Chat(server)
                self.assertEqual(chat.refused("join", room="den", **wrong), (401, "bad-pin"))
            error = chat.ask("join", "error", room="den", pin="1234")
            self.assertEqual((error["reason"], error["code"]), ("too-many-guesses", 429))
            self.assertTrue(0 < error["retry_after"] <= 15000, error)
            status, headers, body = server.ask(path + "1234")
            self.assertEqual((status, body["reason"]), (429, "too-many-guesses"))
            self.assertTrue(0 < int(headers["retry-after"]) <= 15, headers)
            self.assertEqual(server.ask("/rooms/lobby/messages?pin=1")[0], 200) # nothing to guess
            self.assertEqual(server.ask("/rooms/den/messages")[2]["reason"], "pin-required")

    def test_an_announcement_reaches_everybody(self):
        with ApiServer() as server:
            ann = Chat(server)
            ann.join(nick="Ann")
            status, _, body = server.ask("/rooms/lobby/announcements", "POST", {"text": " 明天 "},
                                         {**BEARER, **JSON})
            self.assertEqual((status, body["type"], body["offset"]), (201, "ok", 1))
            shown = ann.receive_json("announcement")
            self.assertEqual((shown["text"], shown["offset"], shown["time"]),
                             ("明天", 1, body["time"]))

    def test_moderation(self):
        with ApiServer() as server:
            ann, bob = Chat(server), Chat(server)
            ann.join(nick="Ann")
            bob.join(nick="Bob")

            def measure(**members):
                status, _, body = server.ask("/rooms/lobby/moderation", "POST", members,
                                             {**BEARER, **JSON})
                return status, body.get("reason", body.get("type"))

            self.assertEqual(measure(op="mute", nick="Bob", seconds=60), (200, "ok"))
            self.assertEqual(bob.refused("message", room="lobby", text="x", cid="1"),
                             (403, "muted"))
            self.assertEqual(measure(op="unban", nick="Bob"), (200, "ok"))
            bob.say("x", "2")
            self.assertEqual(measure(op="kick", nick="Bob", reason="so"), (200, "ok"))
            self.assertEqual(ann.receive_json("leave")["reason"], "kicked")
            self.assertEqual(measure(op="kick", nick="Bob"), (404, "no-such-user"))
            self.assertEqual(measure(op="kick"), (400, "bad-request"))
            self.assertEqual(measure(op="message"), (400, "unknown-type"))
            self.assertEqual(measure(op=1), (400, "bad-request"))
            self.assertEqual(measure(op="ban", nick="Ann", seconds=0), (400, "bad-request"))

    def test_a_room_is_closed(self):
        with ApiServer() as server:
            ann = Chat(server)
            epoch = ann.join(nick="Ann")["epoch"]
            ann.say("x", "1")
            status, _, body = server.ask("/rooms/lobby", "DELETE", headers=BEARER)
            self.assertEqual((status, body), (200, {"type": "ok"}))
            ann.receive_json("room_closed")
            body = server.ask("/rooms/lobby/messages")[2]
            self.assertEqual((body["offset"], body["messages"]), (0, []))
            self.assertNotEqual(body["epoch"], epoch)
            self.assertEqual(server.ask("/rooms/none", "DELETE", headers=BEARER)[0], 404)

    def test_a_room_may_have_a_key_of_its_own(self):
        with ApiServer(den__secret="lion") as server:
            Chat(server).join(room="den", nick="Ann")
            key = {"Authorization": "bearer lion", **JSON}
            for room, status in (("den", 201), ("lobby", 403)):
                path = f"/rooms/{room}/announcements"
                self.assertEqual(server.ask(path, "POST", {"text": "x"}, key)[0], status)


class Refusals(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.server = ApiServer(max_frame_bytes=2048, max_message_bytes=100)
        cls.server.__enter__()

    @classmethod
    def tearDownClass(cls):
        cls.server.__exit__(None, None, None)

    def refused(self, path, method="GET", body=None, headers=None):
        status, fields, problem = self.server.ask(path, method, body, headers)
        self.assertEqual(fields["content-type"], "application/problem+json", problem)
        self.assertEqual(problem["status"], status)
        self.assertTrue(problem["title"] and problem["detail"])
        return status, problem["reason"]

    def test_paths(self):
        for path in ("", "/", "/nope", "/status/x", "/rooms/", "/rooms/a/b", "/rooms/a/messages/x"):
            self.assertEqual(self.refused(path), (404, "not-found"), path)
        for room in ("a%20b", "%C3%A4", "x" * 65):
            self.assertEqual(self.refused(f"/rooms/{room}/messages"), (400, "bad-room"), room)
        for path in ("messages", "events"):
            self.assertEqual(self.refused(f"/rooms/none/{path}"), (404, "no-such-room"))
        self.assertEqual(self.refused("/rooms/none/announcements", "POST", {"text": "x"},
                                      {**BEARER, **JSON}), (404, "no-such-room"))

    def test_methods(self):
        for path, allow in ROUTES.items():
            status, headers, body = self.server.ask(path, "PUT", "x")
            self.assertEqual((status, headers["allow"], body["reason"]),
                             (405, allow, "method-not-allowed"), path)
            status, headers, _ = self.server.ask(path, "OPTIONS")
            self.assertEqual((status, headers["allow"]), (204, allow), path)

    def test_parameters(self):
        path = "/rooms/lobby/messages"
        for query in ("limit=0", "limit=101", "limit=x", "limit=", "offset=-1", "offset=1.5",
                      "offset=9999999999999999999", "epoch=x"):
            self.assertEqual(self.refused(f"{path}?{query}"), (400, "bad-request"), query)
        self.assertEqual(self.refused("/rooms?after=%20"), (400, "bad-room"))

    def test_keys(self):
        path = "/rooms/lobby/announcements"
        status, headers, body = self.server.ask(path, "POST", {"text": "x"}, JSON)
        self.assertEqual((status, headers["www-authenticate"], body["reason"]),
                         (401, "Bearer", "key-required"))
        for value in ("Basic abc", KEY, "Bearer"):
            self.assertEqual(self.refused(path, "POST", {"text": "x"},
                                          {"Authorization": value, **JSON})[0], 401, value)
        for key in ("wrong", KEY + "x", KEY[:-1], "x" * 2000):
            self.assertEqual(self.refused(path, "POST", {"text": "x"},
                                          {"Authorization": f"Bearer {key}", **JSON})[0],
                             403 if len(key) < 1000 else 401, key)
        self.assertEqual(self.refused("/rooms/lobby", "DELETE"), (401, "key-required"))
        self.assertNotIn(KEY, self.server.stderr)

    def test_bodies(self):
        path = "/rooms/lobby/announcements"
        for body, expected in (("{", "bad-json"), ("[]", "bad-request"), ("{}", "bad-request"),
                               ('{"text":1}', "bad-request"), ('{"text":" "}', "empty-text"),
                               ('{"text":"a","text":"b"}', "bad-json"), (b"\xff", "bad-json")):
            self.assertEqual(self.refused(path, "POST", body, {**BEARER, **JSON}),
                             (400, expected), body)
        self.assertEqual(self.refused(path, "POST", {"text": "x" * 101}, {**BEARER, **JSON}),
                         (413, "text-too-long"))
        for length in (2100, 1048576):
            self.assertEqual(self.refused(path, "POST", b" " * length, {**BEARER, **JSON}),
                             (413, "body-too-long"), length)
        for kind in ("text/plain", "application/x-www-form-urlencoded", "application/jsonx"):
            self.assertEqual(self.refused(path, "POST", b'{"text":"x"}',
                                          {**BEARER, "Content-Type": kind}), (415, "not-json"))

    def test_bodies_that_are_not_read(self):
        for length, status, reason in (("Transfer-Encoding: chunked", b"411", b"length-required"),
                                       ("Content-Length: 2x", b"411", b"length-required"),
                                       ("Content-Length: 99999999999", b"413", b"body-too-long")):
            with socket.create_connection(("127.0.0.1", self.server.port), 20) as raw:
                raw.sendall(f"POST /api/rooms/lobby/announcements HTTP/1.1\r\nHost: a\r\n"
                            f"Authorization: Bearer {KEY}\r\nContent-Type: application/json\r\n"
                            f"{length}\r\n\r\n".encode())
                answer = b""
                while data := raw.recv(65536):
                    answer += data
            self.assertTrue(answer.startswith(b"HTTP/1.1 " + status), answer)
            self.assertIn(reason, answer)
            self.assertIn(b"connection: close", answer)

    def test_pages_elsewhere(self):
        self.assertEqual(self.refused("/rooms", headers={"Origin": "https://b.example"}),
                         (403, "origin"))
        origin = f"http://127.0.0.1:{self.server.port}"
        self.assertEqual(self.server.ask("/rooms", headers={"Origin": origin})[0], 200)

    def test_a_connection_is_kept_through_all_of_this(self):
        connection = http.client.HTTPConnection("127.0.0.1", self.server.port, timeout=20)
        for method, path, body, status in (
                ("GET", "/rooms/none/messages", None, 404), ("PUT", "/status", "x" * 5000, 405),
                ("POST", "/rooms/lobby/moderation", "{}", 400), ("GET", "/status", None, 200),
                ("DELETE", "/rooms/none", None, 404), ("HEAD", "/rooms/a%20b/events", None, 400),
                ("GET", "/rooms", None, 200)):
            connection.request(method, "/api" + path, body, {**BEARER, **JSON})
            socket_before = connection.sock
            response = connection.getresponse()
            response.read()
            self.assertEqual(response.status, status, path)
            self.assertIs(connection.sock, socket_before)
        connection.close()


class Switches(unittest.TestCase):
    def statuses(self, headers=None, **options):
        with ApiServer(**options) as server:
            read = server.ask("/status", headers=headers)[0]
            write, _, body = server.ask("/rooms/lobby/announcements", "POST", {"text": "x"},
                                        {**(headers or {}), **JSON})
            return read, write, body.get("reason")

    def test_the_option_api(self):
        self.assertEqual(self.statuses(BEARER, api="off"), (404, 404, "not-found"))
        self.assertEqual(self.statuses(BEARER, api="read"), (200, 403, "not-allowed"))
        self.assertEqual(self.statuses(BEARER, api="key"), (200, 201, None))
        self.assertEqual(self.statuses(None, api="key"), (401, 401, "key-required"))

    def test_without_an_admin_key_nobody_writes(self):
        conf = api_conf()
        del conf[0]["ws-protocols"][0]["chat-room"]["admin-key"]
        with ApiServer(conf) as server:
            for headers in (JSON, {**BEARER, **JSON}):
                status, _, body = server.ask("/rooms/lobby/moderation", "POST", {"op": "kick"},
                                             headers)
                self.assertEqual((status, body["reason"]), (403, "not-allowed"))
                self.assertIn("admin-key", body["detail"])

    def test_no_room_for_a_room(self):
        with ApiServer(max_rooms=1) as server:
            Chat(server).join(room="tea")
            status, headers, body = server.ask("/rooms/lobby/messages")
            self.assertEqual((status, body["reason"]), (503, "too-many-rooms"))
            self.assertTrue(headers["retry-after"])
            self.assertEqual(server.ask("/rooms/none/messages")[0], 404)

    def test_a_mount_without_a_chat(self):
        conf = [vhost(mounts=[{"mountpoint": "/api", "origin": "callback://chat-room-text"}],
                      ws_protocols=[{"chat-room": {}}, {"chat-room-text": {}}])]
        with Server(conf) as server:
            connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=20)
            connection.request("GET", "/api/status")
            self.assertEqual(json.load(connection.getresponse())["protocol"], 1)
            connection.close()


if __name__ == "__main__":
    unittest.main()
