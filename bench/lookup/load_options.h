/* load_options — the command line of the load generator.
 *
 * Shape:    numbers within their ranges, or a line on standard error.
 * Owns:     nothing.
 * Borrows:  argv.
 * Calls up: nothing.
 */
#ifndef BENCH_LOOKUP_OPTIONS_H
#define BENCH_LOOKUP_OPTIONS_H

#include <stdbool.h>

struct load_options {
    unsigned port, pid; /* pid: whose processor time counts; 0: nobody's */
    const char *path;
    const char *expect; /* what each answer's body contains; NULL: anything */
    bool is_post;       /* the addresses in a JSON list instead of in the query */
    unsigned ips;       /* addresses of a request; 0: the path as it is */
    unsigned pool;      /* how many different addresses there are */
    unsigned connections;
    unsigned count; /* answers after which it ends; 0: when the time is over */
    unsigned warmup_ms, run_ms;
};

/* Returns 0, or -1 after a line on standard error. */
int load_options_read(struct load_options *options, int argc, char **argv);

#endif
