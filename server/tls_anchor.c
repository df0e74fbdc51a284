#include "tls_anchor.h"

#include "lws_compat.h"

#include <string.h>

struct lws_context *tls_anchor_new(void)
{
#if LWSHOST_NEEDS_TLS_ANCHOR
    struct lws_context_creation_info info;

    memset(&info, 0, sizeof(info));
    info.port = CONTEXT_PORT_NO_LISTEN;
    info.options = LWS_SERVER_OPTION_EXPLICIT_VHOSTS | LWS_SERVER_OPTION_DO_SSL_GLOBAL_INIT;
    info.fd_limit_per_thread = 8;
    return lws_create_context(&info);
#else
    return NULL;
#endif
}

void tls_anchor_free(struct lws_context *anchor)
{
    if (anchor)
        lws_context_destroy(anchor);
}
