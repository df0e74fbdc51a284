"""How a connection begins: subprotocol, path, origin, and how it ends in order."""

from harness import Skip, check, close_code, equal
from websocket_client import CLOSE, WsClosed, WsRefused


@check()
def subprotocol_json(server):
    """chat-room speaks JSON, and begins with welcome"""
    client = server.chat()
    equal(client.protocol, "chat-room", "the subprotocol")
    equal(client.welcome["protocol"], 1, "the version")


@check()
def subprotocol_text(server):
    """chat-room-text speaks lines"""
    client = server.text()
    equal(client.protocol, "chat-room-text", "the subprotocol")
    assert client.receive().startswith("["), "the first message is no line"


@check()
def subprotocol_none(server):
    """no subprotocol is text, where the server makes it the default"""
    try:
        client = server.text(protocols=[])
    except (WsRefused, WsClosed):
        raise Skip("chat-room-text as the server's default") from None
    equal(client.protocol, None, "the subprotocol")
    assert client.receive().startswith("["), "the first message is no line"


@check()
def subprotocol_first_known(server):
    """of several subprotocols the first that the server knows"""
    for offered, expected in ((["chat-room", "chat-room-text"], "chat-room"),
                              (["chat-room-text", "chat-room"], "chat-room-text"),
                              (["chat-room.v9", "chat-room"], "chat-room")):
        equal(server.text(protocols=offered).protocol, expected, f"for {offered} the subprotocol")


@check()
def subprotocol_unknown(server):
    """only unknown subprotocols: refused"""
    try:
        server.text(protocols=["soap"])
    except WsRefused as refused:
        equal(refused.status // 100, 4, "the class of the status")
    except WsClosed:
        pass
    else:
        raise AssertionError("accepted")


@check()
def path_unknown(server):
    """another path: 404"""
    try:
        server.text(path=server.path.partition("?")[0] + "-nowhere")
    except WsRefused as refused:
        equal(refused.status, 404, "the status")
    else:
        raise AssertionError("accepted")


@check()
def origin_own(server):
    """a page of the same host and port, and a program without Origin, are let in"""
    scheme = "https" if server.is_tls else "http"
    server.chat(headers=[("Origin", f"{scheme}://{server.authority}")])
    server.chat()


@check()
def origin_foreign(server):
    """a page from elsewhere: 403"""
    try:
        server.chat(headers=[("Origin", "http://elsewhere.invalid")])
    except WsRefused as refused:
        equal(refused.status, 403, "the status")
    else:
        raise Skip("a server that does not let in all origins")


@check()
def refused_handshake_leaves_no_trace(server):
    """nobody is told of a handshake that was refused"""
    room = server.room()
    ann = server.chat(room, "Ann")
    try:
        server.text(f"-nowhere?room={room}")
    except WsRefused:
        pass
    equal(ann.drain(), [], "what Ann was told")


@check()
def compression_is_not_used(server):
    """with permessage-deflate on offer frames still come as they are"""
    client = server.chat(headers=[("Sec-WebSocket-Extensions",
                                   "permessage-deflate; client_max_window_bits")])
    client.join(server.room())
    text = "compress me " * 100
    client.say(server.room(), text)
    equal(client.receive_json("message")["text"], text.strip(), "the text")


@check()
def close_from_client(server):
    """a Close is answered with the same code, and then the connection ends"""
    for code in (1000, 1001, 3000, 4321):
        client = server.chat(server.fresh_room())
        client.send_frame(CLOSE, code.to_bytes(2, "big") + "tschüß".encode())
        equal(close_code(client), code, "the code of the answer")
        try:
            client.receive_frame()
            raise AssertionError("a frame after Close")
        except WsClosed:
            pass


@check()
def close_without_code(server):
    """a Close without a code is answered"""
    client = server.chat()
    client.send_frame(CLOSE)
    assert close_code(client) in (1000, 1005), "the code of the answer"


@check()
def close_with_bad_code(server):
    """a Close with a code that must not be sent: 1002"""
    for code in (0, 999, 1004, 1005, 1006, 2000):
        client = server.chat()
        client.send_frame(CLOSE, code.to_bytes(2, "big"))
        equal(close_code(client), 1002, f"for {code} the answer")
