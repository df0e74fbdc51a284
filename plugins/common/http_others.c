#include "http_others.h"

int http_others(struct lws *wsi, enum lws_callback_reasons reason, void *user, void *in, size_t len)
{
    /* lws_callback_http_dummy would end the transaction, which has ended with the answer. */
    if (reason == LWS_CALLBACK_HTTP_BODY_COMPLETION)
        return 0;
    return lws_callback_http_dummy(wsi, reason, user, in, len);
}
