/* privileges — become the user and group of the configuration.
 *
 * Shape:    one function.
 * Owns:     nothing.
 * Borrows:  nothing.
 * Calls up: nothing.
 */
#ifndef LWSHOST_PRIVILEGES_H
#define LWSHOST_PRIVILEGES_H

#include "conf.h"
#include "log.h"

/* Once the ports are bound and the keys are read, and before the protocols are initialised, so that
 * files that these make belong to the user. lws would do it after them.
 * Returns 0, also when nothing is to be done; -1 after a complaint. */
int privileges_drop(const struct conf *conf, const struct log *log);

#endif
