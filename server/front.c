#include "front.h"

#include "access.h"
#include "http_reply.h"
#include "http_request.h"
#include "server.h"
#include "site.h"
#include "upgrade.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define NAMES_BYTES 512     /* of Sec-WebSocket-Protocol; lws looks at less */
#define HEADERS_BYTES 10240 /* the vhost's own are among them */
#define BODY_BYTES 1024

/* Zeroed by lws whenever a connection is bound to this protocol; freed when it is bound to
 * another one or closed. */
struct front_pss {
    struct http_reply reply;
    bool is_answering; /* counted by the server: lws is sending a file */
    bool is_kept;      /* the connection had a request before this one */
};

static struct site *site_of(struct lws *wsi)
{
    struct lws_vhost *vhost = lws_get_vhost(wsi);

    return vhost ? lws_get_vhost_user(vhost) : NULL;
}

/* NULL when there is nobody to tell. */
static struct access *access_of(struct lws *wsi)
{
    const struct site *site = site_of(wsi);

    return site && site->server ? server_access(site->server) : NULL;
}

static void tell_answer(struct lws *wsi, unsigned status, long long bytes)
{
    struct access *access = access_of(wsi);

    if (access)
        access_answer(access, wsi, status, bytes);
}

static void set_answering(struct lws *wsi, struct front_pss *pss, bool is_answering)
{
    struct site *site = site_of(wsi);

    if (!pss || !site || !site->server || pss->is_answering == is_answering)
        return;
    pss->is_answering = is_answering;
    server_count_answer(site->server, is_answering ? 1 : -1);
}

/* HTTP/1: headers and body in one write, as the connection is closed next. */
static int refuse(struct lws *wsi, unsigned status, const char *allow, const char *body)
{
    unsigned char buffer[LWS_PRE + HEADERS_BYTES + BODY_BYTES];
    unsigned char *start = buffer + LWS_PRE, *at = start, *end = start + HEADERS_BYTES;
    size_t length = strlen(body);

    if (lws_add_http_common_headers(wsi, status, "text/plain; charset=utf-8", length, &at, end) ||
        (allow &&
         lws_add_http_header_by_token(wsi, WSI_TOKEN_HTTP_ALLOW, (const unsigned char *)allow,
                                      (int)strlen(allow), &at, end)) ||
        lws_add_http_header_by_token(wsi, WSI_TOKEN_CONNECTION, (const unsigned char *)"close", 5,
                                     &at, end) ||
        lws_finalize_http_header(wsi, &at, end))
        return -1;
    memcpy(at, body, length);
    at += length;
    tell_answer(wsi, status, (long long)length);
    return lws_write(wsi, start, (size_t)(at - start), LWS_WRITE_HTTP) < 0 ? -1 : 0;
}

static bool is_h1(struct lws *wsi) { return lws_get_network_wsi(wsi) == wsi; }

/* Whether the request is one that is answered and then forgotten. lws 4.1 can't be trusted to find
 * the end of a body that nobody wants: it takes what follows for it, or the other way round. */
static bool is_simple(struct lws *wsi)
{
    char *uri;
    int length, method = lws_http_get_uri_and_method(wsi, &uri, &length);

    return (method == LWSHUMETH_GET || method == LWSHUMETH_HEAD) &&
           http_request_body(wsi) == HTTP_BODY_NONE;
}

/* HTTP/1: say no to a request that has, or may have, a body; the connection has to end then. */
static int refuse_request(struct lws *wsi)
{
    return refuse(wsi, HTTP_STATUS_METHOD_NOT_ALLOWED, "GET, HEAD",
                  "Only GET and HEAD without a body work here.\n");
}

/* HTTP/2: the stream ends, the connection goes on. */
static int refuse_stream(struct lws *wsi, struct front_pss *pss)
{
    static const struct http_header allow = {"allow:", "GET, HEAD"};
    static const char body[] = "Only GET and HEAD work here.\n";
    struct http_answer answer = {.status = HTTP_STATUS_METHOD_NOT_ALLOWED,
                                 .content_type = "text/plain; charset=utf-8",
                                 .headers = &allow,
                                 .header_count = 1,
                                 .body = body,
                                 .body_bytes = sizeof(body) - 1};

    tell_answer(wsi, answer.status, -1);
    return http_reply_send(wsi, &pss->reply, &answer);
}

/* For mounts of files, which lws serves whatever the method, on HTTP/2 with the exception of POST:
 * there nobody else can answer without losing the body's way. */
static int on_method(struct lws *wsi, struct lws_process_html_args *args)
{
    struct access *access = access_of(wsi);

    if (access)
        access_is_file(access, wsi);
    if (!is_h1(wsi) || is_simple(wsi))
        return 0;
    refuse_request(wsi);
    args->final = 1;
    lws_rx_flow_control(wsi, 0); /* what follows is no request */
    lws_set_timeout(wsi, PENDING_TIMEOUT_CLOSE_SEND, LWS_TO_KILL_ASYNC);
    return 0;
}

static int on_http(struct lws *wsi, struct front_pss *pss)
{
    static const char body[] = "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\">"
                               "<title>404 Not Found</title><h1>Not Found</h1>"
                               "<p>There is nothing here.</p></html>\n";
    struct http_answer answer = {.status = 404,
                                 .content_type = "text/html; charset=utf-8",
                                 .body = body,
                                 .body_bytes = sizeof(body) - 1};
    struct site *site = site_of(wsi);

    if (!is_simple(wsi)) {
        if (!is_h1(wsi))
            return refuse_stream(wsi, pss);
        refuse_request(wsi);
        return -1;
    }
    if (site && site->conf->error_document_404) {
        tell_answer(wsi, HTTP_STATUS_FOUND, 0);
        if (lws_return_http_status(wsi, HTTP_STATUS_NOT_FOUND, NULL))
            return -1;
        return lws_http_transaction_completed(wsi) ? -1 : 0;
    }
    tell_answer(wsi, answer.status, -1); /* until more is known */
    return http_reply_send(wsi, &pss->reply, &answer);
}

static int refuse_upgrade(struct lws *wsi, const struct site *site)
{
    char body[BODY_BYTES];

    if (site->server)
        server_count_refused_upgrade(site->server);

    upgrade_refusal(site, body, sizeof(body));
    return refuse(wsi, HTTP_STATUS_BAD_REQUEST, NULL, body);
}

/* HTTP/1: before lws looks for the protocol. 1 makes lws end the transaction. */
static int on_upgrade(struct lws *wsi, const char *kind)
{
    const struct site *site = site_of(wsi);

    if (!site || strcasecmp(kind, "websocket") || upgrade_is_offered(wsi, site))
        return 0;
    return refuse_upgrade(wsi, site) ? -1 : 1;
}

/* A WebSocket that lws has given to this protocol, for want of a better one. */
static int on_websocket(struct lws *wsi)
{
    const struct site *site = site_of(wsi);

    if (site && is_h1(wsi))
        refuse_upgrade(wsi, site);
    return 1;
}

/* Each request, whoever answers it: between two of them lws binds the connection to us. */
static int on_request(struct lws *wsi, const struct front_pss *pss)
{
    struct access *access = access_of(wsi);

    if (access)
        access_begin(access, site_of(wsi), wsi);
    return pss && pss->is_kept && http_request_is_entangled(wsi) ? -1 : 0;
}

static int on_connection(struct lws *wsi, int fd)
{
    const struct site *site = site_of(wsi);

    return site && site->server && !server_admits(site->server, fd);
}

/* lws serves a file. Behind the headers so far stands the ETag that it has made of the file's
 * length and time, both in hexadecimal, the time in eight digits: nothing else tells the length. */
static long long file_bytes(const struct lws_process_html_args *args)
{
    const char *end = args->p, *at;
    char digits[17] = "";

    while (end[-1] == '\r' || end[-1] == '\n')
        end--;
    for (at = end; end - at < 24 && isxdigit((unsigned char)at[-1]); at--)
        ;
    if (end - at < 16)
        return -1;
    memcpy(digits, at, (size_t)(end - at) - 8);
    return strtoll(digits, NULL, 16);
}

static void on_file(struct lws *wsi, struct front_pss *pss,
                    const struct lws_process_html_args *args)
{
    set_answering(wsi, pss, true);
    tell_answer(wsi, HTTP_STATUS_OK, file_bytes(args));
}

/* lws has bound the connection to us: not for its first request. */
static int on_bind(struct lws *wsi, struct front_pss *pss)
{
    struct access *access = access_of(wsi);

    if (pss)
        pss->is_kept = true;
    if (access)
        access_may_be_over(access, site_of(wsi), wsi);
    return 0;
}

static int on_drop(struct lws *wsi, struct front_pss *pss)
{
    if (pss && pss->reply.status)
        tell_answer(wsi, pss->reply.status, (long long)pss->reply.body_sent);
    else if (pss && pss->is_answering) /* cut off */
        tell_answer(wsi, HTTP_STATUS_OK, -1);
    set_answering(wsi, pss, false);
    if (pss)
        http_reply_fini(&pss->reply);
    return 0;
}

static int on_destroy(struct lws *wsi)
{
    struct access *access = access_of(wsi);

    if (access)
        access_end(access, wsi, NULL);
    return 0;
}

static int callback(struct lws *wsi, enum lws_callback_reasons reason, void *user, void *in,
                    size_t len)
{
    struct front_pss *pss = user;

    switch (reason) {
    case LWS_CALLBACK_FILTER_NETWORK_CONNECTION:
        return on_connection(wsi, (int)(intptr_t)in);
    case LWS_CALLBACK_HTTP_BIND_PROTOCOL:
        return on_bind(wsi, pss);
    case LWS_CALLBACK_FILTER_HTTP_CONNECTION:
        return on_request(wsi, pss);
    case LWS_CALLBACK_CHECK_ACCESS_RIGHTS:
        return on_method(wsi, in);
    case LWS_CALLBACK_ADD_HEADERS:
        on_file(wsi, pss, in);
        break;
    case LWS_CALLBACK_HTTP:
        return on_http(wsi, pss);
    case LWS_CALLBACK_HTTP_WRITEABLE:
        if (pss && pss->reply.is_pending)
            return http_reply_writable(wsi, &pss->reply);
        break;
    case LWS_CALLBACK_HTTP_CONFIRM_UPGRADE:
        return on_upgrade(wsi, in);
    case LWS_CALLBACK_FILTER_PROTOCOL_CONNECTION:
        return on_websocket(wsi);
    case LWS_CALLBACK_HTTP_BODY_COMPLETION: /* answered already, or just now */
        return 0;
    case LWS_CALLBACK_HTTP_FILE_COMPLETION:
        set_answering(wsi, pss, false);
        break;
    case LWS_CALLBACK_RAW_ADOPT: /* CONNECT, and bytes that are no HTTP: not with us */
        return -1;
    case LWS_CALLBACK_HTTP_DROP_PROTOCOL:
    case LWS_CALLBACK_CLOSED_HTTP:
        return on_drop(wsi, pss);
    case LWS_CALLBACK_WSI_DESTROY:
        return on_destroy(wsi);
    default:
        break;
    }
    return lws_callback_http_dummy(wsi, reason, user, in, len);
}

void front_protocol(struct lws_protocols *out)
{
    memset(out, 0, sizeof(*out));
    out->name = FRONT_PROTOCOL;
    out->callback = callback;
    out->per_session_data_size = sizeof(struct front_pss);
}

static int callback_default(struct lws *wsi, enum lws_callback_reasons reason, void *user, void *in,
                            size_t len)
{
    const struct site *site = wsi ? site_of(wsi) : NULL;
    int result;

    if (!site || !site->default_protocol)
        return 0;
    if (reason == LWS_CALLBACK_FILTER_HTTP_CONNECTION) /* a connection's first request */
        on_request(wsi, NULL);
    if (reason == LWS_CALLBACK_HTTP_CONFIRM_UPGRADE) {
        result = on_upgrade(wsi, in);
        if (result)
            return result;
    }
    return site->default_protocol->callback(wsi, reason, user, in, len);
}

void front_default_protocol(const struct lws_protocols *protocol, struct lws_protocols *out)
{
    *out = *protocol;
    out->callback = callback_default;
}
