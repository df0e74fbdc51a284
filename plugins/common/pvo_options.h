/* pvo_options — libwebsockets' per-vhost options into a struct, through an option table.
 *
 * Shape:    one function around options_read.
 * Owns:     nothing that outlives the call.
 * Borrows:  the options, as long as the filled struct is used: lws keeps them for the vhost's life.
 * Calls up: nothing.
 */
#ifndef LWSHOST_PVO_OPTIONS_H
#define LWSHOST_PVO_OPTIONS_H

#include "options.h"

#include <libwebsockets.h>

/* As options_read, from a list of per-vhost options (`in` of LWS_CALLBACK_PROTOCOL_INIT; may be
 * NULL). Returns 0, or -1 with `problem` filled. */
int pvo_options_read(const struct option *table, size_t rows,
                     const struct lws_protocol_vhost_options *list, option_family_fn *family,
                     void *out, struct problem *problem);

#endif
