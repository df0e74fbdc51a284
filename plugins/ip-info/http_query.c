#include "http_query.h"

#include "accept.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define ARGUMENT_BYTES 4096 /* lws takes no longer head than this by default */
#define ACCEPT_BYTES 1024   /* a longer Accept header counts as none */

static int read_arguments(struct lws *wsi, struct query *query)
{
    char argument[ARGUMENT_BYTES];
    int n, len;

    for (n = 0; (len = lws_hdr_copy_fragment(wsi, argument, sizeof(argument),
                                             WSI_TOKEN_HTTP_URI_ARGS, n)) >= 0;
         n++) {
        size_t name_len;
        const char *value;

        argument[len] = 0;
        value = memchr(argument, '=', (size_t)len);
        name_len = value ? (size_t)(value - argument) : (size_t)len;
        value = value ? value + 1 : argument + len;
        if (query_parameter(query, argument, name_len, value, (size_t)(argument + len - value)))
            return -1;
    }
    return lws_hdr_fragment_length(wsi, WSI_TOKEN_HTTP_URI_ARGS, n) > 0
               ? query_refuse(query, 400, "a parameter is too long")
               : 0;
}

static int settle_format(struct lws *wsi, struct query *query)
{
    char accept[ACCEPT_BYTES];
    bool is_given = lws_hdr_copy(wsi, accept, sizeof(accept), WSI_TOKEN_HTTP_ACCEPT) > 0;

    if (query->format == QUERY_FORMAT_AUTO)
        query->format = accept_choose(is_given ? accept : NULL);
    if (query->format == QUERY_FORMAT_AUTO)
        return query_refuse(query, 406,
                            "answers are application/json, text/plain, text/html, text/csv or "
                            "application/x-ndjson");
    return 0;
}

int http_query_read(struct lws *wsi, const char *path, size_t len, struct query *query)
{
    if (query_path(query, path, len) || read_arguments(wsi, query))
        return -1;
    return settle_format(wsi, query);
}

struct http_query_body http_query_describe_body(struct lws *wsi)
{
    struct http_query_body body = {.kind = http_request_body(wsi),
                                   .is_json = http_request_is_json(wsi)};

    if (body.kind == HTTP_BODY_KNOWN)
        body.bytes = http_request_length(wsi);
    return body;
}
