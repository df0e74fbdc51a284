"""A real lwsws with our plugins, where there is one for the libwebsockets that they are built for."""

import os
import re
import shutil
import signal
import socket
import subprocess
import tempfile
import time
import unittest

from .server import PLUGIN_DIR, SOURCE

LWSWS = os.environ.get("LWSWS") or shutil.which("lwsws")
PATIENCE = 30  # seconds; on a busy machine


def _library(path):
    """The libwebsockets that a program or plugin is linked with."""
    said = subprocess.run(["ldd", path], capture_output=True, text=True, check=False).stdout
    found = re.search(r"libwebsockets\.so\S* => (\S+)", said)
    return found and os.path.realpath(found[1])


def need_lwsws():
    """Skip the tests where there is no lwsws."""
    if not LWSWS:
        raise unittest.SkipTest("no lwsws: name one with LWSWS=, or see scripts/build-lws")
    ours = _library(os.path.join(PLUGIN_DIR, "libprotocol_chat_room.so"))
    if _library(LWSWS) != ours:
        raise unittest.SkipTest(f"{LWSWS} has another libwebsockets than our plugins ({ours})")


def free_port():
    """lwsws takes no free port by itself."""
    with socket.socket() as anyone:
        anyone.bind(("127.0.0.1", 0))
        return anyone.getsockname()[1]


def from_tree(text):
    """A configuration of the tree with its folders."""
    return text.replace("_lws_ddir_/lwshost/mount", os.path.join(SOURCE, "mount")).replace(
        "_lws_ddir_/lwshost/geoip.mmdb",
        os.path.join(SOURCE, "plugins/ip-lookup/data/sample.mmdb"))


def tree_conf(name="conf/conf"):
    with open(os.path.join(SOURCE, name), encoding="utf-8") as file:
        return from_tree(file.read())


class Lwsws:
    """lwsws in a process group of its own, which is ended with it. conf: the text of the file; what
    stands in it as 7681 becomes `port`. Clients are ours to hang up."""

    def __init__(self, conf):
        self.folder = tempfile.mkdtemp(prefix="lwshost-lwsws-")
        self.port = free_port()
        self.clients = []
        self._write("conf", conf.replace("7681", str(self.port)))
        self._write("conf.d/plugins", '{ "global": { "plugin-dir": "%s/" } }' % PLUGIN_DIR)
        self._log = open(os.path.join(self.folder, "log"), "w+b")
        # Without its default folder, where plugins of its own would start on every vhost.
        self.process = subprocess.Popen([LWSWS, "-n", "-c", self.folder], stdout=self._log,
                                        stderr=self._log, start_new_session=True)

    def _write(self, name, text):
        path = os.path.join(self.folder, name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)

    @property
    def log(self):
        with open(self._log.name, encoding="utf-8", errors="replace") as file:
            return file.read()

    def wait_listening(self, port=None):
        end = time.monotonic() + PATIENCE
        while True:
            try:
                with socket.create_connection(("127.0.0.1", port or self.port), PATIENCE):
                    return
            except OSError as error:
                if time.monotonic() > end or self.process.poll() is not None:
                    raise AssertionError(f"lwsws does not listen\n{self.log}") from error
                time.sleep(0.05)

    def wait_log(self, text):
        end = time.monotonic() + PATIENCE
        while text not in self.log:
            if time.monotonic() > end:
                raise AssertionError(f"{text!r} is not in the log\n{self.log}")
            time.sleep(0.05)

    def hup(self):
        self.process.send_signal(signal.SIGHUP)

    def generations(self):
        """The service processes that live, by their ids."""
        said = subprocess.run(["ps", "-o", "pid=", "--ppid", str(self.process.pid)],
                              capture_output=True, text=True, check=False).stdout
        return said.split()

    def __enter__(self):
        try:
            self.wait_listening()
        except BaseException:
            self.__exit__(None, None, None)
            raise
        return self

    def __exit__(self, *exception):
        for client in self.clients:
            client.abort()
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()
        self._log.close()
        shutil.rmtree(self.folder)
