/* fetch_test — somebody else's plugin that uses fetch: the protocol `fetch-test`. Built for the
 * tests only. Here is what libwebsockets has to do with it, the requests are in fetch_req.
 *
 * Its options: `upstream` (the one origin, "http://…"), `tls-ca` (a PEM file), `lanes`,
 * `max-queue`, `h2`.
 */
#include "fetch_req.h"
#include "http_reply.h"
#include "http_request.h"
#include "lws_compat.h"

#include <stdlib.h>
#include <string.h>

#define MAX_BODY_BYTES 4000000
#define PATH_BYTES 32

struct vhd {
    struct req_host host;
};

struct pss {
    struct lws *wsi;
    struct req *req;
    struct bytes body;
    char path[PATH_BYTES];
    struct http_reply reply;
};

static uint64_t now_us(void) { return (uint64_t)lws_now_usecs(); }

static int on_init(struct lws *wsi, const struct lws_protocol_vhost_options *options)
{
    struct vhd *vhd =
        lws_protocol_vh_priv_zalloc(lws_get_vhost(wsi), lws_get_protocol(wsi), sizeof(*vhd));
    struct fetch_origin_info info = {.max_lanes = 8, .max_queue = 64, .allows_private = true};

    if (!vhd)
        return -1;
    for (; options; options = options->next) {
        if (strcmp(options->name, "upstream") == 0)
            info.url = options->value;
        if (strcmp(options->name, "tls-ca") == 0)
            info.tls_ca = options->value;
        if (strcmp(options->name, "lanes") == 0)
            info.max_lanes = strtoul(options->value, NULL, 10);
        if (strcmp(options->name, "h2") == 0)
            info.h2 = true;
        if (strcmp(options->name, "max-queue") == 0)
            info.max_queue = strtoul(options->value, NULL, 10);
    }
    if (!info.url)
        return 0;
    vhd->host.upstream = info.url;
    vhd->host.now_us = now_us;
    vhd->host.client = fetch_client_new(lws_get_context(wsi), 0);
    return vhd->host.client && fetch_client_add_origin(vhd->host.client, &info) == FETCH_OK ? 0
                                                                                            : -1;
}

static void start(struct pss *pss, const struct vhd *vhd)
{
    /* lws would drop a request that takes longer than its own patience. */
    lws_set_timeout(pss->wsi, NO_PENDING_TIMEOUT, 0);
    pss->req = req_new(&vhd->host, pss);
    if (pss->req)
        req_begin(pss->req, pss->path, &pss->body);
}

static int on_http(struct lws *wsi, struct pss *pss, const struct vhd *vhd, const char *path)
{
    path += strspn(path, "/");
    lws_strncpy(pss->path, path, sizeof(pss->path));
    pss->wsi = wsi;
    if (http_request_body(wsi) != HTTP_BODY_KNOWN)
        start(pss, vhd);
    return 0;
}

void req_is_answered(struct req *req)
{
    struct pss *pss = req->transaction;

    lws_callback_on_writable(pss->wsi);
}

static int on_writable(struct lws *wsi, struct pss *pss)
{
    struct req *req = pss->req;

    if (req && req->is_answered && !pss->reply.is_pending) {
        const struct http_answer answer = {.status = req->status,
                                           .content_type = "text/plain",
                                           .body = req->answer.data,
                                           .body_bytes = req->answer.len};

        req->is_answered = false;
        return http_reply_send(wsi, &pss->reply, &answer); /* of a HEAD `pss` is gone then */
    }
    return pss->reply.is_pending ? http_reply_writable(wsi, &pss->reply) : 0;
}

/* The transaction has ended, the fetches under way have not. */
static void on_drop(struct pss *pss)
{
    if (pss->req)
        pss->req->transaction = NULL;
    req_release(pss->req);
    pss->req = NULL;
    bytes_fini(&pss->body);
    http_reply_fini(&pss->reply);
}

static int callback(struct lws *wsi, enum lws_callback_reasons reason, void *user, void *in,
                    size_t len)
{
    struct vhd *vhd = NULL;
    struct pss *pss = user;

    if (reason == LWS_CALLBACK_PROTOCOL_INIT)
        return on_init(wsi, in);
    if (wsi && lws_get_vhost(wsi) && lws_get_protocol(wsi))
        vhd = lws_protocol_vh_priv_get(lws_get_vhost(wsi), lws_get_protocol(wsi));
    if (!vhd || !vhd->host.client)
        return 0;
    switch (reason) {
    case LWS_CALLBACK_PROTOCOL_DESTROY:
        fetch_client_free(vhd->host.client);
        vhd->host.client = NULL;
        return 0;
    case LWS_CALLBACK_EVENT_WAIT_CANCELLED:
        fetch_client_wake(vhd->host.client);
        return 0;
    case LWS_CALLBACK_HTTP:
        return on_http(wsi, pss, vhd, in);
    case LWS_CALLBACK_HTTP_BODY:
        return pss->body.len + len > MAX_BODY_BYTES ? -1 : bytes_append(&pss->body, in, len);
    case LWS_CALLBACK_HTTP_BODY_COMPLETION:
        start(pss, vhd);
        return 0;
    case LWS_CALLBACK_HTTP_WRITEABLE:
        return on_writable(wsi, pss);
    case LWS_CALLBACK_HTTP_DROP_PROTOCOL:
        if (pss)
            on_drop(pss);
        return 0;
    default:
        return 0;
    }
}

static const struct lws_protocols protocols[] = {
    {.name = "fetch-test", .callback = callback, .per_session_data_size = sizeof(struct pss)},
};

LWSHOST_PROTOCOL_PLUGIN(fetch_test, protocols);
