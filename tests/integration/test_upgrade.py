"""WebSocket upgrades reach the protocol that they name; those that name none are told so."""

import os
import socket
import unittest

from support import Server, WsClient, WsRefused, vhost

TEST_PLUGINS = os.environ["LWSHOST_TEST_PLUGIN_DIR"]
UPGRADE = (b"GET /chat HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
           b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n")


def serve(*protocols, loop="uv", **keys):
    conf = vhost(mounts=[{"mountpoint": "/say", "origin": "callback://echo-test"}],
                 ws_protocols=list(protocols), **keys)
    return Server([conf], arguments=["--plugin-dir", TEST_PLUGINS],
                  environment={"LWSHOST_EVENT_LOOP": loop})


class Case(unittest.TestCase):
    def refused(self, server, protocols, *offered):
        with self.assertRaises(WsRefused) as refused:
            WsClient(server.port, protocols=protocols)
        self.assertEqual(refused.exception.status, 400)
        for name in offered:
            self.assertIn(name, refused.exception.body)

    def echoes(self, server, protocols, chosen):
        with WsClient(server.port, protocols=protocols) as client:
            self.assertEqual(client.protocol, chosen)
            client.send("söme text")
            self.assertEqual(client.receive(), "söme text")


class Upgrades(Case):
    def test_a_protocol_by_its_name(self):
        with serve({"echo-test": {}}, {"surprise": {}}) as server:
            self.echoes(server, ["echo-test"], "echo-test")
            self.echoes(server, ["unknown", "surprise", "echo-test"], "surprise")

    def test_an_unknown_protocol(self):
        for loop in ("uv", "poll"):
            with serve({"echo-test": {}}, {"surprise": {}}, loop=loop) as server:
                self.refused(server, ["unknown"], "echo-test", "surprise")
                self.refused(server, ["unknown", "echo"], "echo-test", "surprise")
                self.refused(server, ["x" * 200], "echo-test")
                self.echoes(server, ["echo-test"], "echo-test")

    def test_lists_that_lws_would_drop_in_silence(self):
        with serve({"echo-test": {}}) as server:
            for names in (["x" * 63, "echo-test"], ["", "echo-test"], ["x", "", "echo-test"],
                          ["x y", "echo-test"], ["x" * 40, "y" * 40, "z" * 40, "echo-test"]):
                self.refused(server, names, "echo-test")
            self.echoes(server, ["x" * 62, "echo-test"], "echo-test")
            self.echoes(server, ["x" * 50, "y" * 50, "z" * 10, "echo-test"], "echo-test")

    def test_no_protocol_and_no_default(self):
        with serve({"echo-test": {}}) as server:
            self.refused(server, [], "echo-test")

    def test_no_protocol_and_a_default(self):
        with serve({"surprise": {}}, {"echo-test": {"default": "1"}}) as server:
            self.echoes(server, [], None)
            self.refused(server, ["unknown"])

    def test_no_protocol_where_that_is_disabled(self):
        with serve({"echo-test": {"default": "1"}},
                   disable_no_protocol_ws_upgrades="1") as server:
            self.refused(server, [], "echo-test")
            self.echoes(server, ["echo-test"], "echo-test")

    def test_the_hosts_own_protocol_is_not_for_clients(self):
        with serve({"echo-test": {}}) as server:
            self.refused(server, ["http-only"], "echo-test")
            self.refused(server, ["lwshost-control"], "echo-test")

    def test_a_protocol_of_the_plugin_that_the_vhost_does_not_name(self):
        with serve({"echo-test": {}}) as server:
            self.refused(server, ["echo-other"], "echo-test")

    def test_a_vhost_without_protocols(self):
        with Server([vhost()]) as server:
            self.refused(server, [], "none")
            self.refused(server, ["chat"], "none")


class KeptConnections(Case):
    """What was asked on the connection before makes no difference."""

    def answers(self, raw):
        head = b""
        while b"\r\n\r\n" not in head:
            piece = raw.recv(1)
            if not piece:
                return head, b""
            head += piece
        length = next((int(line.split(b":")[1]) for line in head.lower().split(b"\r\n")
                       if line.startswith(b"content-length")), 0)
        body = b""
        while len(body) < length:
            body += raw.recv(length - len(body))
        return head, body

    def after(self, first, upgrade, status):
        for loop in ("uv", "poll"):
            with serve({"echo-test": {"say": "first"}}, loop=loop) as server, \
                    socket.create_connection(("127.0.0.1", server.port), 20) as raw:
                raw.sendall(first)
                self.answers(raw)
                raw.sendall(upgrade + b"\r\n")
                head, body = self.answers(raw)
                self.assertRegex(head, b"^HTTP/1.[01] " + status, (first, upgrade))
                if status == b"400":
                    self.assertIn(b"echo-test", body)

    def test_after_a_request_to_a_plugin(self):
        plugin = b"GET /say HTTP/1.1\r\nHost: x\r\n\r\n"
        self.after(plugin, UPGRADE, b"400")
        self.after(plugin, UPGRADE + b"Sec-WebSocket-Protocol: unknown\r\n", b"400")
        self.after(plugin, UPGRADE + b"Sec-WebSocket-Protocol: echo-test\r\n", b"101")

    def test_after_a_request_that_found_nothing(self):
        nothing = b"GET /nothing HTTP/1.1\r\nHost: x\r\n\r\n"
        self.after(nothing, UPGRADE, b"400")
        self.after(nothing, UPGRADE + b"Sec-WebSocket-Protocol: unknown\r\n", b"400")
        self.after(nothing, UPGRADE + b"Sec-WebSocket-Protocol: echo-test\r\n", b"101")


class Tunnels(Case):
    def test_connect_and_bytes_that_are_no_http(self):
        with serve({"echo-test": {}}) as server:
            for text in (b"CONNECT other:80 HTTP/1.1\r\nHost: x\r\n\r\n", b"\0\1\2\r\n\r\n"):
                with socket.create_connection(("127.0.0.1", server.port), 20) as raw:
                    raw.sendall(text)
                    try:
                        self.assertNotIn(b"200", raw.recv(1000))
                    except ConnectionResetError:
                        pass
            self.echoes(server, ["echo-test"], "echo-test")
            self.assertNotIn("lws_", server.stderr)  # its own notices, one for each CONNECT


if __name__ == "__main__":
    unittest.main()
