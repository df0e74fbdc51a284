/* json_out — JSON text written in one pass.
 *
 * Shape:    appends to a `struct bytes`; commas are put where they belong. Running out of memory
 *           is remembered, so that only the end has to be checked. Compact, in the order of the
 *           calls.
 * Owns:     nothing; the bytes are the caller's.
 * Borrows:  `out`, as long as the writer is used.
 * Calls up: nothing.
 * Not here: reading (jansson). Strings must be UTF-8: what comes in here was checked by jansson or
 *           is ASCII.
 */
#ifndef LWSHOST_JSON_OUT_H
#define LWSHOST_JSON_OUT_H

#include "bytes.h"

#include <stdbool.h>

struct json_out {
    struct bytes *out;
    bool has_failed; /* memory was short; the text is not whole */
    bool wants_comma;
};

/* Open and close an object or array: '{' '}' '[' ']'. */
void json_out_open(struct json_out *json, char bracket);
void json_out_close(struct json_out *json, char bracket);

/* The name of the next member. */
void json_out_key(struct json_out *json, const char *name);

/* Values. json_out_literal takes JSON text: a number, true, false, null. */
void json_out_string(struct json_out *json, const char *text);
void json_out_number(struct json_out *json, unsigned long number);
void json_out_literal(struct json_out *json, const char *text);

#endif
