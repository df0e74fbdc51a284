/* pvo_list — names and values of the configuration as libwebsockets' linked lists.
 *
 * Shape:    one array in an arena, linked in the order of the file.
 * Owns:     nothing; the arena does.
 * Borrows:  names and values, as long as the list is used.
 * Calls up: nothing.
 */
#ifndef LWSHOST_PVO_LIST_H
#define LWSHOST_PVO_LIST_H

#include "arena.h"
#include "conf.h"

#include <libwebsockets.h>

/* Build the list of `pairs`.
 * suffix: appended to each name, which is copied then; "" for none.
 * out: the first, NULL when there are none; the items are one array.
 * Returns 0, or -1 when memory is short. */
int pvo_list_build(const struct conf_pairs *pairs, const char *suffix, struct arena *arena,
                   struct lws_protocol_vhost_options **out);

#endif
