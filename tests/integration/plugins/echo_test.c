/* echo_test — somebody else's plugin: an HTTP answer, a WebSocket echo, and everything that a
 * plugin may say to the host. Built for the tests only.
 *
 * Built as ECHO_SYMBOL with the protocol ECHO_PROTOCOL. Its options: `say` (the HTTP answer),
 * `refuse` (the check complains with its value), `broken` (the start fails with its value),
 * `linger` (while stopping, members are let go only when they leave). Protocol echo-other shows
 * that a vhost does not get what it does not name.
 */
#include "host_hooks.h"
#include "lws_compat.h"

#include <stdbool.h>
#include <string.h>

#define MESSAGE_BYTES 1024

struct vhd {
    const char *say, *broken;
    bool linger;
    unsigned members;
    int close_code; /* while stopping */
    struct lws_vhost *vhost;
};

struct pss {
    unsigned char message[LWS_PRE + MESSAGE_BYTES];
    size_t length;
    bool is_member, is_closing;
};

static struct vhd *vhd_of(struct lws_vhost *vhost)
{
    return lws_protocol_vh_priv_get(vhost, lws_vhost_name_to_protocol(vhost, ECHO_PROTOCOL));
}

static int check(const struct lws_protocol_vhost_options *options, struct problem *problem)
{
    for (; options; options = options->next)
        if (strcmp(options->name, "refuse") == 0)
            return problem_set(problem, "refuse", "refused as asked: %s", options->value);
    return 0;
}

static void stop(struct lws_vhost *vhost, int close_code)
{
    struct vhd *vhd = vhd_of(vhost);

    vhd->close_code = close_code;
    if (!vhd->linger)
        lws_callback_on_writable_all_protocol_vhost(
            vhost, lws_vhost_name_to_protocol(vhost, ECHO_PROTOCOL));
}

static unsigned pending(struct lws_vhost *vhost) { return vhd_of(vhost)->members; }

static const char *broken(struct lws_vhost *vhost) { return vhd_of(vhost)->broken; }

static const struct lwshost_hooks hooks = {
    .check = check, .stop = stop, .pending = pending, .broken = broken};

static int on_init(struct lws *wsi, const struct lws_protocol_vhost_options *options)
{
    struct vhd *vhd =
        lws_protocol_vh_priv_zalloc(lws_get_vhost(wsi), lws_get_protocol(wsi), sizeof(*vhd));

    if (!vhd)
        return -1;
    vhd->vhost = lws_get_vhost(wsi);
    vhd->say = "echo";
    for (; options; options = options->next) {
        if (strcmp(options->name, "say") == 0)
            vhd->say = options->value;
        if (strcmp(options->name, "broken") == 0)
            vhd->broken = options->value;
        if (strcmp(options->name, "linger") == 0)
            vhd->linger = true;
    }
    return 0;
}

static int on_http(struct lws *wsi, const struct vhd *vhd)
{
    unsigned char buffer[LWS_PRE + 2048], *start = buffer + LWS_PRE, *at = start;
    unsigned char *end = buffer + sizeof(buffer);
    size_t length = strlen(vhd->say);

    if (lws_add_http_common_headers(wsi, HTTP_STATUS_OK, "text/plain", length, &at, end) ||
        lws_finalize_write_http_header(wsi, start, &at, end))
        return -1;
    memcpy(start, vhd->say, length);
    if (lws_write(wsi, start, length, LWS_WRITE_HTTP_FINAL) < 0)
        return -1;
    return lws_http_transaction_completed(wsi) ? -1 : 0;
}

static int on_receive(struct lws *wsi, struct pss *pss, const void *in, size_t length)
{
    if (length > MESSAGE_BYTES)
        return -1;
    memcpy(pss->message + LWS_PRE, in, length);
    pss->length = length;
    lws_callback_on_writable(wsi);
    return 0;
}

static int on_writable(struct lws *wsi, const struct vhd *vhd, struct pss *pss)
{
    if (vhd->close_code && !vhd->linger) {
        lws_close_reason(wsi, (enum lws_close_status)vhd->close_code, NULL, 0);
        return -1;
    }
    if (pss->length &&
        lws_write(wsi, pss->message + LWS_PRE, pss->length, LWS_WRITE_TEXT) < (int)pss->length)
        return -1;
    pss->length = 0;
    return 0;
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
    if (!vhd)
        return 0;
    switch (reason) {
    case LWS_CALLBACK_HTTP:
        return on_http(wsi, vhd);
    case LWS_CALLBACK_ESTABLISHED:
        pss->is_member = true;
        vhd->members++;
        return 0;
    case LWS_CALLBACK_RECEIVE:
        return on_receive(wsi, pss, in, len);
    case LWS_CALLBACK_SERVER_WRITEABLE:
        return on_writable(wsi, vhd, pss);
    case LWS_CALLBACK_CLOSED:
        vhd->members -= pss->is_member ? 1 : 0;
        return 0;
    default:
        return 0;
    }
}

static const struct lws_protocols protocols[] = {
    {.name = ECHO_PROTOCOL,
     .callback = callback,
     .per_session_data_size = sizeof(struct pss),
     .rx_buffer_size = MESSAGE_BYTES,
     .id = LWSHOST_HOOKS_ID,
     .user = (void *)(uintptr_t)&hooks},
    {.name = "echo-other", .callback = callback, .per_session_data_size = sizeof(struct pss)},
};

LWSHOST_PROTOCOL_PLUGIN(ECHO_SYMBOL, protocols);
