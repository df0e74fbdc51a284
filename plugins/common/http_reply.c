#include "http_reply.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define HEADER_BYTES 10240 /* status line and headers of one answer, the vhost's among them */
#define PIECE_BYTES 16384  /* body bytes handed to lws at once */

/* A peer that takes nothing for so long has gone, or means no good: its answer is held in memory.
 */
#define PATIENCE_SECONDS 20

static const char *title_of(unsigned status)
{
    switch (status) {
    case 400:
        return "Bad Request";
    case 401:
        return "Unauthorized";
    case 403:
        return "Forbidden";
    case 404:
        return "Not Found";
    case 405:
        return "Method Not Allowed";
    case 406:
        return "Not Acceptable";
    case 408:
        return "Request Timeout";
    case 409:
        return "Conflict";
    case 410:
        return "Gone";
    case 411:
        return "Length Required";
    case 413:
        return "Content Too Large";
    case 415:
        return "Unsupported Media Type";
    case 416:
        return "Range Not Satisfiable";
    case 422:
        return "Unprocessable Content";
    case 429:
        return "Too Many Requests";
    case 502:
        return "Bad Gateway";
    case 503:
        return "Service Unavailable";
    case 504:
        return "Gateway Timeout";
    default:
        return "Internal Server Error";
    }
}

bool http_reply_is_head(struct lws *wsi)
{
    char *uri;
    int len;

    return lws_http_get_uri_and_method(wsi, &uri, &len) == LWSHUMETH_HEAD;
}

static int add_header(struct lws *wsi, const char *name, const char *value, unsigned char **at,
                      unsigned char *end)
{
    return lws_add_http_header_by_name(wsi, (const unsigned char *)name,
                                       (const unsigned char *)value, (int)strlen(value), at, end);
}

/* Whether a line of HTTP/1 from `from` on begins with `name`, which ends with its colon. */
static bool has_line(const char *name, size_t length, const char *from, const char *to)
{
    while ((from = memchr(from, '\n', (size_t)(to - from))) != NULL) {
        from++;
        if ((size_t)(to - from) >= length && strncasecmp(from, name, length) == 0)
            return true;
    }
    return false;
}

/* Whether HPACK literals from `from` on have `name`, without its colon, behind its length. */
static bool has_literal(const char *name, size_t length, const char *from, const char *to)
{
    for (from++; from + length < to; from++)
        if ((unsigned char)from[-1] == length && strncasecmp(from, name, length) == 0)
            return true;
    return false;
}

/* Whether lws has written the header, lower case with its colon, for the vhost already. */
static bool is_there(struct lws *wsi, const char *name, const unsigned char *from,
                     const unsigned char *to)
{
    size_t length = strlen(name);

    return lws_get_network_wsi(wsi) == wsi
               ? has_line(name, length, (const char *)from, (const char *)to)
               : has_literal(name, length - 1, (const char *)from, (const char *)to);
}

int http_reply_add_headers(struct lws *wsi, const struct http_answer *answer,
                           const unsigned char *start, unsigned char **at, unsigned char *end)
{
    size_t n;

    for (n = 0; n < answer->header_count; n++)
        if (!is_there(wsi, answer->headers[n].name, start, *at) &&
            add_header(wsi, answer->headers[n].name, answer->headers[n].value, at, end))
            return -1;
    return 0;
}

static int build_headers(struct lws *wsi, const struct http_answer *answer, unsigned char **at,
                         unsigned char *end)
{
    const unsigned char *start = *at;

    return lws_add_http_common_headers(wsi, answer->status, answer->content_type,
                                       (lws_filepos_t)answer->body_bytes, at, end) ||
                   http_reply_add_headers(wsi, answer, start, at, end)
               ? -1
               : 0;
}

/* One write for headers and body instead of two. HTTP/2 wants them in frames of their own, and a
 * library that compresses wants to see the body. */
static bool can_join(struct lws *wsi)
{
#if defined(LWS_WITH_HTTP_STREAM_COMPRESSION)
    (void)wsi;
    return false;
#else
    return lws_get_network_wsi(wsi) == wsi;
#endif
}

/* Keep in `out` what is left for http_reply_writable. `head` are headers that are not out yet. */
static int keep(struct bytes *out, const void *head, size_t head_bytes,
                const struct http_answer *answer)
{
    static const char room[LWS_PRE];

    return bytes_reserve(out, sizeof(room) + head_bytes + answer->body_bytes) ||
                   bytes_append(out, room, sizeof(room)) || bytes_append(out, head, head_bytes) ||
                   bytes_append(out, answer->body, answer->body_bytes)
               ? -1
               : 0;
}

/* Otherwise the transaction is over with the headers, and the reply gone. */
static bool has_body(struct lws *wsi, const struct http_answer *answer)
{
    return answer->body_bytes && !http_reply_is_head(wsi);
}

/* Nothing of a body goes out before http_reply_writable can end the transaction with it: lws up to
 * 5.0 mistakes the headers of a next request that has a body and comes in between. */
static int prepare(struct lws *wsi, struct http_reply *reply, const struct http_answer *answer)
{
    unsigned char buffer[LWS_PRE + HEADER_BYTES], *start = buffer + LWS_PRE, *at = start;
    unsigned char *end = start + HEADER_BYTES - 1;

    http_reply_fini(reply);
    reply->status = answer->status;
    reply->head_bytes = reply->body_sent = 0;
    lws_set_timeout(wsi, PENDING_TIMEOUT_HTTP_CONTENT, PATIENCE_SECONDS);
    if (build_headers(wsi, answer, &at, end))
        return -1;
    if (!has_body(wsi, answer)) {
        if (lws_finalize_write_http_header(wsi, start, &at, end))
            return -1;
        return lws_http_transaction_completed(wsi) ? -1 : 0;
    }
    if (can_join(wsi)) {
        if (lws_finalize_http_header(wsi, &at, end) ||
            keep(&reply->out, start, (size_t)(at - start), answer))
            return -1;
        reply->head_bytes = (size_t)(at - start);
    } else if (keep(&reply->out, NULL, 0, answer) ||
               lws_finalize_write_http_header(wsi, start, &at, end)) {
        return -1;
    }
    reply->is_pending = true;
    return 0;
}

int http_reply_send(struct lws *wsi, struct http_reply *reply, const struct http_answer *answer)
{
    bool is_waiting = has_body(wsi, answer);

    if (prepare(wsi, reply, answer))
        return -1;
    if (is_waiting)
        lws_callback_on_writable(wsi);
    return 0;
}

int http_reply_send_now(struct lws *wsi, struct http_reply *reply, const struct http_answer *answer)
{
    bool is_waiting = has_body(wsi, answer);

    if (prepare(wsi, reply, answer))
        return -1;
    return is_waiting ? http_reply_writable(wsi, reply) : 0;
}

int http_reply_problem(struct lws *wsi, struct http_reply *reply, unsigned status,
                       const char *detail)
{
    return http_reply_problem_with(wsi, reply, status, detail, NULL, 0);
}

int http_reply_problem_with(struct lws *wsi, struct http_reply *reply, unsigned status,
                            const char *detail, const struct http_header *headers,
                            size_t header_count)
{
    return http_reply_problem_reason(wsi, reply, status, NULL, detail, headers, header_count);
}

int http_reply_problem_reason(struct lws *wsi, struct http_reply *reply, unsigned status,
                              const char *reason, const char *detail,
                              const struct http_header *headers, size_t header_count)
{
    json_t *problem = json_pack("{s:s, s:i, s:s, s:s*}", "title", title_of(status), "status",
                                (int)status, "detail", detail, "reason", reason);
    char *body = problem ? json_dumps(problem, JSON_COMPACT) : NULL;
    struct http_answer answer = {.status = status,
                                 .content_type = "application/problem+json",
                                 .headers = headers,
                                 .header_count = header_count};
    int result = -1;

    if (body) {
        answer.body = body;
        answer.body_bytes = strlen(body);
        result = http_reply_send(wsi, reply, &answer);
    }
    free(body);
    json_decref(problem);
    return result;
}

/* How much the peer takes now; HTTP/2 flow control says so, HTTP/1 has no such bound (-1). */
static size_t allowed_bytes(struct lws *wsi, size_t wanted)
{
    lws_fileofs_t allowance = lws_get_peer_write_allowance(wsi);

    if (wanted > PIECE_BYTES)
        wanted = PIECE_BYTES;
    if (allowance >= 0 && (size_t)allowance < wanted)
        wanted = (size_t)allowance;
    return wanted;
}

int http_reply_writable(struct lws *wsi, struct http_reply *reply)
{
    size_t total, piece;
    bool is_last;

    if (!reply->is_pending)
        return 0;
    total = reply->out.len - LWS_PRE;
    piece = allowed_bytes(wsi, total - reply->sent);
    is_last = reply->sent + piece == total;
    if (piece) {
        unsigned char *from = (unsigned char *)reply->out.data + LWS_PRE + reply->sent;

        if (lws_write(wsi, from, piece, is_last ? LWS_WRITE_HTTP_FINAL : LWS_WRITE_HTTP) < 0)
            return -1;
        reply->sent += piece;
        reply->body_sent = reply->sent > reply->head_bytes ? reply->sent - reply->head_bytes : 0;
        lws_set_timeout(wsi, PENDING_TIMEOUT_HTTP_CONTENT, PATIENCE_SECONDS);
    }
    if (!is_last) {
        lws_callback_on_writable(wsi);
        return 0;
    }
    http_reply_fini(reply);
    return lws_http_transaction_completed(wsi) ? -1 : 0;
}

void http_reply_fini(struct http_reply *reply)
{
    bytes_fini(&reply->out);
    reply->sent = 0;
    reply->is_pending = false;
}
