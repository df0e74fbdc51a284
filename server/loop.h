/* loop — the event loop that a context runs on: libuv through lws's plugin for it, or lws's own
 * poll loop.
 *
 * Shape:    one loop for one context.
 * Owns:     libuv's loop, until loop_free.
 * Borrows:  the context.
 * Calls up: nothing but what the context's callbacks do.
 *
 * With thousands of idle connections an event costs 40 µs on libuv's loop and more than a
 * millisecond on poll's, which scans all of them.
 */
#ifndef LWSHOST_LOOP_H
#define LWSHOST_LOOP_H

#include <libwebsockets.h>
#include <stdbool.h>

struct loop;

enum loop_kind { LOOP_POLL, LOOP_UV };

/* Whether this lws can run on libuv here: its event loop plugin can be loaded. */
bool loop_has_uv(void);

/* Returns NULL when memory is short, or libuv can't start. */
struct loop *loop_new(enum loop_kind kind);

/* Say in `info` what lws_create_context has to know. The loop must live until the context is
 * destroyed. */
void loop_configure(struct loop *loop, struct lws_context_creation_info *info);

/* Serve until loop_stop. */
void loop_run(struct loop *loop, struct lws_context *context);

/* Make loop_run return soon; from a callback. */
void loop_stop(struct loop *loop);

/* Destroy *context, which lws sets to NULL through `pcontext` of its creation info. */
void loop_destroy_context(struct loop *loop, struct lws_context **context);

/* Free the loop, after its context; NULL is fine. */
void loop_free(struct loop *loop);

#endif
