#include "http_request.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* lws reads it with atoll, takes several as one text, and stops at what is no digit. */
static enum http_body body_of_length(struct lws *wsi)
{
    char text[24];
    int length = lws_hdr_copy(wsi, text, sizeof(text), WSI_TOKEN_HTTP_CONTENT_LENGTH);

    if (length <= 0 || strspn(text, "0123456789") != (size_t)length ||
        lws_hdr_fragment_length(wsi, WSI_TOKEN_HTTP_CONTENT_LENGTH, 1) > 0)
        return HTTP_BODY_UNKNOWN;
    return strspn(text, "0") == (size_t)length ? HTTP_BODY_NONE : HTTP_BODY_KNOWN;
}

enum http_body http_request_body(struct lws *wsi)
{
    char *uri;
    int uri_len;

    if (lws_hdr_total_length(wsi, WSI_TOKEN_HTTP_TRANSFER_ENCODING) > 0)
        return HTTP_BODY_UNKNOWN;
    if (lws_hdr_total_length(wsi, WSI_TOKEN_HTTP_CONTENT_LENGTH) > 0)
        return body_of_length(wsi);
    switch (lws_http_get_uri_and_method(wsi, &uri, &uri_len)) {
    case LWSHUMETH_POST:
    case LWSHUMETH_PUT:
    case LWSHUMETH_PATCH:
        return lws_get_network_wsi(wsi) == wsi ? HTTP_BODY_UNKNOWN : HTTP_BODY_NONE;
    default:
        return HTTP_BODY_NONE;
    }
}

unsigned long long http_request_length(struct lws *wsi)
{
    char length[24];

    /* One that is too large for the type becomes the largest. */
    return lws_hdr_copy(wsi, length, sizeof(length), WSI_TOKEN_HTTP_CONTENT_LENGTH) > 0
               ? strtoull(length, NULL, 10)
               : 0;
}

bool http_request_is_late(lws_usec_t begun_us)
{
    return lws_now_usecs() - begun_us > (lws_usec_t)HTTP_BODY_MAX_MS * 1000;
}

bool http_request_is_json(struct lws *wsi)
{
    char type[64];
    int len = lws_hdr_copy(wsi, type, sizeof(type), WSI_TOKEN_HTTP_CONTENT_TYPE);

    return len >= 16 && strncasecmp(type, "application/json", 16) == 0 &&
           (type[16] == 0 || type[16] == ';' || type[16] == ' ');
}

bool http_request_is_entangled(struct lws *wsi)
{
    /* 0 of 1000 ms: there is kept input to serve, and while a request is read from it that is its
     * own. */
    return lws_get_network_wsi(wsi) == wsi && http_request_body(wsi) != HTTP_BODY_NONE &&
           lws_service_adjust_timeout(lws_get_context(wsi), 1000, lws_get_tsi(wsi)) == 0;
}
