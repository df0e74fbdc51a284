/* loopback_url — follow a vhost of this machine that listens on another port than configured.
 *
 * Shape:    a pure function from text to text.
 * Owns:     nothing.
 * Borrows:  nothing after a call returns.
 * Calls up: nothing.
 */
#ifndef LWSHOST_LOOPBACK_URL_H
#define LWSHOST_LOOPBACK_URL_H

#include <stddef.h>

struct moved_port {
    unsigned from; /* as configured */
    unsigned to;   /* as listened on */
};

/* When `text` is a URL (`scheme://host:port…`, without user information) whose host is a loopback
 * one (localhost, 127.0.0.0/8, [::1]) and whose port is the `from` of one of `moved`, the first
 * that fits counts: the same URL with that entry's `to`.
 * out: the new text, to free(); NULL when nothing has to be changed.
 * Returns 0, or -1 when memory is short. */
int loopback_url_move(const char *text, const struct moved_port *moved, size_t count, char **out);

#endif
