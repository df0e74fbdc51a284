"""The chat with clients that others wrote: python3-websockets, Tornado's, Node's ws."""

import asyncio
import os
import shutil
import subprocess
import tempfile
import unittest

from support.certificate import make_certificate
from support.chat import ChatServer, chat_conf, parts
from support.clients import Tornado, Websockets

NODE = shutil.which("node")
NODE_CLIENT = os.path.join(os.path.dirname(__file__), "support", "ws_client.mjs")
SECONDS = 60
LARGE = {"max_message_bytes": 65536, "max_frame_bytes": 400000, "client_queue_bytes": 524288}


def url(server, query=""):
    return server.urls[0].replace("http", "ws", 1) + "chat" + query


def run(scenario):
    asyncio.run(asyncio.wait_for(scenario, SECONDS))


class Scenarios:
    """What each client has to get through; a class below for each of them."""

    async def join(self, server, nick, cert=None, **members):
        client = await self.Client.connect(url(server), "chat-room", cert)
        client.welcome = await client.receive_json("welcome")
        client.joined = await client.ask("join", "joined", nick=nick, **members)
        return client

    def test_a_conversation(self):
        async def scenario(server):
            ann = await self.join(server, "Ann")
            self.assertEqual(ann.protocol, "chat-room")
            bob = await self.join(server, "Bob")
            self.assertEqual((await ann.receive_json())["nick"], "Bob")
            ok = await ann.ask("message", "ok", id=1, room="lobby", text="hi 中😀", cid="c")
            said = await bob.receive_json()
            self.assertEqual((said["text"], said["offset"]), ("hi 中😀", ok["offset"]))
            await bob.close()
            self.assertEqual((await ann.receive_json("leave"))["reason"], "left")
            await ann.close()
            self.assertEqual((ann.code(), bob.code()), (1000, 1000))

        with ChatServer(chat_conf()) as server:
            run(scenario(server))

    def test_lines_without_a_subprotocol(self):
        async def scenario(server):
            lee = await self.Client.connect(url(server, "?nick=Lee"), None)
            self.assertIsNone(lee.protocol)
            self.assertEqual(parts(await lee.receive()), ("Lee", "进入聊天室"))
            await lee.send("hello")
            self.assertEqual(parts(await lee.receive()), ("Lee", "说：hello"))
            await lee.close()
            self.assertEqual(lee.code(), 1000)

        with ChatServer(chat_conf()) as server:
            run(scenario(server))

    def test_compression_that_is_offered_is_not_taken(self):
        async def scenario(server):
            ann = await self.join(server, "Ann")
            self.assertEqual(ann.extensions, [])
            await ann.send_json(type="message", room="lobby", text="x" * 4000, cid="c")
            self.assertEqual((await ann.receive_json("message"))["text"], "x" * 4000)
            await ann.close()

        with ChatServer(chat_conf()) as server:
            run(scenario(server))

    def test_frames_of_64_bits_length(self):
        async def scenario(server):
            ann, bob = await self.join(server, "Ann"), await self.join(server, "Bob")
            text = "\U0001f600" * (65536 // 4)
            await ann.send_json(type="message", room="lobby", text=text, cid="c")
            for client in (ann, bob):
                self.assertEqual((await client.receive_json("message"))["text"], text)
                await client.close()

        with ChatServer(chat_conf(**LARGE)) as server:
            run(scenario(server))

    def test_the_server_ends_it(self):
        async def scenario(server):
            ann, eve = await self.join(server, "Ann"), await self.join(server, "Eve")
            await eve.send(b"binary")
            with self.assertRaises(ConnectionError):
                while True:
                    await eve.receive()
            self.assertEqual(eve.code(), 1003)
            server.signal(15)
            with self.assertRaises(ConnectionError):
                while True:
                    await ann.receive()
            self.assertEqual(ann.code(), 1001)

        with ChatServer(chat_conf()) as server:
            run(scenario(server))

    def test_pings_of_the_server_are_answered_by_the_library(self):
        """A text client that says nothing for longer than ping and pong may take stays."""
        async def scenario(server):
            lee = await self.Client.connect(url(server, "?nick=Lee"), "chat-room-text")
            await lee.receive()
            with self.assertRaises(asyncio.TimeoutError):
                await asyncio.wait_for(lee.receive(), 3.5)
            eve = await self.Client.connect(url(server, "?nick=Eve"), "chat-room-text")
            await eve.send("still there?")
            self.assertEqual(parts(await eve.receive())[0], "Eve")
            await eve.close()
            await lee.close()
            self.assertEqual(lee.code(), 1000)

        with ChatServer(chat_conf(ping_interval=1, pong_timeout=1)) as server:
            run(scenario(server))

    def test_over_tls(self):
        async def scenario(server, cert):
            ann = await self.join(server, "Ann", cert)
            await ann.send_json(type="message", room="lobby", text="x" * 4000, cid="c")
            self.assertEqual(len((await ann.receive_json("message"))["text"]), 4000)
            await ann.close()
            self.assertEqual(ann.code(), 1000)

        with tempfile.TemporaryDirectory() as folder:
            cert, key = make_certificate(folder)
            conf = chat_conf()
            conf[0].update({"host-ssl-cert": cert, "host-ssl-key": key})
            with ChatServer(conf) as server:
                run(scenario(server, cert))

    async def come_back(self, server, ann, sent):
        """Ann's new connection, after what `sent` says was not acknowledged is sent again."""
        again = await self.join(server, "Ann", session=ann.welcome["session"],
                                since={"epoch": ann.joined["epoch"], "offset": 1})
        self.assertEqual((again.joined["recovered"], again.joined["user"], again.joined["nick"]),
                         (True, ann.welcome["user"], "Ann"))
        replayed = [await again.receive_json() for _ in range(again.joined["replay"])]
        self.assertTrue(all(event["replay"] for event in replayed))
        ok = await again.ask("message", "ok", id="again", room="lobby", **sent)
        return again, [event["text"] for event in replayed], ok["offset"]

    def test_recovery_across_a_broken_connection(self):
        async def scenario(server):
            ann, bob = await self.join(server, "Ann"), await self.join(server, "Bob")
            for n, client in enumerate((ann, bob, ann)):
                sent = {"text": f"no. {n}", "cid": f"c{n}"}
                await client.ask("message", "ok", id=n, room="lobby", **sent)
            ann.break_off()
            again, replayed, offset = await self.come_back(server, ann, sent)
            self.assertEqual((replayed, offset), (["no. 1", "no. 2"], 3))
            for client in (again, bob):
                await client.close()

        with ChatServer(chat_conf()) as server:
            run(scenario(server))

    def test_recovery_across_a_restart_of_the_server(self):
        async def before(server):
            ann = await self.join(server, "Ann")
            for n in range(3):
                sent = {"text": f"no. {n}", "cid": f"c{n}"}
                await ann.ask("message", "ok", id=n, room="lobby", **sent)
            server.process.kill()
            with self.assertRaises(ConnectionError):
                while True:
                    await ann.receive()
            return ann, sent

        async def scenario(conf):
            with ChatServer(conf) as server:
                ann, sent = await before(server)
                server.process.wait()
                server.process.returncode = 0  # it was to be killed
            with ChatServer(conf) as server:
                again, replayed, offset = await self.come_back(server, ann, sent)
                self.assertEqual((replayed, offset), (["no. 1", "no. 2"], 3))
                await again.close()

        with tempfile.TemporaryDirectory() as folder:
            run(scenario(chat_conf(store=f"sqlite:{folder}/chat.db")))


class WithWebsockets(Scenarios, unittest.TestCase):
    Client = Websockets

    def test_fragments(self):
        async def scenario(server):
            ann = await self.join(server, "Ann")
            await ann.socket.send(['{"type":"message","room":"lobby",', '', '"text":"in pi',
                                   'eces","cid":"c"}'])
            self.assertEqual((await ann.receive_json("message"))["text"], "in pieces")
            await ann.close()

        with ChatServer(chat_conf()) as server:
            run(scenario(server))

    def test_pings_of_the_client(self):
        async def scenario(server):
            ann = await self.join(server, "Ann")
            for payload in (b"", b"x" * 125):
                await asyncio.wait_for(await ann.socket.ping(payload), 10)
            await ann.close()

        with ChatServer(chat_conf()) as server:
            run(scenario(server))


class WithTornado(Scenarios, unittest.TestCase):
    Client = Tornado

    def test_pings_of_the_client(self):
        async def scenario(server):
            ann = await self.join(server, "Ann")
            ann.socket.ping(b"x" * 125)
            while not ann.pongs:
                await ann.send_json(type="leave", id=1, room="nowhere")
                await ann.receive_json("error")
            self.assertEqual(ann.pongs, [b"x" * 125])
            await ann.close()

        with ChatServer(chat_conf(rate=0)) as server:
            run(scenario(server))


@unittest.skipUnless(NODE, "node is needed")
class WithNode(unittest.TestCase):
    def node(self, server, scenario, *arguments):
        # Debian's node-ws, whichever Node.js it is that runs.
        ran = subprocess.run([NODE, NODE_CLIENT, url(server), scenario, *arguments], text=True,
                             capture_output=True, timeout=SECONDS, check=False,
                             env={**os.environ, "NODE_PATH": "/usr/share/nodejs"})
        self.assertEqual((ran.returncode, ran.stderr), (0, ""))

    def test_everything_that_needs_one_server(self):
        conf = chat_conf(ping_interval=1, pong_timeout=1, **LARGE)
        with ChatServer(conf) as server:
            for scenario in ("conversation", "lines", "compression", "large", "fragments", "pings",
                             "closes", "recovery"):
                with self.subTest(scenario):
                    self.node(server, scenario)

    def test_over_tls(self):
        with tempfile.TemporaryDirectory() as folder:
            cert, key = make_certificate(folder)
            conf = chat_conf(**LARGE)
            conf[0].update({"host-ssl-cert": cert, "host-ssl-key": key})
            with ChatServer(conf) as server:
                for scenario in ("conversation", "large"):
                    self.node(server, scenario, cert)


if __name__ == "__main__":
    unittest.main()
