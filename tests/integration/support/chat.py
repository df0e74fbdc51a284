"""A server with a chat, and the lines that it writes."""

import re
import time

from .server import Server, vhost
from .ws import WsClient

LINE = re.compile(r"\[(.*?)\]-\[(\d{4}-\d\d-\d\d \d\d:\d\d:\d\d)\]-(.*)", re.S)


def chat_conf(text=None, **options):
    """One vhost with a chat; underscores in option names become hyphens."""
    options = {name.replace("_", "-"): str(value) for name, value in options.items()}
    return [vhost(ws_protocols=[{"chat-room": options},
                                {"chat-room-text": {"default": "1", **(text or {})}}])]


class ChatServer(Server):
    """A server that hangs up its clients before it is stopped, so that it has nobody to wait for."""

    def __init__(self, conf, **options):
        super().__init__(conf, **options)
        self.clients = []

    def connect(self, *arguments, **options):
        self.clients.append(WsClient(self.port, *arguments, **options))
        return self.clients[-1]

    def __exit__(self, *exception):
        for client in self.clients:
            client.abort()
        super().__exit__(*exception)


def big_conf(**options):
    """A chat in which a lot may wait for those who do not read."""
    return chat_conf(rate=0, max_message_bytes=60000, max_frame_bytes=65536,
                     room_log_bytes=33554432, **options)


def fill(talker):
    """Say more in a text room than what all buffers on the way to a silent member hold."""
    for _ in range(200):
        talker.send("x" * 60000)
        talker.receive()


def parts(line):
    """Who and what of a line whose shape and time are checked."""
    match = LINE.fullmatch(line)
    assert match, line
    said = time.mktime(time.strptime(match[2], "%Y-%m-%d %H:%M:%S"))
    assert abs(said - time.time()) < 60, line
    return match[1], match[3]
