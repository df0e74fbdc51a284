/* chat_store — the store of one vhost's chat: which one its options name, and its place in the
 * loop.
 *
 * Shape:    two functions over a vhost's state.
 * Owns:     nothing; the store is the world's.
 * Borrows:  the vhost's state.
 * Calls up: libwebsockets: the store's thread wakes the loop with lws_cancel_service(), the one
 *           call that lws allows other threads.
 */
#ifndef CHAT_STORE_LINK_H
#define CHAT_STORE_LINK_H

#include "chat_link.h"

/* Open the store that the options name. May wait for a disk: for LWS_CALLBACK_PROTOCOL_INIT only.
 * Returns NULL, with vhd->problem filled. */
struct store *chat_store_open(struct chat_vhd *vhd);

/* From LWS_CALLBACK_EVENT_WAIT_CANCELLED: show and acknowledge what has been stored meanwhile. */
void chat_store_turn(struct chat_vhd *vhd);

#endif
