/* options — the command line of a measuring tool, read by a table into a struct.
 *
 * Shape:    one function; every option is --name VALUE, or --name alone for a flag.
 * Owns:     nothing.
 * Borrows:  the table and argv: texts point into argv.
 * Calls up: nothing.
 */
#ifndef BENCH_OPTIONS_H
#define BENCH_OPTIONS_H

#include <stddef.h>

enum option_kind {
    OPTION_NUMBER, /* an unsigned from 0 to `max` */
    OPTION_TEXT,   /* a const char *, left as it is when the option is not given */
    OPTION_FLAG,   /* a bool */
};

struct option_row {
    const char *name;
    enum option_kind kind;
    size_t offset; /* in the struct that is filled */
    const char *help;
    unsigned fallback, max; /* of a number */
};

/* Set the numbers of `count` rows in `into` to their fallbacks, then what argv gives. Returns 0, or
 * -1 after lines on standard error that say what there is. */
int options_read(const struct option_row *rows, size_t count, void *into, int argc, char **argv);

/* The lines on standard error alone, for a tool that finds the whole of it wrong. Returns -1. */
int options_usage(const struct option_row *rows, size_t count, const char *program);

#endif
