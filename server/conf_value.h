/* conf_value — single values of the configuration: texts, numbers, flags.
 *
 * Shape:    functions on a reader; lwsws takes strings, numbers and true/false for any of them.
 * Owns:     nothing; texts go into the conf's memory.
 * Borrows:  reader and item during the call.
 * Calls up: env->complain, through the reader.
 */
#ifndef LWSHOST_CONF_VALUE_H
#define LWSHOST_CONF_VALUE_H

#include "conf_reader.h"

/* Read a value of the types up to CONF_SWITCH into `member`.
 * asks: false when the value is one that turns nothing on ("0").
 * Returns 0, or -1 after a complaint; `member` is untouched then. */
int conf_value_read(struct conf_reader *reader, const struct conf_item *item,
                    const struct conf_key *key, void *member, bool *asks);

/* The text of a string, a number as it is written, or "1"/"0" for true and false. The first
 * `_lws_ddir_` becomes the data directory, but not inside "global".
 * Returns it, or NULL after a complaint. */
const char *conf_value_text(struct conf_reader *reader, const struct conf_item *item);

#endif
