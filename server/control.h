/* control — the signals of the process as events of the loop.
 *
 * Shape:    a vhost without listener whose one connection is a signalfd, so that signals arrive on
 *           the loop's thread, whichever loop it is.
 * Owns:     nothing that outlives the context.
 * Borrows:  the server, until the context is destroyed.
 * Calls up: server_on_signal.
 */
#ifndef LWSHOST_CONTROL_H
#define LWSHOST_CONTROL_H

#include <libwebsockets.h>

struct server;

/* Block the signals that control_start reads, for the whole process: before any thread is started.
 */
void control_block_signals(void);

/* Let the signals that stop the process do that at once, even while everything is being taken
 * down. */
void control_let_signals_end_us(void);

/* Read signals on the context's loop. Returns 0, or -1 when it can't be. */
int control_start(struct lws_context *context, struct server *server);

#endif
