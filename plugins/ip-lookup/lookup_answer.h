/* lookup_answer — the answer to one lookup as JSON text.
 *
 * Shape:    one function; the text fits LOOKUP_ANSWER_BYTES whatever the place holds.
 * Owns:     nothing.
 * Borrows:  nothing after the call returns.
 * Calls up: nothing.
 * Not here: status and headers.
 */
#ifndef LWSHOST_LOOKUP_ANSWER_H
#define LWSHOST_LOOKUP_ANSWER_H

#include "geo_db.h"
#include "lookup_query.h"

#include <stddef.h>

/* Each byte of a text grows to six at most (\u001f); the rest is names, numbers and the address. */
#define LOOKUP_ANSWER_BYTES (6 * sizeof(struct place) + 1024)

/* Write the answer for `addr`, without a NUL. place: NULL when the address is unknown.
 * A text of the place that is not UTF-8 counts as unknown.
 * Returns the length, or 0 when memory is short. */
size_t lookup_answer_write(enum lookup_format format, const struct ip_addr *addr,
                           const struct place *place, char out[LOOKUP_ANSWER_BYTES]);

#endif
