#include "fetch_req.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define URL_BYTES 512
#define PATIENCE_US 8000000
#define MAX_REPLY_BYTES 65536

struct req *req_new(const struct req_host *host, void *transaction)
{
    struct req *req = calloc(1, sizeof(*req));

    if (!req)
        return NULL;
    req->host = host;
    req->transaction = transaction;
    req->holders = 1;
    return req;
}

void req_release(struct req *req)
{
    size_t n;

    if (!req || --req->holders)
        return;
    for (n = 0; n < REQ_PARTS; n++)
        bytes_fini(&req->parts[n].body);
    bytes_fini(&req->answer);
    json_decref(req->told);
    free(req);
}

static void answer(struct req *req, unsigned status)
{
    req->status = status;
    req->is_answered = true;
    if (req->transaction)
        req_is_answered(req);
}

/* Start a fetch that holds the req. Whoever is called back releases it. */
static enum fetch_error ask(struct req *req, const char *path, fetch_done_fn *done, void *opaque)
{
    char url[URL_BYTES];
    struct fetch_request request = {.method = "GET",
                                    .url = url, /* fetch keeps a copy */
                                    .deadline_us = req->host->now_us() + PATIENCE_US,
                                    .max_reply_bytes = MAX_REPLY_BYTES};

    enum fetch_error error;

    snprintf(url, sizeof(url), "%s%s", req->host->upstream, path);
    error = fetch_start(req->host->client, &request, done, opaque);
    if (error == FETCH_OK)
        req->holders++;
    return error;
}

/* ---- req_a: callbacks. It says what is wanted and what to do when it is there. */

static void on_finish(void *opaque, const struct fetch_response *response)
{
    struct req *req = opaque;

    if (response->error)
        bytes_printf(&req->answer, "a: error %d\n", (int)response->error);
    else
        bytes_printf(&req->answer, "a: %u %s, %s\n", response->code, response->reason,
                     response->body);
    answer(req, response->error ? 502 : 200);
    req_release(req);
}

static void req_a(struct req *req)
{
    if (ask(req, "/slow", on_finish, req))
        answer(req, 503);
    /* It is under way; the loop goes on with others. */
}

/* ---- req_b: at once */

static void req_b(struct req *req)
{
    bytes_append_str(&req->answer, "b\n");
    answer(req, 200);
}

/* ---- req_c: top to bottom. Each time that an answer comes the function is called again and goes
 * on where it waited: what it needs to remember is in the req, not in variables of its own. */

#define REQ_BEGIN(req)                                                                             \
    switch ((req)->at) {                                                                           \
    case 0:
#define REQ_AWAIT(req, condition)                                                                  \
    (req)->at = __LINE__;                                                                          \
    __attribute__((fallthrough));                                                                  \
    case __LINE__:                                                                                 \
        if (!(condition))                                                                          \
        return
#define REQ_END(req)                                                                               \
    (req)->at = -1;                                                                                \
    }

static void ask_part(struct req *req, size_t n, const char *path);

static void req_c(struct req *req)
{
    REQ_BEGIN(req);
    ask_part(req, 0, "/left");
    ask_part(req, 1, "/right");
    REQ_AWAIT(req, req->open == 0); /* for both at once: the tutorial's yield [a, b] */
    if (req->parts[0].error || req->parts[1].error) {
        bytes_append_str(&req->answer, "c: failed\n");
        answer(req, 502);
        return;
    }
    bytes_printf(&req->answer, "c: %s and %s", req->parts[0].body.data, req->parts[1].body.data);
    ask_part(req, 0, "/more");
    REQ_AWAIT(req, req->open == 0);
    bytes_printf(&req->answer, ", then %s\n", req->parts[0].body.data);
    answer(req, 200);
    REQ_END(req);
}

static void on_part(void *opaque, const struct fetch_response *response)
{
    struct req_part *part = opaque;
    struct req *req = part->req;

    part->error = response->error;
    bytes_append(&part->body, response->body, response->body_bytes);
    req->open--;
    if (req->transaction) /* else nobody wants to know */
        req_c(req);
    req_release(req);
}

static void ask_part(struct req *req, size_t n, const char *path)
{
    struct req_part *part = &req->parts[n];

    part->req = req;
    bytes_clear(&part->body);
    bytes_append_str(&part->body, ""); /* it has a NUL, whatever happens */
    part->error = ask(req, path, on_part, part);
    if (part->error == FETCH_OK)
        req->open++;
}

/* ---- relay: {"method", "path", "headers": {}, "body", "max"} to {"error", "code", …} */

static void on_relayed(void *opaque, const struct fetch_response *response)
{
    struct req *req = opaque;
    json_t *told = json_pack("{s:i, s:I, s:s, s:s, s:I}", "error", (int)response->error, "code",
                             (json_int_t)response->code, "reason", response->reason, "body",
                             response->body, "bytes", (json_int_t)response->body_bytes);
    char *text = told ? json_dumps(told, 0) : NULL;

    if (text)
        bytes_append_str(&req->answer, text);
    free(text);
    json_decref(told);
    answer(req, 200);
    req_release(req);
}

/* Headers and body are lent to fetch: the JSON that they stand in stays until the end. */
static size_t read_headers(struct req *req)
{
    const char *name;
    json_t *value;
    size_t count = 0;

    json_object_foreach(json_object_get(req->told, "headers"), name, value) if (count < REQ_HEADERS)
        req->headers[count++] = (struct fetch_header){name, json_string_value(value)};
    return count;
}

static void relay(struct req *req, const struct bytes *body)
{
    struct fetch_request request = {.deadline_us = req->host->now_us() + PATIENCE_US,
                                    .max_reply_bytes = MAX_REPLY_BYTES};
    const char *path;
    char url[URL_BYTES];
    enum fetch_error error;

    req->told = json_loadb(body->data ? body->data : "", body->len, JSON_ALLOW_NUL, NULL);
    if (json_unpack(req->told, "{s:s, s:s}", "method", &request.method, "path", &path)) {
        answer(req, 400);
        return;
    }
    snprintf(url, sizeof(url), "%s%s", path[0] == '/' ? req->host->upstream : "", path);
    request.url = url;
    request.headers = req->headers;
    request.header_count = read_headers(req);
    request.body = json_string_value(json_object_get(req->told, "body"));
    request.body_bytes = json_string_length(json_object_get(req->told, "body"));
    error = fetch_start(req->host->client, &request, on_relayed, req);
    if (error) {
        bytes_printf(&req->answer, "{\"refused\": %d}", (int)error);
        answer(req, 200);
        return;
    }
    req->holders++;
}

void req_begin(struct req *req, const char *path, const struct bytes *body)
{
    if (strcmp(path, "req_a") == 0)
        req_a(req);
    else if (strcmp(path, "req_b") == 0)
        req_b(req);
    else if (strcmp(path, "req_c") == 0)
        req_c(req);
    else if (strcmp(path, "relay") == 0)
        relay(req, body);
    else
        answer(req, 404);
}
