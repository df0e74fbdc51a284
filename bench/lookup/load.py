"""One measurement by the load generator."""

import json
import subprocess

from loading import LoadFailed, LoadProgram


class Loader(LoadProgram):
    def __init__(self, build, cpu):
        super().__init__(build, "lookup_load", cpu)

    def run(self, server, path, **options):
        """Returns what the load generator says, and what follows from it."""
        result = subprocess.run(self.command(server, {"path": path, **options}),
                                capture_output=True, text=True, timeout=120, check=False)
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
