/* hub_options — what the vhosts of one hub have to agree upon: everything but their own doors.
 *
 * Shape:    questions about two structs of options, the world's and those of a vhost that joins it.
 * Owns:     nothing, but for hub_options_keep.
 * Borrows:  its arguments, during a call.
 * Calls up: nothing.
 * Not here: who is in which hub (chat_hub.h).
 */
#ifndef CHAT_HUB_OPTIONS_H
#define CHAT_HUB_OPTIONS_H

#include "chat_options.h"

/* Check one option that a vhost gives: it must be of the vhost's own door, or say what the world's
 * options say. An option that it does not give is not asked about: it has the world's.
 * name: one that chat_option_table has, or one of a room; others are let pass. mine: good ones.
 * Returns 0, or -1 with `problem` filled; values are not shown, they may be secret. */
int hub_options_check(const char *name, const struct chat_options *mine,
                      const struct chat_options *worlds, struct problem *problem);

/* Take over everything but the door's options. The texts are the world's. */
void hub_options_adopt(struct chat_options *mine, const struct chat_options *worlds);

/* Make the texts copies, so that they live on without the vhost that they come from. The table's
 * own defaults are copied as well.
 * Returns the memory that they stand in, to be freed with free(), or NULL when memory is short; the
 * options are untouched then. */
char *hub_options_keep(struct chat_options *options);

#endif
