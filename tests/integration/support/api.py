"""The chat's HTTP side: a server with a mount for it, requests, and event streams."""

import json
import socket
import ssl

from .chat import ChatServer, chat_conf
from .ip_info import fetch

KEY = "open sesame"
BEARER = {"Authorization": f"Bearer {KEY}"}
JSON = {"Content-Type": "application/json"}


def api_conf(**options):
    """A chat with its HTTP side at /api. Names of options as in chat_conf; a colon is written __."""
    keys = {name.replace("__", ":"): value for name, value in options.items()}
    conf = chat_conf(**{"admin_key": KEY, "rate": 0, **keys})
    conf[0]["mounts"] = [{"mountpoint": "/api", "origin": "callback://chat-room"}]
    return conf


class ApiServer(ChatServer):
    """ask() for one request on a connection of its own."""

    def __init__(self, conf=None, **options):
        super().__init__(conf if conf is not None else api_conf(**options))

    def ask(self, path, method="GET", body=None, headers=None):
        """Returns status, headers, and the body, as JSON where it says that it is."""
        if isinstance(body, dict):
            body = json.dumps(body)
        status, fields, content = fetch(self.port, "/api" + path, method, body, headers or {})
        if "json" in (fields["content-type"] or "") and content:
            content = json.loads(content)
        return status, fields, content

    def announce(self, text, room="lobby"):
        status, _, body = self.ask(f"/rooms/{room}/announcements", "POST", {"text": text},
                                   {**BEARER, **JSON})
        assert status == 201, body
        return body["offset"]

    def listen(self, path="/rooms/lobby/events", **options):
        self.clients.append(EventStream(self.port, "/api" + path, **options))
        return self.clients[-1]


class EventStream:
    """A client of server-sent events on a plain socket: what was received is exactly known."""

    def __init__(self, port, path, last_id=None, headers=(), method="GET", receive_buffer=None,
                 tls=False, timeout=20):
        self.socket = socket.socket()
        if receive_buffer:
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
        self.socket.settimeout(timeout)
        self.socket.connect(("127.0.0.1", port))
        if tls:
            context = ssl.create_default_context()
            context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
            self.socket = context.wrap_socket(self.socket)
        lines = [f"{method} {path} HTTP/1.1", f"Host: 127.0.0.1:{port}", *headers]
        if last_id is not None:
            lines.append(f"Last-Event-ID: {last_id}")
        self.socket.sendall(("\r\n".join(lines) + "\r\n\r\n").encode())
        self.buffer, self.last_id, self.retry, self.comments = b"", last_id, None, 0
        head = self._until(b"\r\n\r\n").decode("latin-1").split("\r\n")
        self.status = int(head[0].split()[1])
        self.headers = dict(line.lower().split(": ", 1) for line in head[1:] if line)

    def _until(self, end):
        """Raises EOFError when the stream ends before."""
        while end not in self.buffer:
            try:
                data = self.socket.recv(65536)
            except ConnectionResetError:
                data = b""
            if not data:
                raise EOFError(self.buffer)
            self.buffer += data
        block, self.buffer = self.buffer.split(end, 1)
        return block

    def block(self):
        """What stands between two empty lines: {field: value}; comments are counted."""
        fields = {}
        for line in self._until(b"\n\n").decode().split("\n"):
            name, _, value = line.partition(":")
            if name:
                fields[name] = value.removeprefix(" ")
            else:
                self.comments += 1
        self.last_id = fields.get("id", self.last_id)
        self.retry = fields.get("retry", self.retry)
        return fields

    def event(self):
        """The next event: (its name, its data as an object)."""
        while True:
            fields = self.block()
            if "data" in fields:
                return fields["event"], json.loads(fields["data"])

    def texts(self, count):
        return [self.event()[1]["text"] for _ in range(count)]

    def rest(self):
        """Everything up to the end of the stream."""
        try:
            while True:
                self.buffer += self._until(b"\0")
        except EOFError:
            return self.buffer

    def abort(self):
        self.socket.close()
