/* preflight — what a configuration needs from this machine: folders, certificates, users.
 *
 * Shape:    functions that complain, with the place, about what is missing.
 * Owns:     nothing.
 * Borrows:  nothing.
 * Calls up: nothing.
 * Not here: whether a port is free; that is only known when listening (server).
 */
#ifndef LWSHOST_PREFLIGHT_H
#define LWSHOST_PREFLIGHT_H

#include "conf.h"
#include "log.h"

/* Check the user and group. Returns 0, or -1 after a complaint. */
int preflight_global(const struct conf *conf, const struct log *log);

/* Check a vhost's folders, certificates and password files. Returns 0, or -1 after a complaint. */
int preflight_vhost(const struct conf_vhost *vhost, const struct log *log);

#endif
