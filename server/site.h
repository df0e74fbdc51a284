/* site — one vhost of the configuration in the form that libwebsockets takes.
 *
 * Shape:    the vhost's options, headers, mounts and protocols as lws's linked lists and arrays;
 *           protocols[0] is the host's own, behind it stand the ones that the vhost names.
 * Owns:     nothing; the lists are in the caller's arena.
 * Borrows:  the conf and the plugins, as long as the vhost lives.
 * Calls up: nothing.
 * Not here: listening (server).
 */
#ifndef LWSHOST_SITE_H
#define LWSHOST_SITE_H

#include "arena.h"
#include "conf.h"
#include "forwarded.h"
#include "listen_addr.h"
#include "log_file.h"
#include "plugin_set.h"

#include <libwebsockets.h>

struct site_protocol {
    const struct conf_protocol *conf;
    struct plugin_protocol plugin;
    struct lws_protocol_vhost_options *options; /* of this protocol, in the order of the file */
};

struct site {
    const struct conf_vhost *conf;
    struct listen_addr addr;
    bool is_tls;
    const struct site *follows; /* another vhost that gives its port to this one, or NULL */
    bool is_floating;           /* whoever configured it asked for a free port */
    unsigned port_wanted;       /* 0: a free one */
    unsigned port;              /* what it listens on, while it does */
    bool is_listening;
    struct lws_vhost *vhost;
    struct server *server; /* while it serves */

    struct ip_nets trusted; /* proxies, whose word on the client's address is taken */
    enum client_header client_header;
    struct log_file *access_log;    /* the journal's, or NULL */
    struct lwshost_journal journal; /* what plugins tell of this vhost */

    struct site_protocol *protocols; /* as named, each name once */
    size_t protocol_count;
    const struct lws_protocols
        *default_protocol; /* takes WebSocket clients that name none, or NULL */

    /* What lws keeps pointers to. */
    struct lws_protocols front, lws_default;
    const struct lws_protocols **lws_protocols;
    struct lws_protocol_vhost_options *lws_options;
    struct lws_protocol_vhost_options *lws_headers;
    struct lws_http_mount *lws_mounts;
};

/* Build the lists from `site->conf` and `site->protocols`. Returns 0, or -1 when memory is short.
 */
int site_build(struct site *site, struct arena *arena);

/* Fill the vhost's part of `info`, which holds the context's part already. */
void site_describe(const struct site *site, struct lws_context_creation_info *info);

/* Prepare the vhost for client connections over TLS, as "enable-client-ssl" asks.
 * Returns 0, or -1 when lws can't. */
int site_enable_client_tls(const struct site *site);

#endif
