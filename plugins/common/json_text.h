/* json_text — JSON by jansson, and nothing else.
 *
 * Shape:    one function.
 * Owns:     nothing.
 * Borrows:  the text, during the call.
 * Calls up: nothing.
 */
#ifndef LWSHOST_JSON_TEXT_H
#define LWSHOST_JSON_TEXT_H

#include <jansson.h>
#include <stddef.h>

/* As json_loadb, but a NUL is an error wherever it stands: jansson (2.14) passes over one that
 * follows a number. error: may be NULL.
 * Returns a new reference, or NULL with `error` filled. */
json_t *json_text_load(const char *text, size_t len, size_t flags, json_error_t *error);

#endif
