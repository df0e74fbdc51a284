"""One measurement by the load generator."""

import json
import subprocess

from loading import LoadFailed, LoadProgram


class Loader(LoadProgram):
    def __init__(self, build, cpu):
        super().__init__(build, "broadcast_load", cpu)

    def mode_command(self, server, mode, options):
        where = {"path": "/chat"} if mode in ("text", "json") else {}
        if mode == "json":
            where["json"] = True
        return self.command(server, {**where, **options})

    def run(self, server, mode, **options):
        """mode: text or json for lwshost's, anything else for another server. Returns what the load
        generator says, and what follows from it."""
        result = subprocess.run(self.mode_command(server, mode, options), capture_output=True,
                                encoding="utf-8", errors="replace", timeout=120, check=False)
        return self.read(result.returncode, result.stdout, result.stderr)

    def hold(self, server, mode, **options):
        """Start one that lets its clients in and holds them; returns it when they are in."""
        holder = subprocess.Popen(self.mode_command(server, mode, {**options, "run_ms": 0}),
                                  encoding="utf-8", errors="replace",
                                  stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        holder.first_line = holder.stdout.readline()
        return holder

    def release(self, holder):
        """Wait for the end of a holder; returns what it says."""
        rest, errors = holder.communicate(timeout=120)
        return self.read(holder.returncode, holder.first_line + rest, errors)

    @staticmethod
    def read(status, output, errors):
        if status != 0:
            raise LoadFailed(errors.strip() or f"status {status}")
        result = json.loads(output)
        if result.get("deliveries"):
            result["rate_out"] = result["deliveries"] / result["seconds"]
            result["us"] = result["server_s"] / result["deliveries"] * 1e6
            result["ns_byte"] = result["server_s"] / result["bytes"] * 1e9
            result["load_busy"] = result["load_s"] / result["seconds"]
            result["is_good"] = result["drained"] and not result["closed"]
        return result
