/* http_query — the request that a wsi carries, as a query.
 *
 * Shape:    functions over libwebsockets' header tables; valid in LWS_CALLBACK_HTTP.
 * Owns:     nothing.
 * Borrows:  nothing after a call returns.
 * Calls up: libwebsockets only.
 * Not here: what parameters mean (query).
 */
#ifndef LWSHOST_IP_INFO_HTTP_QUERY_H
#define LWSHOST_IP_INFO_HTTP_QUERY_H

#include "http_request.h"
#include "query.h"

#include <libwebsockets.h>

/* Read path and parameters into `query`, and settle its format by the Accept header where no
 * parameter did.
 * path: what is behind the mount point.
 * Returns 0, or -1 when the query refuses. */
int http_query_read(struct lws *wsi, const char *path, size_t len, struct query *query);

/* What the request says about its body. */
struct http_query_body {
    enum http_body kind;
    bool is_json;             /* its Content-Type */
    unsigned long long bytes; /* of a known one, else 0 */
};

struct http_query_body http_query_describe_body(struct lws *wsi);

#endif
