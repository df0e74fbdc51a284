"""The tutorial's chat room with Tornado: what one says, all hear, with address and time in front. It tells
nobody who comes and goes, so that a crowd can come at all."""

import asyncio
import time

import tornado.httpserver
import tornado.netutil
import tornado.web
import tornado.websocket


class ChatHandler(tornado.websocket.WebSocketHandler):
    users = set()

    def open(self):
        self.users.add(self)

    def on_message(self, message):
        now = time.strftime("%Y-%m-%d %H:%M:%S")
        for user in self.users:
            user.write_message(f"[{self.request.remote_ip}]-[{now}]-说：{message}")

    def on_close(self):
        self.users.discard(self)

    def check_origin(self, origin):
        return True


async def main():
    sockets = tornado.netutil.bind_sockets(0, "127.0.0.1", backlog=4096)
    server = tornado.httpserver.HTTPServer(tornado.web.Application([("/", ChatHandler)]))
    server.add_sockets(sockets)
    print(f"listening on {sockets[0].getsockname()[1]}", flush=True)
    await asyncio.Event().wait()


asyncio.run(main())
