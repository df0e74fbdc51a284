#include "http_request.h"

#include <stdlib.h>

bool http_request_has_body(struct lws *wsi)
{
    char length[24], *uri;
    int uri_len;

    if (lws_hdr_total_length(wsi, WSI_TOKEN_HTTP_CONTENT_LENGTH) > 0)
        return lws_hdr_copy(wsi, length, sizeof(length), WSI_TOKEN_HTTP_CONTENT_LENGTH) <= 0 ||
               strtoull(length, NULL, 10) > 0;
    switch (lws_http_get_uri_and_method(wsi, &uri, &uri_len)) {
    case LWSHUMETH_POST:
    case LWSHUMETH_PUT:
    case LWSHUMETH_PATCH:
        return lws_get_network_wsi(wsi) == wsi;
    default:
        return false;
    }
}

bool http_request_is_entangled(struct lws *wsi)
{
    /* 0 of 1000 ms: there is kept input to serve, and while a request is read from it that is its
     * own. */
    return lws_get_network_wsi(wsi) == wsi && http_request_has_body(wsi) &&
           lws_service_adjust_timeout(lws_get_context(wsi), 1000, lws_get_tsi(wsi)) == 0;
}
