"""HTTP/2 upstreams that are not ours: Node's, told what to do, and nginx."""

import json
import os
import shutil
import socket
import subprocess
import tempfile
import threading
import time

NGINX = shutil.which("nginx", path=os.environ["PATH"] + ":/usr/sbin")
SCRIPT = os.path.join(os.path.dirname(__file__), "h2_upstream.mjs")


class H2Upstream:
    """Node's HTTP/2 server in a process of its own; see h2_upstream.mjs for `config`.

    certificate: the paths of a certificate and its key, to speak https; else http.
    `events` holds what it has told so far.
    """

    def __init__(self, certificate=None, **config):
        if certificate:
            config["cert"], config["key"] = certificate
        self.tls = bool(certificate)
        self.config = config
        self.events = []

    def __enter__(self):
        self.process = subprocess.Popen(["node", SCRIPT, json.dumps(self.config)], text=True,
                                        stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        self.port = json.loads(self.process.stdout.readline())["port"]
        self._thread = threading.Thread(target=self._read, daemon=True)
        self._thread.start()
        return self

    def _read(self):
        for line in self.process.stdout:
            self.events.append(json.loads(line))

    def __exit__(self, kind, value, trace):
        self.process.stdin.close()
        self.process.wait(20)
        self._thread.join(20)
        self.process.stdout.close()

    @property
    def url(self):
        # The name that the certificate is for.
        return f"{'https' if self.tls else 'http'}://{'localhost' if self.tls else '127.0.0.1'}:{self.port}"

    def told(self, event, **what):
        """The events of that name, and with these members."""
        return [e for e in list(self.events) if e.get("event") == event and
                all(e[name] == value for name, value in what.items())]

    def wait_told(self, event, count=1, seconds=20, **what):
        end = time.monotonic() + seconds
        while len(self.told(event, **what)) < count:
            if time.monotonic() > end:
                raise AssertionError(f"waited for {count} {event} {what}: {self.events[-20:]}")
            time.sleep(0.02)

    @property
    def sessions(self):
        return len(self.told("session"))


class Nginx:
    """nginx with HTTP/2 on a port that was found free, and stays ours: it inherits the socket."""

    def __init__(self, certificate=None, directives=""):
        self.certificate = certificate
        self.directives = directives

    def __enter__(self):
        self._folder = tempfile.TemporaryDirectory()
        folder = self._folder.name
        with socket.create_server(("127.0.0.1", 0), backlog=511) as listener:
            self.port = listener.getsockname()[1]
            tls = "" if not self.certificate else (
                f"ssl_certificate {self.certificate[0]}; ssl_certificate_key {self.certificate[1]};")
            with open(os.path.join(folder, "conf"), "w", encoding="utf-8") as file:
                file.write(f"""
                    daemon off; worker_processes 1; pid {folder}/pid; error_log {folder}/error.log;
                    events {{ worker_connections 256; }}
                    http {{
                        access_log {folder}/access.log combined; default_type application/json;
                        client_body_temp_path {folder}/1; proxy_temp_path {folder}/2;
                        fastcgi_temp_path {folder}/3; uwsgi_temp_path {folder}/4; scgi_temp_path {folder}/5;
                        log_format one '$connection $server_protocol $arg_ip';
                        access_log {folder}/log one;
                        server {{
                            listen 127.0.0.1:{self.port} {"ssl" if tls else ""} http2; {tls}
                            {self.directives}
                            location / {{ return 200 '{{"ret":1,"country":"x","city":"$arg_ip"}}'; }}
                        }}
                    }}""")
            environment = {**os.environ, "NGINX": f"{listener.fileno()};"}
            self.process = subprocess.Popen([NGINX, "-p", folder, "-c", os.path.join(folder, "conf"),
                                             "-e", os.path.join(folder, "error.log")],
                                            env=environment, pass_fds=[listener.fileno()],
                                            stderr=subprocess.DEVNULL)
        self.url = (f"https://localhost:{self.port}" if self.certificate
                    else f"http://127.0.0.1:{self.port}")
        return self

    def log(self):
        """(connection, protocol, address) of each request so far."""
        with open(os.path.join(self._folder.name, "log"), encoding="utf-8") as file:
            return [line.split() for line in file]

    def __exit__(self, kind, value, trace):
        self.process.terminate()
        self.process.wait(20)
        self._folder.cleanup()
