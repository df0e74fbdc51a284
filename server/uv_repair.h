/* uv_repair — let lws say goodbye on libuv's loop.
 *
 * Shape:    one function, for the whole process.
 * Owns:     a reference to lws's event loop plugin, for good.
 * Borrows:  nothing.
 * Calls up: nothing.
 *
 * lws up to 4.5, when it was built without NDEBUG as Debian's is, closes each connection twice in a
 * row "to confirm close has no problem being called again" (lib/core-net/service.c) when the loop
 * is called "libuv". The second time kills what the first began to end in peace: Close frames of
 * WebSocket are never sent, and answers that are still buffered are cut. Only the name of the loop
 * decides, and nothing else looks at it.
 */
#ifndef LWSHOST_UV_REPAIR_H
#define LWSHOST_UV_REPAIR_H

/* Give the loop another name, once; before the context is created. Returns 0 when that is done or
 * not needed, -1 when it could not be. */
int uv_repair(void);

#endif
