"""What the integration tests share: the server under test, a WebSocket client, a stub upstream."""

from .server import Server, run_lwshost, vhost  # noqa: F401
from .upstream import StubUpstream  # noqa: F401
from .ws import WsClient, WsClosed, WsRefused  # noqa: F401
