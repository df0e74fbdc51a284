/* ip_lookup_static — the functions of lwshost/ip_lookup.h. In the static library only. */
#include "lwshost/ip_lookup.h"

#include "static_protocol.h"

extern const lws_plugin_protocol_t ip_lookup;

const struct lws_protocols *lws_ip_lookup_protocol(void) { return ip_lookup.protocols; }

int lws_ip_lookup_check(const struct lws_protocol_vhost_options *options, char *why, size_t size)
{
    return static_protocol_check(ip_lookup.protocols, options, why, size);
}

const char *lws_ip_lookup_problem(struct lws_vhost *vhost)
{
    return static_protocol_hooks(ip_lookup.protocols)->broken(vhost);
}
