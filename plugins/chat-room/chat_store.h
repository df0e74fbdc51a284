/* chat_store — the store of one hub's chat: which one its options name, and its place in the
 * loop.
 *
 * Shape:    two functions over a hub.
 * Owns:     nothing; the store is the world's.
 * Borrows:  the hub.
 * Calls up: libwebsockets: the store's thread wakes the loop with lws_cancel_service(), the one
 *           call that lws allows other threads.
 */
#ifndef CHAT_STORE_LINK_H
#define CHAT_STORE_LINK_H

#include "chat_hub.h"

/* Open the store that the options name. May wait for a disk: for LWS_CALLBACK_PROTOCOL_INIT only.
 * Returns NULL, with `problem` filled unless memory is short. */
struct store *chat_store_open(struct chat_hub *hub, struct problem *problem);

/* From LWS_CALLBACK_EVENT_WAIT_CANCELLED: show and acknowledge what has been stored meanwhile. */
void chat_store_turn(struct chat_hub *hub);

#endif
