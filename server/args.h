/* args — the command line.
 *
 * Shape:    a plain struct; all zero but `port` is what no arguments mean.
 * Owns:     `plugin_dirs`, until args_fini.
 * Borrows:  the strings of argv.
 * Calls up: nothing.
 * Not here: what the configuration says (conf), where things are when nothing is said (folders).
 */
#ifndef LWSHOST_ARGS_H
#define LWSHOST_ARGS_H

#include "problem.h"

#include <stdbool.h>
#include <stddef.h>

enum args_command { ARGS_RUN, ARGS_CHECK, ARGS_HELP, ARGS_VERSION };

struct args {
    enum args_command command;
    const char *configdir; /* NULL: the default */
    const char **plugin_dirs;
    size_t plugin_dir_count;
    int port; /* -1: as configured; 0: a free one */
    bool has_levels;
    unsigned levels; /* LLL_* bits, when has_levels */
};

/* What --help prints. */
extern const char args_help[];

/* Read argv.
 * out: for args_fini in either case.
 * Returns 0, or -1 with `problem` filled: `path` is the option, or empty. */
int args_parse(int argc, char *const argv[], struct args *out, struct problem *problem);

/* Free what args_parse took. */
void args_fini(struct args *args);

#endif
