/* static_protocol — what the functions of the static libraries' public headers have in common: the
 * hooks of a protocol (host_hooks.h), called by a program that is not lwshost.
 *
 * Owns:     nothing.
 * Borrows:  the protocol that the plugin exports; it lives as long as the program.
 * Calls up: nothing.
 */
#ifndef LWSHOST_STATIC_PROTOCOL_H
#define LWSHOST_STATIC_PROTOCOL_H

#include "host_hooks.h"

#include <stdio.h>

/* The hooks of a protocol of ours that has some. */
static inline const struct lwshost_hooks *
static_protocol_hooks(const struct lws_protocols *protocol)
{
    return protocol->user;
}

/* See lws_chat_room_check. */
static inline int static_protocol_check(const struct lws_protocols *protocol,
                                        const struct lws_protocol_vhost_options *options, char *why,
                                        size_t size)
{
    struct problem problem = {0};

    if (static_protocol_hooks(protocol)->check(options, &problem) == 0)
        return 0;
    if (size)
        snprintf(why, size, "%s%s%s", problem.path, problem.path[0] ? ": " : "", problem.text);
    return -1;
}

#endif
