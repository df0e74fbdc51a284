"""The servers that are measured, and the service that they ask."""

import json
import os
import urllib.request

import server
from nginx import Nginx
from server import LwshostServer, Server

ASKED = """
    upstream asked {{
        server 127.0.0.1:{port};
        keepalive 256;
        keepalive_requests 1000000000;
    }}
"""
HAND_ON = """
        default_type application/json;
        location / {
            proxy_pass http://asked;
            proxy_http_version 1.1;
            proxy_set_header Connection "";
        }
"""


class Stub(Server):
    """Answers in the tutorial's format after `delay_ms`."""

    def __init__(self, build, cpu, delay_ms=0):
        super().__init__([os.path.join(build, "bin", "lookup_stub"), str(delay_ms)], cpu)

    @property
    def url(self):
        """What an address is put behind."""
        return f"http://127.0.0.1:{self.port}/iplookup?format=json&ip="

    def stats(self):
        with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/stats", timeout=10) as answer:
            return json.load(answer)


class Lwshost(LwshostServer):
    """lwshost with ip-info, without the bounds that a benchmark would run into."""

    OPTIONS = {"providers": "sina", "sina:private": "1", "rate": "0", "max-inflight": "0",
               "max-queue": "4096", "deadline-ms": "20000", "timeout-ms": "20000"}

    def __init__(self, build, cpu, stub, **options):
        options = {**self.OPTIONS, "sina:url": stub.url + "{ip}",
                   **{key.replace("_", "-"): str(value) for key, value in options.items()}}
        super().__init__(build, cpu, {
            "mounts": [{"mountpoint": "/ip-info", "origin": "callback://ip-info"}],
            "ws-protocols": [{"ip-info": options}]})


def start_nginx_with(cpu, stub, answers):
    """`answers` (path: JSON) from memory, everything else from the stub."""
    locations = "".join(f"        location = {path} {{ return 200 '{body}'; }}\n"
                        for path, body in answers.items())
    return Nginx(cpu, HAND_ON + locations, ASKED.format(port=stub.port))


def start_undici(cpu, stub):
    return server.start_node("undici.mjs", "undici", cpu, stub.url)


def start_tornado(cpu, stub):
    return server.start_tornado("tornado_lookup.py", cpu, stub.url)


def start_nginx(cpu, stub):
    return start_nginx_with(cpu, stub, {})


PEER_STARTERS = {"undici": start_undici, "tornado": start_tornado, "nginx": start_nginx}
