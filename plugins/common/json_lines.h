/* json_lines — where each member of a JSON text stands, which jansson does not say.
 *
 * Shape:    an index of all members, also of those that are given twice, by their parent and key.
 * Owns:     the index, until json_lines_free.
 * Borrows:  the text, during json_lines_new only.
 * Calls up: nothing.
 * Not here: reading values; that is jansson's. The text must be one that jansson has accepted.
 */
#ifndef LWSHOST_JSON_LINES_H
#define LWSHOST_JSON_LINES_H

#include <stddef.h>

struct json_lines;

/* One member of an object, element of an array, or the whole text. */
struct json_member {
    size_t node;  /* its number in the index; JSON_LINES_ROOT is the whole text */
    int line;     /* 1-based: of its key, or of the value for elements and the whole */
    size_t value; /* where its value begins in the text, and how many bytes it has */
    size_t value_bytes;
};

#define JSON_LINES_ROOT 0

/* Walk `len` bytes of JSON text.
 * Returns the index, or NULL when memory is short or the text is not JSON. */
struct json_lines *json_lines_new(const char *text, size_t len);

/* The nth member, from 0 and in the order of the text, that has this key (decoded) in the object
 * `parent`; elements of an array have the keys "[0]", "[1]", ….
 * Returns 0 with `out` filled, or -1 when there is none; `out` is untouched then. O(log size). */
int json_lines_member(const struct json_lines *lines, size_t parent, const char *key, size_t nth,
                      struct json_member *out);

/* Free the index; NULL is fine. */
void json_lines_free(struct json_lines *lines);

#endif
