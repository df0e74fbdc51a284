/* chat_hub — one world and the vhosts whose doors lead to it.
 *
 * Shape:    a vhost without the option `hub` has a hub for itself; those of one lws context that
 *           name the same hub share it. The first one's options make the world, and the last one to
 *           go frees it.
 * Owns:     the world, its timers and its options.
 * Borrows:  the vhosts' states, until chat_hub_leave.
 * Calls up: libwebsockets.
 * Not here: what the options have to agree upon (hub_options.h), sockets (chat_link.h).
 */
#ifndef CHAT_HUB_H
#define CHAT_HUB_H

#include "chat_link.h"

struct chat_hub {
    struct chat_hub *next; /* of those that have a name */
    struct lws_context *context;
    struct chat_options options; /* the world's */
    char *texts;                 /* of `options` */
    struct world *world;         /* NULL: given up, the context is an old generation */
    struct dlist vhosts;         /* struct chat_vhd; never empty */
    lws_sorted_usec_list_t flush, sweep;
    bool is_sweeping; /* a few times a second */
    bool has_yielded; /* the flush goes on when the loop comes round */
};

/* Find or make the hub that vhd->options name, for LWS_CALLBACK_PROTOCOL_INIT: vhd->hub,
 * vhd->world, and vhd->options as they are in effect. given: the vhost's options, to see which of
 * them it has given itself; may be NULL. Returns 0, or -1 with vhd->problem filled, and vhd->world
 * NULL. */
int chat_hub_join(struct chat_vhd *vhd, const struct lws_protocol_vhost_options *given);

/* Whether the options of two vhosts name the same hub. */
bool chat_hub_is_same(const struct chat_options *a, const struct chat_options *b);

/* Whether a vhost may join a hub that began with the options `first`, as chat_hub_join asks.
 * Returns 0, or -1 with `problem` filled. */
int chat_hub_check(const struct chat_options *first, const struct chat_options *mine,
                   const struct lws_protocol_vhost_options *given, struct problem *problem);

/* Out of the hub, and every connection of the vhost out of the world. Harmless when it was in none.
 */
void chat_hub_leave(struct chat_vhd *vhd, struct lws_vhost *vhost);

/* Have the world swept from now on, as long as there is something in it. */
void chat_hub_sweep(struct chat_hub *hub);

/* Close every connection with `close_code`, and take no new ones. Harmless when it was done before.
 */
void chat_hub_stop(struct chat_hub *hub, int close_code);

/* How many have not ended yet of those that hold on to the world, which is not given up before. */
unsigned chat_hub_pending(const struct chat_hub *hub);

/* Whether it is for this vhost to do what is done once for the whole hub. */
bool chat_hub_is_first(const struct chat_vhd *vhd);

#endif
