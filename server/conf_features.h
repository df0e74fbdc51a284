/* conf_features — what the libwebsockets that we run with can do, as far as a key depends on it.
 *
 * Shape:    a struct that the lws half fills from lws_config.h and units fill as they like; all
 *           zero is the poorest build of an unknown version.
 * Owns:     nothing.
 * Borrows:  nothing.
 * Calls up: nothing.
 */
#ifndef LWSHOST_CONF_FEATURES_H
#define LWSHOST_CONF_FEATURES_H

#include <stdbool.h>

struct conf_features {
    unsigned version;     /* LWS_LIBRARY_VERSION_NUMBER: 4001006 is 4.1.6 */
    bool tls;             /* LWS_WITH_TLS */
    bool client;          /* LWS_WITH_CLIENT */
    bool ipv6;            /* LWS_WITH_IPV6 */
    bool unix_socket;     /* LWS_WITH_UNIX_SOCK */
    bool http_basic_auth; /* LWS_WITH_HTTP_BASIC_AUTH */
    bool peer_limits;     /* LWS_WITH_PEER_LIMITS */
    bool cgi;             /* LWS_WITH_CGI */
    bool http_proxy;      /* LWS_WITH_HTTP_PROXY */
    bool http2;           /* LWS_WITH_HTTP2 */
    bool jose;            /* LWS_WITH_JOSE */
    bool async_queue;     /* LWS_WITH_ASYNC_QUEUE, 5.0 */
    bool quic;            /* LWS_ROLE_QUIC, 5.0 */
};

#endif
