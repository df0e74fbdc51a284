/* complaints — collects what a reader of configurations complains about.
 *
 * Shape:    the lines, each with a newline, and how many of them were errors; all zero is empty.
 * Owns:     the lines, until bytes_fini(&complaints.lines).
 * Borrows:  nothing.
 * Calls up: nothing.
 */
#ifndef LWSHOST_TEST_COMPLAINTS_H
#define LWSHOST_TEST_COMPLAINTS_H

#include "bytes.h"

#include <stdbool.h>

struct complaints {
    struct bytes lines;
    unsigned errors, warnings;
};

/* For conf_env.complain, with a struct complaints as user. */
void complaints_take(void *user, bool is_error, const char *line);

#endif
