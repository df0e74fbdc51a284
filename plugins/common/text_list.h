/* text_list — a list as an option writes it, item by item: `a, b c`.
 *
 * Shape:    one function; commas and blanks stand between items, and empty items are passed over.
 * Owns:     nothing.
 * Borrows:  the list; items are parts of it.
 * Calls up: nothing.
 */
#ifndef LWSHOST_TEXT_LIST_H
#define LWSHOST_TEXT_LIST_H

#include <stddef.h>

/* The next item and its length, or NULL after the last one. list: moves behind the item. */
const char *text_list_next(const char **list, size_t *len);

#endif
