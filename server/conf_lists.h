/* conf_lists — the values of the configuration that hold others: lists of names and values, mounts,
 * protocols, vhosts.
 *
 * Shape:    one function on a reader.
 * Owns:     nothing; what is read goes into the conf's memory.
 * Borrows:  reader and item during the call.
 * Calls up: env->complain, through the reader.
 */
#ifndef LWSHOST_CONF_LISTS_H
#define LWSHOST_CONF_LISTS_H

#include "conf_reader.h"

/* Read a value of the types after CONF_SWITCH; `member` is where its key says, except for
 * CONF_MOUNTS and CONF_PROTOCOLS, which find their vhost from it.
 * Returns 0, or -1 after a complaint; what could be read is there then. */
int conf_list_read(struct conf_reader *reader, const struct conf_item *item,
                   const struct conf_key *key, void *member);

#endif
