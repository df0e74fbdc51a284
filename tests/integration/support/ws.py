"""The WebSocket client of the conformance script, with an eye on what the chat says in JSON.

Each event that a test receives, and each request of a test that the server does not refuse, has to
be as docs/chat-protocol.schema.json has it.
"""

import json
import os
import sys

from .protocol import ALWAYS, ANSWERS, check_event, check_request

sys.path.insert(0, os.path.join(os.environ["LWSHOST_SOURCE"], "tests", "conformance"))
import websocket_client  # noqa: E402
from websocket_client import (BINARY, CLOSE, PING, PONG, TEXT,  # noqa: E402,F401
                              WsClosed, WsRefused, masked_bytes)


class WsClient(websocket_client.WsClient):
    """One connection. protocols: list of subprotocols, empty for none."""

    def __init__(self, *arguments, **options):
        self._asked = []  # requests that are not answered yet
        super().__init__(*arguments, **options)

    def send_json(self, **members):
        if self.protocol == "chat-room" and ("id" in members or members.get("type") in ALWAYS):
            self._asked.append(members)
        super().send_json(**members)

    def receive_bytes(self):
        message = super().receive_bytes()
        if self.protocol == "chat-room":
            event = json.loads(message)
            check_event(event)
            self._answered(event)
        return message

    def _answered(self, event):
        """A request that was done must be a valid one. An answer without an id belongs to the
        first request without one that may have it."""
        kinds = ANSWERS.get(event["type"])
        if not kinds:
            return
        for request in self._asked:
            if (request.get("id") == event.get("id") and request.get("type") in kinds
                    or event["type"] == "error" and "id" not in event):
                self._asked.remove(request)
                if event["type"] != "error":
                    check_request(request)
                return
