/* json_pointer — RFC 6901 over jansson, which has none.
 *
 * Shape:    the tokens of one pointer, unescaped. `{lang}` inside a token is replaced when it is
 *           looked up.
 * Owns:     the tokens, until json_pointer_fini; all zero is the pointer to the whole text.
 * Borrows:  nothing after a call returns, but what json_pointer_get returns is the root's.
 * Calls up: nothing.
 */
#ifndef LWSHOST_JSON_POINTER_H
#define LWSHOST_JSON_POINTER_H

#include "problem.h"

#include <jansson.h>
#include <stddef.h>

struct json_pointer {
    char *tokens; /* NUL after each */
    size_t count;
};

/* Read `len` bytes. An empty pointer is refused: a whole answer is never a value.
 * Returns 0, or -1 with `problem` filled; `pointer` is empty then. */
int json_pointer_init(struct json_pointer *pointer, const char *text, size_t len,
                      struct problem *problem);

/* What the pointer points to in `root`, borrowed; NULL when there is no such place.
 * lang: for `{lang}`; NULL makes a pointer with it find nothing. */
const json_t *json_pointer_get(const struct json_pointer *pointer, const json_t *root,
                               const char *lang);

/* Free the tokens. */
void json_pointer_fini(struct json_pointer *pointer);

#endif
