"""Memory that is short: what the server can't do it refuses, and it lives on.

Every hundredth allocation of lwshost and its plugins fails while a file exists; see
support/our_memory.c. Who is hit sees 503, a close with 1011, or at worst a connection that ends.
"""

import http.client
import json
import os
import tempfile
import unittest

from support import StubUpstream, preload, vhost
from support.chat import ChatServer
from support.ip_info import asking, fetch_json, sina, site
from support.ws import WsClosed, WsRefused

ROUNDS = 150
DATABASE = os.path.join(os.environ["LWSHOST_SOURCE"], "plugins", "ip-lookup", "data", "sample.mmdb")


def get(port, path):
    """Status and body, or (0, b"") when the connection just ended."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    try:
        connection.request("GET", path)
        answer = connection.getresponse()
        return answer.status, answer.read()
    except (OSError, http.client.HTTPException):
        return 0, b""
    finally:
        connection.close()


class Memory(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)
        self.switch = os.path.join(self.folder.name, "short")
        self.environment = preload.build(self.folder.name, "our_memory")
        self.environment["LWSHOST_TEST_SHORT_MEMORY"] = self.switch

    def be_short(self):
        with open(self.switch, "w", encoding="ascii"):
            pass

    def have_enough(self):
        os.unlink(self.switch)

    def server(self, **keys):
        return ChatServer([vhost(**keys)], environment=self.environment)

    def talk(self, server, n, texts):
        """Join, say something, and leave: the code of the close, or what was in the way."""
        try:
            client = server.connect("/chat", protocols=["chat-room"])
            self.assertEqual(client.receive_json()["type"], "welcome")
            client.send_json(type="join", room="den", nick=f"n{n}", history=0)
            event = client.receive_json()
            if event["type"] == "error":
                self.assertIn(event["code"], (500, 503), event)
                return event["reason"]
            for number, text in enumerate(texts):
                client.send_json(type="message", room="den", cid=f"c{number}", text=text)
            for text in texts:
                event = client.receive_json()
                while event["type"] not in ("message", "error"):
                    event = client.receive_json()
                if event["type"] == "error":
                    self.assertIn(event["code"], (500, 503), event)
                    return event["reason"]
                self.assertEqual(event["text"], text)
            return "said"
        except WsRefused as refused:
            self.assertIn(refused.status, (500, 503))
            return "refused"
        except WsClosed as closed:
            self.assertIn(closed.code, (None, 1011, 4002))
            return closed.code
        except OSError:
            return "ended"
        finally:
            for client in server.clients:
                client.abort()
            server.clients.clear()

    def test_a_chat(self):
        with self.server(ws_protocols=[{"chat-room": {"rate": "0", "leave-delay": "0"}}]) as server:
            self.assertEqual(self.talk(server, 0, ["a", "b"]), "said")
            self.be_short()
            results = [self.talk(server, n, ["x" * 200] * 5) for n in range(ROUNDS)]
            self.have_enough()
            self.assertTrue(set(results) - {"said"}, "nothing was short")
            self.assertEqual([self.talk(server, n, ["a", "b"]) for n in range(20)], ["said"] * 20)
            self.assertIsNone(server.process.poll(), server.stderr)

    def test_lookups(self):
        with StubUpstream(sina) as upstream:
            with ChatServer([site(asking(upstream, rate=0))],
                            environment=self.environment) as server:
                path = "/ip-info?ip=1.0.0.1,1.0.0.2"
                self.assertEqual(fetch_json(server.port, path)[2]["succeeded"], 2)
                self.be_short()
                statuses = set()
                for _ in range(ROUNDS):
                    status, body = get(server.port, path)
                    statuses.add(status)
                    self.assertIn(status, (0, 200, 500, 502, 503))
                    if status == 200:
                        json.loads(body)
                self.have_enough()
                self.assertGreater(len(statuses), 1, "nothing was short")
                for _ in range(20):
                    self.assertEqual(fetch_json(server.port, path)[2]["succeeded"], 2)
                self.assertIsNone(server.process.poll(), server.stderr)

    def test_the_local_database_and_files(self):
        with open(os.path.join(self.folder.name, "a.txt"), "w", encoding="ascii") as file:
            file.write("hello")
        with self.server(ws_protocols=[{"ip-lookup": {"database": DATABASE}}],
                         mounts=[{"mountpoint": "/ip-lookup", "origin": "callback://ip-lookup"},
                                 {"mountpoint": "/", "origin": f"file://{self.folder.name}"}]) as server:
            for path in ("/ip-lookup?ip=8.8.8.8", "/a.txt"):
                before = get(server.port, path)
                self.assertEqual(before[0], 200)
                self.be_short()
                for _ in range(ROUNDS):
                    answer = get(server.port, path)
                    self.assertTrue(answer == before or answer[0] in (0, 500, 503), answer)
                self.have_enough()
                for _ in range(20):
                    self.assertEqual(get(server.port, path), before)
            self.assertIsNone(server.process.poll(), server.stderr)


if __name__ == "__main__":
    unittest.main()
