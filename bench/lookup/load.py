"""One measurement by the load generator."""

import json
import os
import subprocess


class LoadFailed(Exception):
    """The load generator gave up, or was not answered as it should be; why is the message."""


class Loader:
    def __init__(self, build, cpu):
        self.program = os.path.join(build, "bin", "lookup_load")
        self.pin = ["taskset", "-c", str(cpu)] if cpu is not None else []

    def run(self, server, path, **options):
        """Returns what the load generator says, and what follows from it."""
        arguments = ["--port", str(server.port), "--pid", str(server.pid), "--path", path]
        for name, value in options.items():
            arguments.append("--" + name.replace("_", "-"))
            if value is not True:
                arguments.append(str(value))
        result = subprocess.run([*self.pin, self.program, *arguments], capture_output=True, text=True,
                                timeout=120, check=False)
        if result.returncode != 0:
            raise LoadFailed(result.stderr.strip() or f"status {result.returncode}")
        return self.read(json.loads(result.stdout))

    @staticmethod
    def read(result):
        if not result["answers"] or result["bad"] or result["closed"]:
            raise LoadFailed(f"{result['answers']} answers, {result['bad']} of them bad, "
                             f"{result['closed']} connections closed")
        result["rate"] = result["answers"] / result["seconds"]
        result["us"] = result["server_s"] / result["answers"] * 1e6
        result["load_busy"] = result["load_s"] / result["seconds"]
        return result
