/* chat_room — the chat as libwebsockets sees it: callbacks in, writes out, and nothing else.
 *
 * Two protocols of a vhost share one world, and vhosts may share it, too: `chat-room` speaks JSON
 * and has all options, `chat-room-text` speaks the tutorial's lines.
 */
#include "chat_door.h"
#include "chat_http.h"
#include "chat_hub.h"
#include "host_hooks.h"
#include "http_others.h"
#include "input.h"
#include "join.h"
#include "lws_compat.h"
#include "pvo_options.h"

#include <stdio.h>
#include <string.h>

#define JSON_PROTOCOL "chat-room"
#define TEXT_PROTOCOL "chat-room-text"
#define RX_BYTES 960 /* of each connection's buffer in lws, for its whole life */
#define TX_BYTES (FANOUT_WRITE_BYTES + 65536) /* so that lws sends in one piece what it gets */

static struct chat_vhd *vhd_of(struct lws_vhost *vhost)
{
    const struct lws_protocols *protocol =
        vhost ? lws_vhost_name_to_protocol(vhost, JSON_PROTOCOL) : NULL;

    return protocol ? lws_protocol_vh_priv_get(vhost, protocol) : NULL;
}

static int read_options(const struct lws_protocol_vhost_options *pvo, struct chat_options *out,
                        struct problem *problem)
{
    memset(out, 0, sizeof(*out));
    if (pvo_options_read(chat_option_table, chat_option_rows, pvo, chat_options_family, out,
                         problem))
        return -1;
    return chat_options_check(out, problem);
}

static void begin(struct chat_vhd *vhd, const struct lws_protocol_vhost_options *pvo)
{
    if (read_options(pvo, &vhd->options, &vhd->problem) == 0 &&
        ip_nets_parse(&vhd->trusted, vhd->options.trusted_proxies, "", &vhd->problem) == 0)
        chat_hub_join(vhd, pvo);
}

/* lws 4.1 must not see a failure here (it would follow a NULL): what is wrong is remembered, said,
 * and every connection is refused. */
static int on_init(struct lws *wsi, const struct lws_protocol_vhost_options *pvo)
{
    struct lws_vhost *vhost = lws_get_vhost(wsi);
    const struct lws_protocols *protocol = lws_get_protocol(wsi);
    struct chat_vhd *vhd = lws_protocol_vh_priv_zalloc(vhost, protocol, sizeof(*vhd));

    if (!vhd)
        return 0;
    dlist_init(&vhd->requests);
    vhd->context = lws_get_context(wsi);
    if (strcmp(protocol->name, JSON_PROTOCOL) == 0)
        begin(vhd, pvo);
    else
        pvo_options_read(NULL, 0, pvo, NULL, NULL, &vhd->problem);
    if (!vhd->problem.text[0])
        return 0;
    snprintf(vhd->broken, sizeof(vhd->broken), "%s: %s: %s", protocol->name, vhd->problem.path,
             vhd->problem.text);
    lwsl_err("%s\n", vhd->broken);
    return 0;
}

static int on_fini(struct lws *wsi)
{
    struct lws_vhost *vhost = lws_get_vhost(wsi);
    struct chat_vhd *vhd = lws_protocol_vh_priv_get(vhost, lws_get_protocol(wsi));

    if (!vhd)
        return 0;
    chat_http_abandon(vhd);
    chat_hub_leave(vhd, vhost);
    return 0;
}

static int on_established(struct lws *wsi, struct chat_pss *pss)
{
    struct chat_vhd *vhd = vhd_of(lws_get_vhost(wsi));
    bool is_text = strcmp(lws_get_protocol(wsi)->name, TEXT_PROTOCOL) == 0;
    char address[IP_ADDR_TEXT_BYTES];
    enum refusal refusal;

    if (!vhd || !vhd->world)
        return -1;
    pss->wsi = wsi;
    pss->is_mux = lws_get_network_wsi(wsi) != wsi;
    if (door_address(wsi, vhd, address))
        return -1;
    chat_hub_sweep(vhd->hub);
    if (conn_open(&pss->conn, vhd->world, pss, is_text ? CONN_TEXT : CONN_JSON, address))
        return -1;
    if (pss->conn.is_closing)
        return 0;
    if (!is_text)
        return join_welcome(&pss->conn);
    refusal = door_enter(wsi, &pss->conn);
    if (refusal)
        conn_refuse(&pss->conn, refusal);
    return 0;
}

static int on_receive(struct lws *wsi, struct chat_pss *pss, const char *data, size_t len)
{
    struct rx_piece piece = {
        .data = data,
        .len = len,
        .announced = lws_remaining_packet_payload(wsi),
        .is_first = lws_is_first_fragment(wsi),
        .is_last = lws_is_final_fragment(wsi) && !lws_remaining_packet_payload(wsi),
    };

    input_piece(&pss->conn, &piece, lws_frame_is_binary(wsi));
    return 0;
}

static int on_turn(struct lws *wsi)
{
    chat_turn(lws_protocol_vh_priv_get(lws_get_vhost(wsi), lws_get_protocol(wsi)));
    return 0; /* anything else would close the descriptor that wakes the loop */
}

static int on_peer_close(struct chat_pss *pss, const uint8_t *payload, size_t len)
{
    unsigned code = len >= 2 ? (unsigned)payload[0] << 8 | payload[1] : CLOSE_NORMAL;

    return conn_peer_closes(&pss->conn, code) ? -1 : 0;
}

static int on_closed(struct chat_pss *pss)
{
    if (!pss)
        return 0;
    conn_closed(&pss->conn);
    mux_fini(&pss->mux);
    return 0;
}

static int on_http(struct lws *wsi, struct chat_pss *pss, const char *path, size_t len)
{
    struct chat_vhd *vhd = vhd_of(lws_get_vhost(wsi));
    char address[IP_ADDR_TEXT_BYTES] = "";

    pss->wsi = wsi;
    pss->is_mux = lws_get_network_wsi(wsi) != wsi;
    if (vhd && door_address(wsi, vhd, address))
        return -1;
    return chat_http_begin(pss, vhd, address, path, len);
}

static int on_http_drop(struct chat_pss *pss)
{
    if (pss)
        chat_http_drop(pss);
    return 0;
}

static int callback(struct lws *wsi, enum lws_callback_reasons reason, void *user, void *in,
                    size_t len)
{
    switch (reason) {
    case LWS_CALLBACK_PROTOCOL_INIT:
        return on_init(wsi, in);
    case LWS_CALLBACK_PROTOCOL_DESTROY:
        return on_fini(wsi);
    case LWS_CALLBACK_EVENT_WAIT_CANCELLED:
        return on_turn(wsi);
    case LWS_CALLBACK_FILTER_PROTOCOL_CONNECTION:
        return door_check(wsi, vhd_of(lws_get_vhost(wsi)));
    case LWS_CALLBACK_ESTABLISHED:
        return on_established(wsi, user);
    case LWS_CALLBACK_RECEIVE:
        return on_receive(wsi, user, in, len);
    case LWS_CALLBACK_RECEIVE_PONG:
        conn_heard(&((struct chat_pss *)user)->conn);
        return 0;
    case LWS_CALLBACK_SERVER_WRITEABLE:
        return chat_link_writable(user);
    case LWS_CALLBACK_WS_PEER_INITIATED_CLOSE:
        return on_peer_close(user, in, len);
    case LWS_CALLBACK_WS_SERVER_DROP_PROTOCOL:
    case LWS_CALLBACK_CLOSED:
        return on_closed(user);
    case LWS_CALLBACK_HTTP:
        return on_http(wsi, user, in, len);
    case LWS_CALLBACK_HTTP_BODY:
        return chat_http_body(((struct chat_pss *)user)->http, in, len);
    case LWS_CALLBACK_HTTP_BODY_COMPLETION:
        return chat_http_body_end(((struct chat_pss *)user)->http);
    case LWS_CALLBACK_HTTP_WRITEABLE:
        if (!((struct chat_pss *)user)->http)
            return http_others(wsi, reason, user, in, len);
        return chat_http_writable(((struct chat_pss *)user)->http);
    case LWS_CALLBACK_HTTP_DROP_PROTOCOL:
        return on_http_drop(user);
    default:
        return http_others(wsi, reason, user, in, len);
    }
}

static void hook_stop(struct lws_vhost *vhost, int close_code)
{
    struct chat_vhd *vhd = vhd_of(vhost);

    if (vhd && vhd->hub)
        chat_hub_stop(vhd->hub, close_code);
}

static unsigned hook_pending(struct lws_vhost *vhost)
{
    struct chat_vhd *vhd = vhd_of(vhost);

    if (!vhd)
        return 0;
    return chat_http_count(vhd) + (chat_hub_is_first(vhd) ? chat_hub_pending(vhd->hub) : 0);
}

static const char *hook_broken(struct lws_vhost *vhost)
{
    struct chat_vhd *vhd = vhd_of(vhost);

    return vhd && vhd->broken[0] ? vhd->broken : NULL;
}

static const char *hook_text_broken(struct lws_vhost *vhost)
{
    return vhd_of(vhost) ? NULL : TEXT_PROTOCOL " needs " JSON_PROTOCOL " on the same vhost";
}

static void hook_watch(struct lws_vhost *vhost, const struct lwshost_journal *journal)
{
    struct chat_vhd *vhd = vhd_of(vhost);

    if (vhd)
        vhd->journal = journal;
}

static int check_options(const struct lws_protocol_vhost_options *pvo, struct problem *problem)
{
    struct chat_options options;

    return read_options(pvo, &options, problem);
}

/* The first vhost of the hub made its world. */
static int check_beside(const struct lws_protocol_vhost_options *const *earlier, size_t count,
                        const struct lws_protocol_vhost_options *pvo, struct problem *problem)
{
    struct chat_options first, options;
    size_t n;

    if (read_options(pvo, &options, problem))
        return -1;
    for (n = 0; n < count; n++)
        if (read_options(earlier[n], &first, NULL) == 0 && chat_hub_is_same(&first, &options))
            return chat_hub_check(&first, &options, pvo, problem);
    return 0;
}

static int check_text_options(const struct lws_protocol_vhost_options *pvo, struct problem *problem)
{
    return pvo_options_read(NULL, 0, pvo, NULL, NULL, problem);
}

static const struct lwshost_hooks hooks = {
    .check = check_options,
    .check_beside = check_beside,
    .stop = hook_stop,
    .pending = hook_pending,
    .broken = hook_broken,
    .watch = hook_watch,
    .pings_peers = true,
};

static const struct lwshost_hooks text_hooks = {
    .check = check_text_options,
    .broken = hook_text_broken,
    .pings_peers = true,
};

static const struct lws_protocols protocols[] = {
    {
        .name = JSON_PROTOCOL,
        .callback = callback,
        .per_session_data_size = sizeof(struct chat_pss),
        .rx_buffer_size = RX_BYTES,
        .id = LWSHOST_HOOKS_ID,
        .user = (void *)&hooks,
        .tx_packet_size = TX_BYTES,
    },
    {
        .name = TEXT_PROTOCOL,
        .callback = callback,
        .per_session_data_size = sizeof(struct chat_pss),
        .rx_buffer_size = RX_BYTES,
        .id = LWSHOST_HOOKS_ID,
        .user = (void *)&text_hooks,
        .tx_packet_size = TX_BYTES,
    },
};

LWSHOST_PROTOCOL_PLUGIN(chat_room, protocols);
