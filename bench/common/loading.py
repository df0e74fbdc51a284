"""A load generator on a core of its own."""

import os


class LoadFailed(Exception):
    """The load generator gave up, or was not answered as it should be; why is the message."""


class LoadProgram:
    """The program of a build, pinned to a core if there is one to spare."""

    def __init__(self, build, name, cpu):
        pin = ["taskset", "-c", str(cpu)] if cpu is not None else []
        self.start = [*pin, os.path.join(build, "bin", name)]

    def command(self, server, options):
        """options: as the program has them, with underscores; True for a flag."""
        command = [*self.start, "--port", str(server.port), "--pid", str(server.pid)]
        for name, value in options.items():
            command.append("--" + name.replace("_", "-"))
            if value is not True:
                command.append(str(value))
        return command
