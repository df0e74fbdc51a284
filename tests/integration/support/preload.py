"""Libraries in C that a test loads into lwshost before all others."""

import os
import subprocess


def build(folder, name):
    """Compile support/<name>.c into `folder`; returns what has to be in lwshost's environment."""
    library = os.path.join(folder, name + ".so")
    source = os.path.join(os.path.dirname(__file__), name + ".c")
    subprocess.run([os.environ.get("CC", "cc"), "-D_GNU_SOURCE", "-shared", "-fPIC", "-o", library,
                    source, "-ldl"], check=True)
    # The address sanitizer insists on being the first one, unless it is told otherwise.
    checks = os.environ.get("ASAN_OPTIONS", "")
    return {"LD_PRELOAD": library, "ASAN_OPTIONS": checks + ":verify_asan_link_order=0"}
