"""The servers that are measured, each in a process of its own on one core."""

import os
import subprocess
import tempfile

import server
from nginx import Nginx
from server import PEERS, LwshostServer, Server, Unavailable


class Lwshost(LwshostServer):
    """lwshost with no bounds that a benchmark would run into, and silent about who comes and goes."""

    OPTIONS = {"rate": "0", "per-ip": "0", "max-participants": "0", "max-connections": "0",
               "presence-limit": "1"}

    def __init__(self, build, cpu, **options):
        folder = tempfile.mkdtemp(prefix="lwshost-bench-")
        options = {**self.OPTIONS, **{key.replace("_", "-"): value.replace("FOLDER", folder)
                                      for key, value in options.items()}}
        super().__init__(build, cpu, {"ws-protocols": [{"chat-room": options},
                                                       {"chat-room-text": {"default": "1"}}]}, folder)


def start_floor(build, cpu):
    return Server([os.path.join(build, "bin", "broadcast_floor")], cpu)


def start_node_ws(_build, cpu):
    return server.start_node("ws.mjs", "ws", cpu)


def start_tornado(_build, cpu):
    return server.start_tornado("tornado_chat.py", cpu)


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


NCHAN_MODULE = "/usr/lib/nginx/modules/ngx_nchan_module.so"  # where Debian has it
NCHAN = """
        location / {
            nchan_pubsub websocket;
            nchan_channel_id room;
            nchan_subscriber_first_message newest;
            nchan_message_buffer_length 5000;
            nchan_websocket_ping_interval 0;
        }
"""


def start_nchan(_build, cpu):
    """A room in nginx's memory: who writes to the channel hears it as all others do."""
    if not os.path.exists(NCHAN_MODULE):
        raise Unavailable("Debian's package libnginx-mod-nchan")
    return Nginx(cpu, NCHAN, "    nchan_max_reserved_memory 256M;\n", f"load_module {NCHAN_MODULE};\n")


PEER_STARTERS = {"floor": start_floor, "uws": start_uws, "nchan": start_nchan,
                 "ws": start_node_ws, "tornado": start_tornado}
