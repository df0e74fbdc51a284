/* json_lines — at which line each member of a JSON text stands, which jansson does not say.
 *
 * Shape:    an index from paths, like `vhosts[0].mounts[2].origin`, to 1-based lines. A member that
 *           is given twice has two entries, in the order of the text.
 * Owns:     the index, until json_lines_free.
 * Borrows:  the text, during json_lines_new only.
 * Calls up: nothing.
 * Not here: reading values; that is jansson's. The text must be one that jansson has accepted.
 */
#ifndef LWSHOST_JSON_LINES_H
#define LWSHOST_JSON_LINES_H

#include <stdbool.h>
#include <stddef.h>

struct json_lines;

/* Walk `len` bytes of JSON text. Keys that hold a dot are indexed as they are.
 * Returns the index, or NULL when memory is short or the text is not JSON. */
struct json_lines *json_lines_new(const char *text, size_t len);

/* The line on which the member at `path` begins (its key, or the value for array elements and for
 * the whole text, path ""). When the member is missing: the line of the nearest parent that exists.
 * Never 0. */
int json_lines_find(const struct json_lines *lines, const char *path);

/* The first member, in the order of the text, whose path another member has already.
 * Returns its path, borrowed from the index, and its line in `line`; NULL when there is none. */
const char *json_lines_duplicate(const struct json_lines *lines, int *line);

/* Free the index; NULL is fine. */
void json_lines_free(struct json_lines *lines);

#endif
