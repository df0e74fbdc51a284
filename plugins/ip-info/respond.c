#include "respond.h"

#include "hash_map.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#define METHODS "GET, HEAD, POST, OPTIONS"
#define ORIGIN_BYTES 256
#define ETAG_BYTES 19 /* quotes, 64 bits in hexadecimal, NUL */

/* The headers of one answer, and the texts behind them. */
struct head {
    struct http_header headers[16];
    size_t count;
    char cache[48], retry[16], etag[ETAG_BYTES], origin[ORIGIN_BYTES];
};

static void add(struct head *head, const char *name, const char *value)
{
    head->headers[head->count++] = (struct http_header){name, value};
}

static bool is_listed(const char *list, const char *origin)
{
    size_t len = strlen(origin);

    while (*list) {
        size_t word = strcspn(list, ", ");

        if (word == len && strncasecmp(list, origin, len) == 0)
            return true;
        list += word + strspn(list + word, ", ");
    }
    return false;
}

/* Which pages of other sites may read the answer (the Fetch standard, "CORS protocol"). */
static void add_cors(const struct request *request, struct head *head)
{
    const char *allowed = request->host->settings->cors_origin;
    bool is_any = allowed && strcmp(allowed, "*") == 0;

    add(head, "vary:", allowed && !is_any ? "accept, origin" : "accept");
    if (!allowed || lws_hdr_copy(request->wsi, head->origin, ORIGIN_BYTES, WSI_TOKEN_ORIGIN) <= 0) {
        head->origin[0] = 0;
        return;
    }
    if (!is_any && !is_listed(allowed, head->origin)) {
        head->origin[0] = 0;
        return;
    }
    add(head, "access-control-allow-origin:", is_any ? "*" : head->origin);
    add(head, "access-control-expose-headers:", "X-Ip-Info-Complete, Retry-After, ETag");
}

static void begin(const struct request *request, struct head *head)
{
    memset(head, 0, sizeof(*head));
    add(head, "x-content-type-options:", "nosniff");
    add_cors(request, head);
    if (request->closes)
        add(head, "connection:", "close");
}

static void add_retry_after(struct head *head, unsigned seconds)
{
    snprintf(head->retry, sizeof(head->retry), "%u", seconds);
    add(head, "retry-after:", head->retry);
}

/* How long a client may keep it: what is about the caller nobody else may. */
static void add_cache_control(const struct request *request, const struct answer *answer,
                              struct head *head)
{
    const struct settings *settings = request->host->settings;
    unsigned long age_s = settings->client_max_age_s;

    if (!answer->fresh_s || !age_s || request->is_of_caller) {
        add(head, "cache-control:", "no-store");
        return;
    }
    if (answer->fresh_s < age_s)
        age_s = answer->fresh_s;
    snprintf(head->cache, sizeof(head->cache), "%s, max-age=%lu",
             settings->cache_public ? "public" : "private", age_s);
    add(head, "cache-control:", head->cache);
}

/* A tag need not stand against those who look for two bodies with the same one: only they
 * themselves would keep the wrong one. It is the same in all processes. */
static void make_etag(const struct bytes *body, char etag[ETAG_BYTES])
{
    static const struct hash_key key = {{0x69702d696e666f20, 0x652d746167730a31}};

    snprintf(etag, ETAG_BYTES, "\"%016" PRIx64 "\"", hash_keyed(&key, body->data, body->len));
}

/* Whether the client has an answer of that tag: one of a list, weak or strong, or any. */
static bool has_already(struct lws *wsi, const char *etag)
{
    char tags[1024];

    if (lws_hdr_copy(wsi, tags, sizeof(tags), WSI_TOKEN_HTTP_IF_NONE_MATCH) <= 0)
        return false;
    return strcmp(tags, "*") == 0 || strstr(tags, etag) != NULL;
}

int respond(struct request *request, const struct answer *answer)
{
    struct head head;
    struct http_answer http = {.status = answer->status,
                               .content_type = answer->content_type,
                               .headers = head.headers,
                               .body = answer->body.data,
                               .body_bytes = answer->body.len};

    begin(request, &head);
    add_cache_control(request, answer, &head);
    if (answer->is_lookup)
        add(&head, "x-ip-info-complete:", answer->is_complete ? "true" : "false");
    if (answer->status == 503)
        add_retry_after(&head, answer->retry_after_s ? answer->retry_after_s : 1);
    if (answer->status == 200 && answer->fresh_s && !request->is_of_caller) {
        make_etag(&answer->body, head.etag);
        add(&head, "etag:", head.etag);
        if (has_already(request->wsi, head.etag)) {
            http.status = 304;
            http.content_type = NULL;
            http.body_bytes = 0;
        }
    }
    http.header_count = head.count;
    tally_request(&request->host->tally, http.status);
    return request->may_write ? http_reply_send_now(request->wsi, &request->reply, &http)
                              : http_reply_send(request->wsi, &request->reply, &http);
}

int respond_refusal(struct request *request, unsigned status, const char *detail,
                    unsigned retry_after_s)
{
    struct answer answer;
    struct head head;
    struct http_answer http = {.status = status, .headers = head.headers};
    int result = answer_refuse(status, detail, &answer);

    begin(request, &head);
    add(&head, "cache-control:", "no-store");
    if (status == 405)
        add(&head, "allow:", METHODS);
    if (retry_after_s || status == 503)
        add_retry_after(&head, retry_after_s ? retry_after_s : 1);
    http.header_count = head.count;
    http.content_type = answer.content_type;
    http.body = answer.body.data;
    http.body_bytes = answer.body.len;
    tally_request(&request->host->tally, status);
    if (result == 0)
        result = http_reply_send(request->wsi, &request->reply, &http);
    answer_fini(&answer);
    return result;
}

int respond_options(struct request *request)
{
    struct head head;
    struct http_answer http = {.status = 204, .headers = head.headers};

    begin(request, &head);
    add(&head, "cache-control:", "no-store");
    add(&head, "allow:", METHODS);
    if (head.origin[0]) {
        add(&head, "access-control-allow-methods:", "GET, POST, OPTIONS");
        add(&head, "access-control-allow-headers:", "content-type");
        add(&head, "access-control-max-age:", "600");
    }
    http.header_count = head.count;
    tally_request(&request->host->tally, http.status);
    return http_reply_send(request->wsi, &request->reply, &http);
}

int respond_stream(struct request *request)
{
    struct head head;
    struct http_answer http = {
        .status = 200, .content_type = ANSWER_NDJSON_TYPE, .headers = head.headers};

    begin(request, &head);
    add(&head, "cache-control:", "no-store");
    /* A proxy that gathers an answer before it hands it on would take the point away. */
    add(&head, "x-accel-buffering:", "no");
    http.header_count = head.count;
    tally_request(&request->host->tally, http.status);
    request->host->tally.streams++;
    return http_stream_begin(request->wsi, &request->stream, &http);
}
