#include "client_address.h"

#include <stdlib.h>
#include <string.h>

static bool peer_address(struct lws *wsi, struct ip_addr *out)
{
    char buffer[128];
    const char *text = lws_get_peer_simple(wsi, buffer, sizeof(buffer));

    return text && !ip_addr_parse(text, strlen(text), out);
}

int client_address(struct lws *wsi, const struct ip_nets *trusted, enum client_header header,
                   struct ip_addr *out)
{
    enum lws_token_indexes token =
        header == CLIENT_HEADER_X_REAL_IP ? WSI_TOKEN_HTTP_X_REAL_IP : WSI_TOKEN_X_FORWARDED_FOR;
    struct ip_addr peer;
    bool has_peer = peer_address(wsi, &peer);
    int len = lws_hdr_total_length(wsi, token);
    char *values;
    bool found;

    if (len <= 0)
        return forwarded_client(has_peer ? &peer : NULL, trusted, NULL, 0, out);
    /* Whole, whatever a client has put in front: what counts stands at its end. lws bounds it. */
    values = malloc((size_t)len + 1);
    if (!values)
        return -1;
    len = lws_hdr_copy(wsi, values, len + 1, token);
    found =
        forwarded_client(has_peer ? &peer : NULL, trusted, values, len > 0 ? (size_t)len : 0, out);
    free(values);
    return found;
}
