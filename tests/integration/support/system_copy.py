"""A copy of this machine's files in which a package can be installed, and a network of its own.

The tests that want it go on in namespaces: what they write to the copy is in memory and gone with
them, and every port is free. As root everything of the machine can be changed in the copy; as
somebody else what is new, so a package is only unpacked then.
"""

import fcntl
import os
import shutil
import socket
import struct
import subprocess
import sys
import tempfile
import unittest

INSIDE = "LWSHOST_TEST_INSIDE"
IS_ROOT = os.environ.get(INSIDE, "") == "root" or os.getuid() == 0
SIOCSIFFLAGS = 0x8914


def _wrapper():
    """What runs a command in namespaces of its own."""
    if os.getuid() == 0:
        return ["unshare", "--mount", "--net"]
    return ["unshare", "--user", f"--map-user={os.getuid()}", f"--map-group={os.getgid()}",
            "--keep-caps", "--mount", "--net"]


def enter(*programs):
    """Begin this test program anew inside namespaces, unless it is there already. Skips the tests
    where that is not allowed, or one of `programs` is missing."""
    if INSIDE in os.environ:
        with socket.socket() as any_socket:
            flags = struct.pack("16sh14x", b"lo", 1)  # IFF_UP
            fcntl.ioctl(any_socket, SIOCSIFFLAGS, flags)
        return
    for program in ("unshare", *programs):
        if not shutil.which(program):
            raise unittest.SkipTest(f"{program} is not installed")
    probe = subprocess.run([*_wrapper(), "mount", "-t", "tmpfs", "none", "/mnt"],
                           capture_output=True, text=True, check=False)
    if probe.returncode:
        raise unittest.SkipTest(f"no namespaces here: {probe.stderr.strip()}")
    sys.stdout.flush()
    sys.stderr.flush()
    os.execvpe("unshare", [*_wrapper(), sys.executable, *sys.orig_argv[1:]],
               {**os.environ, INSIDE: "root" if os.getuid() == 0 else "user"})


class SystemCopy:
    """The copy, at `root`. new_files: for who is not root, a function that puts what the copy has
    beyond the machine into the folder that it is given, /etc, /var and what is to go to /usr."""

    def __init__(self, new_files):
        self.folder = tempfile.mkdtemp(prefix="lwshost-copy-")
        self._run("mount", "-t", "tmpfs", "none", self.folder)
        self.root = self._make("root")
        if IS_ROOT:
            self._overlay("/", self._make("upper"), self.root)
        else:
            self._compose(new_files)
        for name in ("dev", "proc"):
            os.makedirs(self.path(name), exist_ok=True)
            self._run("mount", "--rbind", f"/{name}", self.path(name))
        for name in ("run", "tmp"):  # nothing that runs on the machine is reached from the copy
            os.makedirs(self.path(name), exist_ok=True)
            self._run("mount", "-t", "tmpfs", "none", self.path(name))

    def _make(self, name):
        path = os.path.join(self.folder, name)
        os.mkdir(path)
        os.chmod(path, 0o755)
        return path

    def _overlay(self, lower, upper, merged):
        self._run("mount", "-t", "overlay", "overlay", "-o",
                  f"lowerdir={lower},upperdir={upper},workdir={self._make('work')}", merged)

    def _compose(self, new_files):
        """Somebody's overlay can't lie on a folder in which something is mounted, so only on
        /usr. Of the rest the copy has what programs look at when they start."""
        new_files(self.root)
        upper = os.path.join(self.folder, "upper")
        os.rename(self.path("usr"), upper)
        os.mkdir(self.path("usr"))
        self._overlay("/usr", upper, self.path("usr"))
        for name in os.listdir("/"):
            if os.path.islink(f"/{name}"):  # /lib and its like
                os.symlink(os.readlink(f"/{name}"), self.path(name))
        for name in ("ld.so.cache", "localtime", "nsswitch.conf"):
            if os.path.exists(f"/etc/{name}"):
                shutil.copy(f"/etc/{name}", self.path("etc"))

    @staticmethod
    def _run(*command):
        subprocess.run(command, check=True)

    def path(self, name):
        return os.path.join(self.root, name.lstrip("/"))

    def command(self, *command, user=None):
        """How the command is run in the copy."""
        who = [f"--userspec={user}:{user}"] if user and IS_ROOT else []
        return ["chroot", *who, self.root, *command]

    def run(self, *command, user=None):
        """Run a command there; returns the CompletedProcess with text output."""
        return subprocess.run(self.command(*command, user=user), text=True, capture_output=True,
                              check=False, env={**os.environ, "DEBIAN_FRONTEND": "noninteractive"})

    def close(self):
        self._run("umount", "--lazy", self.folder)
        os.rmdir(self.folder)
