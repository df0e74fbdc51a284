"""The servers that are measured, each in a process of its own on one core."""

import json
import os
import re
import select
import shutil
import subprocess
import sys
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
PEERS = os.path.join(os.path.dirname(HERE), "peers")
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


class Lwshost(Server):
    """lwshost with no bounds that a benchmark would run into, and silent about who comes and goes."""

    OPTIONS = {"rate": "0", "per-ip": "0", "max-participants": "0", "max-connections": "0",
               "presence-limit": "1"}

    def __init__(self, build, cpu, **options):
        self.folder = tempfile.mkdtemp(prefix="lwshost-bench-")
        options = {**self.OPTIONS, **{key.replace("_", "-"): value.replace("FOLDER", self.folder)
                                      for key, value in options.items()}}
        vhost = {"name": "localhost", "port": "0", "interface": "127.0.0.1", "noipv6": "1",
                 "ws-protocols": [{"chat-room": options}, {"chat-room-text": {"default": "1"}}]}
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


def start_floor(build, cpu):
    return Server([os.path.join(build, "bin", "broadcast_floor")], cpu)


def start_node_ws(_build, cpu):
    if not shutil.which("node") or not os.path.isdir(os.path.join(PEERS, "node_modules", "ws")):
        raise Unavailable("node, or npm's package ws")
    return Server(["node", os.path.join(PEERS, "ws.mjs")], cpu)


def start_tornado(_build, cpu):
    for python in (sys.executable, "/usr/bin/python3"):
        found = subprocess.run([python, "-c", "import tornado"], capture_output=True, check=False)
        if found.returncode == 0:
            return Server([python, os.path.join(PEERS, "tornado_chat.py")], cpu)
    raise Unavailable("python3-tornado")


def build_uws(sources, build):
    """Compile the peer with the sources of uWebSockets and uSockets below `sources`."""
    folder = os.path.join(build, "uws")
    os.makedirs(folder, exist_ok=True)
    program = os.path.join(folder, "uws")
    sockets = os.path.join(sources, "uSockets", "src")
    units = [os.path.join(at, name) for at in (sockets, os.path.join(sockets, "eventing"),
                                               os.path.join(sockets, "crypto"))
             for name in sorted(os.listdir(at)) if name.endswith(".c")]
    flags = ["-O3", "-DLIBUS_NO_SSL", "-DUWS_NO_ZLIB", "-I", sockets]
    subprocess.run(["gcc", *flags, "-c", *units], cwd=folder, check=True)
    objects = [name for name in os.listdir(folder) if name.endswith(".o")]
    subprocess.run(["g++", "-std=c++20", *flags, "-I", os.path.join(sources, "uWebSockets", "src"),
                    os.path.join(PEERS, "uws.cpp"), *objects, "-o", program], cwd=folder,
                   check=True)
    return program


def start_uws(build, cpu):
    program = os.path.join(build, "uws", "uws")
    if not os.path.exists(program):
        raise Unavailable("the sources of uWebSockets (--uws DIR)")
    return Server([program], cpu)


PEER_STARTERS = {"floor": start_floor, "uws": start_uws, "ws": start_node_ws,
                 "tornado": start_tornado}
