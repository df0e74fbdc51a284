"""The machine that is measured on."""

import datetime
import os
import platform
import resource
import subprocess


def raise_limit():
    """As many descriptors as we may have; the servers inherit it."""
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    wanted = 20000 if hard == resource.RLIM_INFINITY else min(20000, hard)
    resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))


def processor():
    try:
        with open("/proc/cpuinfo", encoding="utf-8") as file:
            for line in file:
                if line.startswith("model name"):
                    return line.split(":", 1)[1].strip()
    except OSError:
        pass
    return platform.machine()


def machine(build):
    version = subprocess.run([os.path.join(build, "bin", "lwshost"), "-V"], text=True,
                             capture_output=True, check=False).stdout.split("\n")[0]
    return {"date": datetime.date.today().isoformat(), "processor": processor(),
            "cores": os.cpu_count(), "kernel": platform.release(), "lwshost": version,
            "load_before": os.getloadavg()[0]}


def cores_of_two():
    """The server's core and that of all others; None for both where there is only one."""
    cores = sorted(os.sched_getaffinity(0))
    return (cores[0], cores[1]) if len(cores) > 1 else (None, None)
