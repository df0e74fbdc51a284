/* listen_addr — what a vhost listens on: from the configuration's `interface` to one address.
 *
 * Shape:    kind, and the address as text that libwebsockets binds to exactly.
 * Owns:     nothing.
 * Borrows:  the path of a unix socket.
 * Calls up: nothing; asks the system for its interfaces.
 * Not here: which port, and doing it (vhost).
 */
#ifndef LWSHOST_LISTEN_ADDR_H
#define LWSHOST_LISTEN_ADDR_H

#include "ip_addr.h"
#include "problem.h"

#include <stdbool.h>
#include <stddef.h>

enum listen_kind {
    LISTEN_ANY,    /* every address, IPv6 and IPv4 through one socket */
    LISTEN_ANY_V4, /* every IPv4 address */
    LISTEN_ANY_V6, /* every IPv6 address */
    LISTEN_V4,     /* one address */
    LISTEN_V6,
    LISTEN_UNIX,
};

struct listen_addr {
    enum listen_kind kind;
    char text[IP_ADDR_TEXT_BYTES]; /* of LISTEN_V4 and LISTEN_V6, empty otherwise */
    const char *path;              /* of LISTEN_UNIX */
};

struct listen_wish {
    const char *interface; /* NULL, an address, or the name of an interface */
    bool is_path;          /* `interface` is the path of a unix socket */
    bool no_ipv6;
    bool only_ipv6;
};

/* Find the address. The name of an interface stands for its first address, an IPv4 one if it has
 * one and IPv6 is not asked for.
 * Returns 0, or -1 with `problem` filled (its path is left alone). */
int listen_addr_find(const struct listen_wish *wish, struct listen_addr *out,
                     struct problem *problem);

/* Try to listen on `port` there, and stop at once: libwebsockets does not say why it can't.
 * For a unix socket: whether its path is free, or an abandoned socket's.
 * Returns 0, or the errno of what failed. */
int listen_addr_try(const struct listen_addr *addr, unsigned port);

/* Whether the two are the same address, so that vhosts on one port share a socket. */
bool listen_addr_equal(const struct listen_addr *a, const struct listen_addr *b);

/* Write the URL a person on this machine can open, such as `http://127.0.0.1:7681/`, or
 * `unix:/path`, and a NUL to `out`; cut when too long. */
void listen_addr_url(const struct listen_addr *addr, bool is_tls, unsigned port, char *out,
                     size_t bytes);

#endif
