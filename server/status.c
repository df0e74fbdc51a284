#include "status.h"

#include "access.h"
#include "client_address.h"
#include "host_metrics.h"
#include "http_reply.h"
#include "http_request.h"
#include "open_metrics.h"
#include "pvo_options.h"
#include "server.h"
#include "site.h"
#include "status_options.h"

#include <string.h>

#define PATH_BYTES 256

struct status_vhd {
    struct ip_nets admin_net;
};

/* Zeroed by lws for each request. */
struct status_pss {
    struct http_reply reply;
    bool is_begun;
};

static int read_options(const struct lws_protocol_vhost_options *list, struct ip_nets *out,
                        struct problem *problem)
{
    struct status_options options = {0};

    if (pvo_options_read(status_option_table, STATUS_OPTIONS, list, NULL, &options, problem))
        return -1;
    return ip_nets_parse(out, options.admin_net, "admin-net", problem);
}

static int hook_check(const struct lws_protocol_vhost_options *list, struct problem *problem)
{
    struct ip_nets nets;

    return read_options(list, &nets, problem);
}

/* The options were checked. */
static int on_init(struct lws *wsi, const struct lws_protocol_vhost_options *list)
{
    struct status_vhd *vhd =
        lws_protocol_vh_priv_zalloc(lws_get_vhost(wsi), lws_get_protocol(wsi), sizeof(*vhd));

    if (vhd)
        read_options(list, &vhd->admin_net, NULL);
    return 0;
}

static bool is_admin(struct lws *wsi, const struct site *site, const struct status_vhd *vhd)
{
    struct ip_addr addr;

    if (client_address(wsi, &site->trusted, site->client_header, &addr) == 1)
        return ip_nets_have(&vhd->admin_net, &addr);
    return vhd->admin_net.has_unix;
}

static int send_text(struct lws *wsi, struct status_pss *pss, unsigned status, const char *type,
                     const struct bytes *body)
{
    static const struct http_header headers[] = {{"cache-control:", "no-store"},
                                                 {"x-content-type-options:", "nosniff"}};
    const struct http_answer answer = {.status = status,
                                       .content_type = type,
                                       .headers = headers,
                                       .header_count = LWS_ARRAY_SIZE(headers),
                                       .body = body->data,
                                       .body_bytes = body->len};

    return http_reply_send(wsi, &pss->reply, &answer);
}

static int answer_health(struct lws *wsi, struct status_pss *pss, const struct host_report *report)
{
    struct bytes body = {0};
    int result = host_health_write(&body, report);

    if (result == 0)
        result = send_text(wsi, pss, report->is_draining ? 503 : 200, "application/json", &body);
    bytes_fini(&body);
    return result;
}

static int answer_metrics(struct lws *wsi, struct status_pss *pss, const struct host_report *report)
{
    struct bytes body = {0};
    int result = host_metrics_write(&body, report);

    if (result == 0)
        result = send_text(wsi, pss, 200, OPEN_METRICS_CONTENT_TYPE, &body);
    bytes_fini(&body);
    return result;
}

static bool ends_with(const char *path, const char *word)
{
    size_t len = strlen(path), tail = strlen(word);

    return len >= tail && strcmp(path + len - tail, word) == 0;
}

static int on_http(struct lws *wsi, struct status_pss *pss, const struct status_vhd *vhd)
{
    static const struct http_header allow = {"allow:", "GET, HEAD"};
    const struct site *site = lws_get_vhost_user(lws_get_vhost(wsi));
    char *uri = NULL, path[PATH_BYTES];
    int len = 0, method = lws_http_get_uri_and_method(wsi, &uri, &len);
    struct host_report report;

    if (http_request_body(wsi) != HTTP_BODY_NONE || !site || !site->server || !vhd)
        return -1; /* of a body that is not read the end can't be found */
    pss->is_begun = true;
    if (method != LWSHUMETH_GET && method != LWSHUMETH_HEAD)
        return http_reply_problem_with(wsi, &pss->reply, 405, "use GET or HEAD", &allow, 1);
    len = len < (int)sizeof(path) ? len : (int)sizeof(path) - 1;
    memcpy(path, uri, (size_t)len);
    path[len] = '\0';
    server_report(site->server, &report);
    if (ends_with(path, "/healthz"))
        return answer_health(wsi, pss, &report);
    if (!ends_with(path, "/metrics"))
        return http_reply_problem(wsi, &pss->reply, 404, "there is healthz and metrics");
    if (!is_admin(wsi, site, vhd))
        return http_reply_problem(wsi, &pss->reply, 403,
                                  "the metrics are for the networks of admin-net");
    return answer_metrics(wsi, pss, &report);
}

static int on_drop(struct lws *wsi, struct status_pss *pss)
{
    const struct site *site = lws_get_vhost_user(lws_get_vhost(wsi));

    if (pss->is_begun && site && site->server)
        journal_answered(&site->journal, wsi, pss->reply.status, pss->reply.body_sent, NULL);
    pss->is_begun = false;
    http_reply_fini(&pss->reply);
    return 0;
}

static int callback(struct lws *wsi, enum lws_callback_reasons reason, void *user, void *in,
                    size_t len)
{
    struct status_pss *pss = user;

    (void)len;
    switch (reason) {
    case LWS_CALLBACK_PROTOCOL_INIT:
        return on_init(wsi, in);
    case LWS_CALLBACK_HTTP:
        return on_http(wsi, pss,
                       lws_protocol_vh_priv_get(lws_get_vhost(wsi), lws_get_protocol(wsi)));
    case LWS_CALLBACK_HTTP_WRITEABLE:
        return http_reply_writable(wsi, &pss->reply);
    case LWS_CALLBACK_HTTP_DROP_PROTOCOL:
        return pss ? on_drop(wsi, pss) : 0;
    case LWS_CALLBACK_FILTER_PROTOCOL_CONNECTION:
        lws_return_http_status(wsi, HTTP_STATUS_BAD_REQUEST,
                               STATUS_PROTOCOL " is no WebSocket protocol");
        return 1;
    default:
        return 0;
    }
}

void status_protocol(struct plugin_protocol *out)
{
    static const struct lwshost_hooks hooks = {.check = hook_check};
    static const struct lws_protocols protocol = {.name = STATUS_PROTOCOL,
                                                  .callback = callback,
                                                  .per_session_data_size =
                                                      sizeof(struct status_pss)};

    out->protocol = &protocol;
    out->hooks = &hooks;
}
