"""The servers that are measured, and the service that they ask."""

import json
import os
import shutil
import socket
import tempfile
import time
import urllib.request

import server
from server import START_SECONDS, LwshostServer, Server, Unavailable

NGINX_CONF = """
daemon off;
master_process off;
pid {folder}/nginx.pid;
error_log stderr error;
events {{ worker_connections 4096; }}
http {{
    access_log off;
    keepalive_requests 1000000000;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    upstream asked {{
        server 127.0.0.1:{asked};
        keepalive 256;
        keepalive_requests 1000000000;
    }}
    server {{
        listen 127.0.0.1:{port};
        default_type application/json;
        location / {{
            proxy_pass http://asked;
            proxy_http_version 1.1;
            proxy_set_header Connection "";
        }}
{locations}
    }}
}}
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


class Nginx(Server):
    """nginx in one process: `answers` (path: JSON) from memory, everything else from the stub."""

    def __init__(self, cpu, stub, answers):
        program = shutil.which("nginx", path=os.environ.get("PATH", "") + ":/usr/sbin")
        if not program:
            raise Unavailable("nginx")
        self.folder = tempfile.mkdtemp(prefix="lwshost-bench-")
        locations = "\n".join(f"        location = {path} {{ return 200 '{body}'; }}"
                              for path, body in answers.items())
        # nginx has no port 0: whoever takes this one in between makes it fail, and that is said.
        with socket.create_server(("127.0.0.1", 0)) as free:
            self.port = free.getsockname()[1]
        conf = os.path.join(self.folder, "nginx.conf")
        with open(conf, "w", encoding="utf-8") as file:
            file.write(NGINX_CONF.format(folder=self.folder, port=self.port, asked=stub.port,
                                         locations=locations))
        super().__init__([program, "-e", "stderr", "-p", self.folder, "-c", conf], cpu)

    def _read_port(self, command):
        end = time.monotonic() + START_SECONDS
        while self.process.poll() is None and time.monotonic() < end:
            try:
                socket.create_connection(("127.0.0.1", self.port), 1).close()
                return self.port
            except OSError:
                time.sleep(0.02)
        self.process.kill()
        problem = self.process.communicate()[1].decode(errors="replace")
        shutil.rmtree(self.folder, ignore_errors=True)
        raise Unavailable(f"nginx did not start: {problem[-400:]}")

    def stop(self):
        super().stop()
        shutil.rmtree(self.folder, ignore_errors=True)


def start_undici(cpu, stub):
    return server.start_node("undici.mjs", "undici", cpu, stub.url)


def start_tornado(cpu, stub):
    return server.start_tornado("tornado_lookup.py", cpu, stub.url)


def start_nginx(cpu, stub):
    return Nginx(cpu, stub, {})


PEER_STARTERS = {"undici": start_undici, "tornado": start_tornado, "nginx": start_nginx}
