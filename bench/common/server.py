"""A server that is measured, in a process of its own on one core."""

import json
import os
import re
import select
import shutil
import subprocess
import sys
import tempfile
import time

PEERS = os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "peers")
START_SECONDS = 20


class Unavailable(Exception):
    """What a peer needs is not there."""


class Server:
    """A process that says on which port it listens; the last number of its first line."""

    def __init__(self, command, cpu, environment=None):
        if cpu is not None:
            command = ["taskset", "-c", str(cpu), *command]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                                        env={**os.environ, **(environment or {})})
        self.pid = self.process.pid
        self.port = self._read_port(command)

    def _read_port(self, command):
        end, line = time.monotonic() + START_SECONDS, b""
        while not line.endswith(b"\n") and time.monotonic() < end:
            if not select.select([self.process.stdout], [], [], 0.1)[0]:
                continue
            piece = os.read(self.process.stdout.fileno(), 4096)
            if not piece:
                break
            line += piece
        match = re.search(r"(\d+)/?\s*$", line.decode(errors="replace"))
        if not match:
            self.process.kill()
            problem = self.process.communicate()[1].decode(errors="replace")
            raise Unavailable(f"{command[-1]} did not start: {problem[-400:]}")
        return int(match.group(1))

    def stop(self):
        if self.process.poll() is None:
            self.process.terminate()
        try:
            self.process.wait(6)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.process.stdout.close()
        self.process.stderr.close()


class LwshostServer(Server):
    """lwshost with one vhost on a free port; `vhost` is what it has beside the place."""

    def __init__(self, build, cpu, vhost, folder=None):
        self.folder = folder or tempfile.mkdtemp(prefix="lwshost-bench-")
        vhost = {"name": "localhost", "port": "0", "interface": "127.0.0.1", "noipv6": "1", **vhost}
        with open(os.path.join(self.folder, "conf"), "w", encoding="utf-8") as file:
            json.dump({"global": {"rlimit-nofile": "20000"}, "vhosts": [vhost]}, file)
        plugins = os.path.join(build, "lib", "lwshost", "plugins")
        try:
            super().__init__([os.path.join(build, "bin", "lwshost"), "-c", self.folder,
                              "--plugin-dir", plugins], cpu)
        except Unavailable:
            shutil.rmtree(self.folder, ignore_errors=True)
            raise

    def stop(self):
        super().stop()
        shutil.rmtree(self.folder, ignore_errors=True)


def start_node(script, package, cpu, *arguments):
    """A peer in Node that needs a package of npm."""
    if not shutil.which("node") or not os.path.isdir(os.path.join(PEERS, "node_modules", package)):
        raise Unavailable(f"node, or npm's package {package}")
    return Server(["node", os.path.join(PEERS, script), *arguments], cpu)


def start_tornado(script, cpu, *arguments):
    """A peer in Python that needs Tornado."""
    for python in (sys.executable, "/usr/bin/python3"):
        found = subprocess.run([python, "-c", "import tornado"], capture_output=True, check=False)
        if found.returncode == 0:
            return Server([python, os.path.join(PEERS, script), *arguments], cpu)
    raise Unavailable("python3-tornado")
