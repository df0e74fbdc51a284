"""The tutorial's look-up of several addresses with Tornado: all are asked at once, the answers awaited together.
Its one argument is where to ask; each address is put behind it. The answer has the form of ip-info's."""

import asyncio
import json
import sys

import tornado.httpclient
import tornado.httpserver
import tornado.netutil
import tornado.web

FIELDS = {"country": "country", "region": "province", "city": "city"}


class IpInfoHandler(tornado.web.RequestHandler):
    async def get(self):
        results = await asyncio.gather(*(self.look_up(ip) for ip in self.get_query_arguments("ip")))
        succeeded = sum(result["ok"] for result in results)
        self.set_header("Content-Type", "application/json")
        self.write(json.dumps({"complete": succeeded == len(results), "count": len(results),
                               "succeeded": succeeded, "failed": len(results) - succeeded,
                               "results": results}, ensure_ascii=False, separators=(",", ":")))

    @staticmethod
    async def look_up(ip):
        response = await tornado.httpclient.AsyncHTTPClient().fetch(sys.argv[1] + ip)
        found = json.loads(response.body)
        if found["ret"] != 1:
            return {"ip": ip, "ok": False}
        return {"ip": ip, "ok": True, **{name: found[key] for name, key in FIELDS.items()}}


async def main():
    # The default lets 10 requests go on at once, and the others wait.
    tornado.httpclient.AsyncHTTPClient.configure(None, max_clients=256)
    sockets = tornado.netutil.bind_sockets(0, "127.0.0.1", backlog=1024)
    server = tornado.httpserver.HTTPServer(tornado.web.Application([("/ip-info", IpInfoHandler)]))
    server.add_sockets(sockets)
    print(f"listening on {sockets[0].getsockname()[1]}", flush=True)
    await asyncio.Event().wait()


asyncio.run(main())
