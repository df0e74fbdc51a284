/* listen — the vhosts of a setup come to life, each on its port.
 *
 * Shape:    functions.
 * Owns:     the files of unix sockets, until listen_clean_up.
 * Borrows:  setup and server while the context lives.
 * Calls up: nothing.
 */
#ifndef LWSHOST_LISTEN_H
#define LWSHOST_LISTEN_H

#include "log.h"
#include "setup.h"

struct server;

/* Whether `setup` could listen once `old`, which listens, has ended: complain about ports that
 * somebody else has, or that we may not have. Returns 0, or -1 after a complaint. */
int listen_check(const struct setup *setup, const struct setup *old, const struct log *log);

/* Create the vhosts in the order of the configuration, and then let options that are URLs of this
 * very host follow ports that moved: protocols are initialised later.
 * Returns 0, or -1 after a complaint. */
int listen_start(struct setup *setup, struct lws_context *context, struct server *server,
                 const struct log *log);

/* After the context is destroyed: remove the files of unix sockets. */
void listen_clean_up(struct setup *setup);

#endif
