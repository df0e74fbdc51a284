/* ip_info_static — the functions of lwshost/ip_info.h. In the static library only. */
#include "lwshost/ip_info.h"

#include "static_protocol.h"

#define GOING_AWAY 1001 /* the hook wants a code, for protocols that have WebSocket members */

extern const lws_plugin_protocol_t ip_info;

const struct lws_protocols *lws_ip_info_protocol(void) { return ip_info.protocols; }

int lws_ip_info_check(const struct lws_protocol_vhost_options *options, char *why, size_t size)
{
    return static_protocol_check(ip_info.protocols, options, why, size);
}

const char *lws_ip_info_problem(struct lws_vhost *vhost)
{
    return static_protocol_hooks(ip_info.protocols)->broken(vhost);
}

void lws_ip_info_stop(struct lws_vhost *vhost)
{
    static_protocol_hooks(ip_info.protocols)->stop(vhost, GOING_AWAY);
}

unsigned lws_ip_info_pending(struct lws_vhost *vhost)
{
    return static_protocol_hooks(ip_info.protocols)->pending(vhost);
}
