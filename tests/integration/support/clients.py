"""Independent WebSocket clients behind one face: connect, send, receive, close, break.

Each gives events of the chat as Python objects; the schema looks at all of them.
"""

import json
import ssl

import tornado.httpclient
import tornado.websocket
import websockets

from .protocol import check_event, check_request

PATIENCE = 20


class Client:
    """What the scenarios speak through. protocol: what was agreed on."""

    async def send_json(self, **members):
        check_request(members)
        await self.send(json.dumps(members, ensure_ascii=False))

    async def receive_json(self, kind=None):
        while True:
            event = json.loads(await self.receive())
            check_event(event)
            if kind is None or event["type"] == kind:
                return event

    async def ask(self, kind, reply, **members):
        await self.send_json(type=kind, **members)
        return await self.receive_json(reply)


def trusting(cert):
    return ssl.create_default_context(cafile=cert) if cert else None


class Websockets(Client):
    """Debian's python3-websockets; offers permessage-deflate."""

    @classmethod
    async def connect(cls, url, protocol, cert=None):
        self = cls()
        self.socket = await websockets.connect(
            url, subprotocols=[protocol] if protocol else None, ssl=trusting(cert),
            open_timeout=PATIENCE, close_timeout=PATIENCE, ping_interval=None, max_size=2 ** 24)
        self.protocol, self.extensions = self.socket.subprotocol, self.socket.extensions
        return self

    async def send(self, data):
        await self.socket.send(data)

    async def receive(self):
        """The next text. A connection that has ended is a ConnectionError."""
        try:
            return await self.socket.recv()
        except websockets.ConnectionClosed:
            raise ConnectionError from None

    async def close(self):
        await self.socket.close(1000, "bye")

    def code(self):
        return self.socket.close_code

    def break_off(self):
        self.socket.transport.abort()


class Tornado(Client):
    """Debian's python3-tornado; offers permessage-deflate."""

    @classmethod
    async def connect(cls, url, protocol, cert=None):
        self = cls()
        request = tornado.httpclient.HTTPRequest(url, ssl_options=trusting(cert),
                                                 connect_timeout=PATIENCE)
        self.pongs = []
        self.socket = await tornado.websocket.websocket_connect(
            request, subprotocols=[protocol] if protocol else None, compression_options={},
            max_message_size=2 ** 24)
        self.socket.on_pong = self.pongs.append
        self.protocol = self.socket.selected_subprotocol
        extensions = self.socket.headers.get("Sec-WebSocket-Extensions")
        self.extensions = [extensions] if extensions else []
        return self

    async def send(self, data):
        await self.socket.write_message(data, binary=isinstance(data, bytes))

    async def receive(self):
        """The next text. A connection that has ended is a ConnectionError."""
        text = await self.socket.read_message()
        if text is None:
            raise ConnectionError
        return text

    async def close(self):
        self.socket.close(1000, "bye")
        while True:
            try:
                await self.receive()
            except ConnectionError:
                return

    def code(self):
        return self.socket.close_code

    def break_off(self):
        self.socket.protocol.stream.close()
