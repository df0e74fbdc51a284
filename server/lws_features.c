#include "lws_features.h"

#include <libwebsockets.h>
#include <string.h>

void lws_features_fill(struct conf_features *out)
{
    memset(out, 0, sizeof(*out));
    out->version = LWS_LIBRARY_VERSION_NUMBER;
#if defined(LWS_WITH_TLS)
    out->tls = true;
#endif
#if defined(LWS_WITH_CLIENT)
    out->client = true;
#endif
#if defined(LWS_WITH_IPV6)
    out->ipv6 = true;
#endif
#if defined(LWS_WITH_UNIX_SOCK)
    out->unix_socket = true;
#endif
#if defined(LWS_WITH_HTTP_BASIC_AUTH)
    out->http_basic_auth = true;
#endif
#if defined(LWS_WITH_PEER_LIMITS)
    out->peer_limits = true;
#endif
#if defined(LWS_WITH_CGI)
    out->cgi = true;
#endif
#if defined(LWS_WITH_HTTP_PROXY)
    out->http_proxy = true;
#endif
#if defined(LWS_WITH_HTTP2)
    out->http2 = true;
#endif
#if defined(LWS_WITH_JOSE)
    out->jose = true;
#endif
#if defined(LWS_WITH_ASYNC_QUEUE)
    out->async_queue = true;
#endif
#if defined(LWS_ROLE_QUIC)
    out->quic = true;
#endif
}
