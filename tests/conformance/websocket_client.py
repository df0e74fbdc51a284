"""A WebSocket client (RFC 6455) on a plain socket: what is sent and received is exactly known."""

import base64
import hashlib
import json
import os
import socket
import ssl
import struct

GUID = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
TEXT, BINARY, CLOSE, PING, PONG = 1, 2, 8, 9, 10


def masked_bytes(data, mask):
    """RFC 6455 5.3, as one large number: quick for large frames, too."""
    count = len(data)
    whole = (mask * (count // 4 + 1))[:count]
    return (int.from_bytes(data, "big") ^ int.from_bytes(whole, "big")).to_bytes(count, "big")


class WsRefused(Exception):
    """The handshake was answered with another status than 101."""

    def __init__(self, status, head, body):
        super().__init__(f"status {status}")
        self.status, self.head, self.body = status, head, body


class WsClosed(Exception):
    """The peer closed; code is None when it did so without a Close frame."""

    def __init__(self, code, reason=""):
        super().__init__(f"closed with {code} {reason}")
        self.code, self.reason = code, reason


class WsClient:
    """One connection. protocols: list of subprotocols, empty for none."""

    def __init__(self, port, path="/chat", protocols=(), headers=(), host="127.0.0.1", timeout=20,
                 tls=False, receive_buffer=None, host_header=None):
        self.socket = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET)
        if receive_buffer:
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
        self.socket.settimeout(timeout)
        self.socket.connect((host, port))
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if tls:
            context = ssl.create_default_context()
            context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
            self.socket = context.wrap_socket(self.socket)
        self.buffer = b""
        self.protocol = None
        self._shake(path, protocols, headers, host_header or f"127.0.0.1:{port}")

    def _shake(self, path, protocols, headers, host):
        key = base64.b64encode(os.urandom(16))
        lines = [f"GET {path} HTTP/1.1", f"Host: {host}", "Upgrade: websocket",
                 "Connection: Upgrade", f"Sec-WebSocket-Key: {key.decode()}",
                 "Sec-WebSocket-Version: 13"]
        if protocols:
            lines.append("Sec-WebSocket-Protocol: " + ", ".join(protocols))
        lines += [f"{name}: {value}" for name, value in headers]
        self.socket.sendall(("\r\n".join(lines) + "\r\n\r\n").encode())
        while b"\r\n\r\n" not in self.buffer:
            self._more()
        head, self.buffer = self.buffer.split(b"\r\n\r\n", 1)
        head = head.decode("latin-1")
        status = int(head.split(" ", 2)[1])
        fields = {name.lower(): value.strip() for name, value in
                  (line.split(":", 1) for line in head.split("\r\n")[1:])}
        if status != 101:
            try:
                while True:
                    self._more()
            except (WsClosed, OSError):
                pass
            self.socket.close()
            raise WsRefused(status, head, self.buffer.decode("utf-8", "replace"))
        expected = base64.b64encode(hashlib.sha1(key + GUID).digest()).decode()
        assert fields["sec-websocket-accept"] == expected
        self.fields = fields
        self.protocol = fields.get("sec-websocket-protocol")

    def _more(self):
        try:
            data = self.socket.recv(65536)
        except ConnectionResetError:
            data = b""
        if not data:
            raise WsClosed(None)
        self.buffer += data

    def _take(self, count):
        while len(self.buffer) < count:
            self._more()
        data, self.buffer = self.buffer[:count], self.buffer[count:]
        return data

    def send_frame(self, opcode, payload=b"", fin=True, rsv=0, masked=True):
        head = bytes([(0x80 if fin else 0) | rsv << 4 | opcode])
        bit = 0x80 if masked else 0
        if len(payload) < 126:
            head += bytes([bit | len(payload)])
        elif len(payload) < 65536:
            head += bytes([bit | 126]) + struct.pack("!H", len(payload))
        else:
            head += bytes([bit | 127]) + struct.pack("!Q", len(payload))
        if masked:
            mask = os.urandom(4)
            head += mask
            payload = masked_bytes(payload, mask)
        self.socket.sendall(head + payload)

    def send(self, text):
        self.send_frame(TEXT, text.encode() if isinstance(text, str) else text)

    def send_json(self, **members):
        self.send(json.dumps(members, ensure_ascii=False))

    def receive_frame(self):
        """One frame as it comes: (fin, opcode, payload)."""
        first, second = self._take(2)
        assert not second & 0x80, "a server must not mask (RFC 6455 5.1)"
        assert not first & 0x70, "a reserved bit without an extension (RFC 6455 5.2)"
        length = second & 0x7F
        if length == 126:
            length, = struct.unpack("!H", self._take(2))
        elif length == 127:
            length, = struct.unpack("!Q", self._take(8))
        return bool(first & 0x80), first & 0x0F, self._take(length)

    def receive_bytes(self):
        """The next whole message; answers pings, raises WsClosed on Close."""
        message = b""
        while True:
            fin, opcode, payload = self.receive_frame()
            if opcode == PING:
                self.send_frame(PONG, payload)
            elif opcode == CLOSE:
                code = struct.unpack("!H", payload[:2])[0] if payload else 1005
                try:
                    self.send_frame(CLOSE, payload[:2])
                except OSError:
                    pass
                raise WsClosed(code, payload[2:].decode())
            elif opcode != PONG:
                message += payload
                if fin:
                    return message

    def receive(self):
        return self.receive_bytes().decode("utf-8")

    @staticmethod
    def parse(payload):
        return json.loads(payload.decode("utf-8"))

    def receive_json(self, kind=None):
        """The next message as JSON; with `kind`, the next one of that type, others dropped."""
        while True:
            message = self.parse(self.receive_bytes())
            if kind is None or message.get("type") == kind:
                return message

    def close(self, code=1000):
        """Close politely and wait for the peer's Close."""
        try:
            self.send_frame(CLOSE, struct.pack("!H", code))
            while True:
                self.receive_bytes()
        except (WsClosed, OSError):
            pass
        self.socket.close()

    def abort(self):
        """Drop the connection without a Close frame."""
        self.socket.close()

    def __enter__(self):
        return self

    def __exit__(self, kind, value, trace):
        self.socket.close()
