"""Questions to ip-info, and providers that answer in the tutorial's format."""

import asyncio
import http.client
import json
import os

from .server import run_lwshost, vhost
from .upstream import StubUpstream

TUTORIAL = ["14.130.112.24", "15.130.112.24", "16.130.112.24", "17.130.112.24"]

LATER_LWS = "libwebsockets 4.1" not in run_lwshost("--version").stdout


def site(options, **keys):
    """A vhost with ip-info at /ip-info."""
    return vhost(mounts=[{"mountpoint": "/ip-info", "origin": "callback://ip-info"}],
                 ws_protocols=[{"ip-info": options}], **keys)


def asking(upstream, **options):
    """Options that ask the stub as the provider `sina`, each time anew, once, and whatever happens."""
    result = {"providers": "sina", "sina:url": upstream.url + "/look?format=json&ip={ip}",
              "sina:private": "1", "cache-entries": "0", "attempts": "1", "breaker-failures": "0"}
    result.update({name.replace("_", "-").replace("sina-", "sina:"): str(value)
                   for name, value in options.items()})
    return result


def sina(request):
    """The tutorial's format; the city is the address, so that answers can be told apart."""
    return StubUpstream.reply(json.dumps(
        {"ret": 1, "country": "中国", "province": "北京", "city": request["query"]["ip"]}))


def late(seconds):
    async def answer(request):
        await asyncio.sleep(seconds)
        return sina(request)
    return answer


def fetch(port, path, method="GET", body=None, headers=(), timeout=30):
    """One request on a connection of its own: (status, headers, body)."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=timeout)
    try:
        connection.request(method, path, body=body, headers=dict(headers))
        response = connection.getresponse()
        return response.status, response.headers, response.read()
    finally:
        connection.close()


def fetch_json(port, path, **options):
    status, headers, body = fetch(port, path, **options)
    return status, headers, json.loads(body)


def open_files(server):
    return len(os.listdir(f"/proc/{server.process.pid}/fd"))
