"""nginx as a server that is measured: one process, everything that it writes in a folder of its own."""

import os
import shutil
import socket
import tempfile
import time

from server import START_SECONDS, Server, Unavailable

CONF = """
daemon off;
master_process off;
pid {folder}/nginx.pid;
error_log stderr error;
worker_rlimit_nofile 20000;
{top}
events {{ worker_connections 16384; }}
http {{
    access_log off;
    keepalive_requests 1000000000;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
{http}
    server {{
        listen 127.0.0.1:{port} backlog=4096;
{server}
    }}
}}
"""


class Nginx(Server):
    """top, http, server: what its configuration says beside the usual, on each level."""

    def __init__(self, cpu, server, http="", top=""):
        program = shutil.which("nginx", path=os.environ.get("PATH", "") + ":/usr/sbin")
        if not program:
            raise Unavailable("nginx")
        self.folder = tempfile.mkdtemp(prefix="lwshost-bench-")
        # nginx has no port 0: whoever takes this one in between makes it fail, and that is said.
        with socket.create_server(("127.0.0.1", 0)) as free:
            self.port = free.getsockname()[1]
        conf = os.path.join(self.folder, "nginx.conf")
        with open(conf, "w", encoding="utf-8") as file:
            file.write(CONF.format(folder=self.folder, port=self.port, server=server, http=http,
                                   top=top))
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
