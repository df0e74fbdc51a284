"""Where the server to be tormented is, and the modules that speak to it."""

import glob
import os
import random
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))


def prepare(parser):
    """Parse the command line with what every torture has. Afterwards support.* of the integration tests can
    be imported: it starts the server that was named."""
    parser.add_argument("--seed", type=int, default=random.randrange(1 << 30))
    parser.add_argument("--lwshost", default=os.environ.get(
        "LWSHOST", os.path.join(ROOT, "build", "bin", "lwshost")))
    parser.add_argument("--plugin-dir", default=os.environ.get("LWSHOST_PLUGIN_DIR"))
    options = parser.parse_args()
    if not options.plugin_dir:
        build = os.path.dirname(os.path.dirname(os.path.abspath(options.lwshost)))
        found = glob.glob(os.path.join(build, "lib*", "**", "libprotocol_chat_room.so"),
                          recursive=True)
        if not found:
            parser.error("--plugin-dir is needed: no libprotocol_chat_room.so beside lwshost")
        options.plugin_dir = os.path.dirname(found[0])
    os.environ.update(LWSHOST=options.lwshost, LWSHOST_PLUGIN_DIR=options.plugin_dir,
                      LWSHOST_SOURCE=ROOT)
    sys.path[:0] = [HERE, os.path.join(ROOT, "tests", "integration")]
    return options
