/* lookup_options — the options of the protocol ip-lookup on one vhost.
 *
 * Shape:    a table for options_read, and what it can't say.
 * Owns:     nothing.
 * Borrows:  the texts, from the configuration.
 * Calls up: nothing.
 */
#ifndef LWSHOST_LOOKUP_OPTIONS_H
#define LWSHOST_LOOKUP_OPTIONS_H

#include "options.h"
#include "problem.h"

struct lookup_options {
    const char *database; /* path */
    const char *lang;
    unsigned long reload_s; /* between two looks at the file; 0: none */
};

#define LOOKUP_OPTIONS 3
extern const struct option lookup_option_table[LOOKUP_OPTIONS];

/* Check the whole after options_read. Touches no file.
 * Returns 0, or -1 with `problem` filled: no database, a bad language tag. */
int lookup_options_check(const struct lookup_options *options, struct problem *problem);

#endif
