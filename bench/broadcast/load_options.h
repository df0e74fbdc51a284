/* load_options — the command line of the load generator.
 *
 * Shape:    numbers within their ranges, or a line on standard error.
 * Owns:     nothing.
 * Borrows:  argv.
 * Calls up: nothing.
 */
#ifndef BENCH_LOAD_OPTIONS_H
#define BENCH_LOAD_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

struct load_options {
    unsigned port, pid; /* pid: whose processor time and memory count; 0: nobody's */
    const char *path;
    bool is_json;       /* lwshost's JSON mode; otherwise what is said is sent as it is */
    bool waits_for_all; /* in flight: not yet with every member, instead of with who says it */
    unsigned members, idle, slow;
    unsigned in_flight;
    unsigned rate; /* messages a second instead of as many as are in flight; 0: none */
    unsigned size; /* bytes of a text */
    unsigned warmup_ms, run_ms, drain_ms, hold_ms;
};

/* Returns 0, or -1 after a line on standard error. */
int load_options_read(struct load_options *options, int argc, char **argv);

#endif
