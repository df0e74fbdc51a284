/* answer_field — the members of one result, by name, as callers choose among them.
 *
 * Shape:    an enum: the fields of a record first, then what we say ourselves.
 * Owns, borrows, calls up: nothing.
 * Not here: which members a result really has (answer).
 */
#ifndef LWSHOST_ANSWER_FIELD_H
#define LWSHOST_ANSWER_FIELD_H

#include "record.h"

#include <stdint.h>

enum answer_field {
    ANSWER_FIELD_IP = RECORD_FIELD_COUNT,
    ANSWER_FIELD_QUERY,
    ANSWER_FIELD_OK,
    ANSWER_FIELD_KIND,
    ANSWER_FIELD_SOURCE,
    ANSWER_FIELD_STALE,
    ANSWER_FIELD_ERROR,
    ANSWER_FIELD_COUNT
};

/* What a caller gets whatever it chooses: without these it could not tell an answer from none. */
#define ANSWER_FIELDS_ALWAYS                                                                       \
    (1u << ANSWER_FIELD_IP | 1u << ANSWER_FIELD_OK | 1u << ANSWER_FIELD_ERROR)

/* The field's name in answers. */
const char *answer_field_name(int field);

/* The enum answer_field, or enum record_field, of that name (`len` bytes), or -1. */
int answer_field_find(const char *name, size_t len);

#endif
