/* options — typed options of a protocol from name and text, by a table.
 *
 * Shape:    a constant table, one row an option; the values land in a struct of the caller.
 * Owns:     nothing.
 * Borrows:  table, names and values. OPTION_TEXT lands as a pointer to the given value (or to the
 *           default in the table), so the values must outlive the struct.
 * Calls up: the `family` function, for names that are not in the table.
 * Not here: where the options come from (pvo_options: libwebsockets' per-vhost options).
 */
#ifndef LWSHOST_OPTIONS_H
#define LWSHOST_OPTIONS_H

#include "problem.h"

#include <stdbool.h>
#include <stddef.h>

enum option_type {
    OPTION_TEXT,   /* const char *; min and max bound its length in bytes */
    OPTION_NUMBER, /* unsigned long; decimal digits only; min and max bound its value */
    OPTION_FLAG,   /* bool; "1" "on" "yes" "true" / "0" "off" "no" "false", as lwsws reads them */
    OPTION_CHOICE, /* unsigned: the index of the value in `choices` */
};

struct option {
    const char *name;
    enum option_type type;
    size_t offset;              /* of the member in the caller's struct */
    const char *fallback;       /* the default, as text; NULL: `out` is left as it is */
    unsigned long min, max;     /* see enum option_type */
    const char *const *choices; /* NULL-terminated, for OPTION_CHOICE */
    const char *unit;           /* "bytes", "ms", …; NULL for none; for messages and documents */
    const char *help;           /* one line for the documents */
};

struct option_value {
    const char *name;
    const char *value;
};

/* The row of that name, or NULL. */
const struct option *option_find(const struct option *table, size_t rows, const char *name);

/* Whether a row's member is the same in two structs; texts by what they say. */
bool option_equal(const struct option *row, const void *a, const void *b);

/* Copy a row's member from one struct to another; a text by its pointer. */
void option_copy(const struct option *row, void *to, const void *from);

/* Handle a name that the table does not have, such as `room.lobby.pin`.
 * Returns 1 when it took it, 0 when the name is unknown to it too, -1 with `problem` filled. */
typedef int option_family_fn(void *out, const char *name, const char *value,
                             struct problem *problem);

/* Set every row's default in `out`, then read `values` into it. Names that libwebsockets itself
 * acts upon ("default", "raw", "status", "basic-auth") are skipped. A name given twice is refused:
 * lws up to 4.5 cuts a value over 254 bytes into several options of the same name.
 * family: may be NULL.
 * Returns 0, or -1 with `problem` filled: `path` is the option's name. */
int options_read(const struct option *table, size_t rows, const struct option_value *values,
                 size_t count, option_family_fn *family, void *out, struct problem *problem);

#endif
