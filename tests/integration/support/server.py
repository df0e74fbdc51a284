"""Start the real lwshost with a configuration of the test's own, and stop only that process."""

import json
import os
import re
import shutil
import subprocess
import tempfile
import threading
import time
from signal import SIGTERM

LWSHOST = os.environ["LWSHOST"]
PLUGIN_DIR = os.environ["LWSHOST_PLUGIN_DIR"]
SOURCE = os.environ["LWSHOST_SOURCE"]
START_SECONDS = 30  # sanitizer builds on a busy machine included
SANITIZER_REPORT = re.compile(r"ERROR: \w+Sanitizer|runtime error:")


def vhost(**keys):
    """One vhost on a free port of 127.0.0.1; underscores in names become hyphens."""
    result = {"name": "localhost", "port": "0", "interface": "127.0.0.1"}
    result.update({name.replace("_", "-"): value for name, value in keys.items()})
    return result


def run_lwshost(*arguments, **options):
    """Run lwshost to its end and return the CompletedProcess with text output."""
    return subprocess.run([LWSHOST, *arguments], text=True, capture_output=True,
                          timeout=START_SECONDS, check=False, **options)


class Server:
    """lwshost in a process of its own.

    conf: the text of the configuration file, or what json.dumps makes one of; a list is taken for
    the vhosts. As a context manager it stops with SIGTERM and insists on exit status 0 and on no
    sanitizer report.
    """

    def __init__(self, conf, arguments=(), environment=None, conf_d=None, wrapper=()):
        self.folder = tempfile.mkdtemp(prefix="lwshost-test-")
        self.write_conf(conf)
        for name, part in (conf_d or {}).items():
            self.write_conf(part, os.path.join("conf.d", name))
        self.stderr = ""
        self.urls = []
        self._lines = []
        self._changed = threading.Condition()
        self.process = subprocess.Popen(
            self.command(arguments, wrapper),
            text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
            env={**os.environ, **(environment or {})})
        self._threads = [threading.Thread(target=self._read_stdout, daemon=True),
                         threading.Thread(target=self._read_stderr, daemon=True)]
        for thread in self._threads:
            thread.start()

    def command(self, arguments, wrapper):
        return [*wrapper, LWSHOST, "-c", self.folder, "--plugin-dir", PLUGIN_DIR, *arguments]

    def write_conf(self, conf, name="conf"):
        if isinstance(conf, list):
            conf = {"vhosts": conf}
        text = conf if isinstance(conf, str) else json.dumps(conf, indent=1, ensure_ascii=False)
        path = os.path.join(self.folder, name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)

    def _read_stdout(self):
        for line in self.process.stdout:
            with self._changed:
                self._lines.append(line.rstrip("\n"))
                if line.startswith("lwshost: listening on "):
                    self.urls.append(line.split(" on ", 1)[1].strip())
                self._changed.notify_all()
        with self._changed:
            self._changed.notify_all()

    def _read_stderr(self):
        for line in self.process.stderr:
            with self._changed:
                self.stderr += line
                self._changed.notify_all()

    def wait_until(self, condition, what, seconds=START_SECONDS):
        """Wait until condition() holds; it is asked anew with each line the server prints and
        every 50 ms."""
        end = time.monotonic() + seconds
        with self._changed:
            while not condition():
                left = end - time.monotonic()
                if left <= 0:
                    raise AssertionError(f"waited {seconds} s for {what}\n{self.stderr}")
                self._changed.wait(min(left, 0.05))

    def wait_listening(self, vhosts=1):
        """Wait for `vhosts` lines in all; returns the first URL."""
        self.wait_until(lambda: len(self.urls) >= vhosts or self.process.poll() is not None,
                        "the server to listen")
        if len(self.urls) < vhosts:
            raise AssertionError(f"lwshost ended with {self.process.returncode}\n{self.stderr}")
        return self.urls[0]

    def wait_stderr(self, text, seconds=START_SECONDS):
        self.wait_until(lambda: text in self.stderr, f"{text!r} in the log", seconds)

    @property
    def port(self):
        """The port of the first vhost."""
        return int(self.urls[0].rstrip("/").rsplit(":", 1)[1])

    @property
    def stdout_lines(self):
        return list(self._lines)

    def signal(self, number):
        self.process.send_signal(number)

    def stop(self, number=SIGTERM, seconds=START_SECONDS):
        """Send the signal, wait for the end, return the exit status."""
        if self.process.poll() is None:
            self.process.send_signal(number)
        try:
            self.process.wait(seconds)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
            raise AssertionError(f"lwshost did not stop in {seconds} s\n{self.stderr}") from None
        for thread in self._threads:
            thread.join(5)
        return self.process.returncode

    def __enter__(self):
        try:
            self.wait_listening()
        except BaseException:
            self.process.kill()
            self.process.wait()
            shutil.rmtree(self.folder, ignore_errors=True)
            raise
        return self

    def __exit__(self, kind, value, trace):
        try:
            status = self.stop()
        finally:
            shutil.rmtree(self.folder, ignore_errors=True)
            self.process.stdout.close()
            self.process.stderr.close()
        if kind is None:
            assert not SANITIZER_REPORT.search(self.stderr), self.stderr
            assert status == 0, f"exit status {status}\n{self.stderr}"
