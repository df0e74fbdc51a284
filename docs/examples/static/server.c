/* A server of one's own, on libwebsockets' own loop, with a chat and address lookups built in.
 *
 *   server [PORT]     7681 by default; 0 takes a free one
 */
#include <libwebsockets.h>
#include <lwshost/chat_room.h>
#include <lwshost/ip_info.h>
#include <lwshost/ip_lookup.h>

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>

/* ip-info asks this same server, over HTTP. The options below point here; it is written before they
 * are read, which is when the loop begins to turn. */
static char provider_url[128];

/* Options are lists, as they stand in the tables of docs/chat-room.md and the others. lws keeps
 * pointers to all this, so it has to stay. */
static const struct lws_protocol_vhost_options chat_options[] = {
    {&chat_options[1], NULL, "path", "/chat"},
    {NULL, NULL, "default-room", "lobby"},
};
static const struct lws_protocol_vhost_options text_options[] = {
    {NULL, NULL, "default", "1"}, /* for clients that ask for no subprotocol */
};
static const struct lws_protocol_vhost_options info_options[] = {
    {&info_options[1], NULL, "providers", "ip-lookup"},
    {&info_options[2], NULL, "ip-lookup:url", provider_url},
    {NULL, NULL, "ip-lookup:private", "1"}, /* it may be on this machine */
};
static const struct lws_protocol_vhost_options lookup_options[] = {
    {NULL, NULL, "database", DATA_DIR "/geoip.mmdb"},
};
static const struct lws_protocol_vhost_options protocol_options[] = {
    {&protocol_options[1], chat_options, "chat-room", ""},
    {&protocol_options[2], text_options, "chat-room-text", ""},
    {&protocol_options[3], info_options, "ip-info", ""},
    {NULL, lookup_options, "ip-lookup", ""},
};

static const struct lws_http_mount mounts[] = {
    {.mountpoint = "/ip-info",
     .mountpoint_len = 8,
     .origin_protocol = LWSMPRO_CALLBACK,
     .origin = "ip-info",
     .protocol = "ip-info",
     .mount_next = &mounts[1]},
    {.mountpoint = "/ip-lookup",
     .mountpoint_len = 10,
     .origin_protocol = LWSMPRO_CALLBACK,
     .origin = "ip-lookup",
     .protocol = "ip-lookup",
     .mount_next = &mounts[2]},
    {.mountpoint = "/",
     .mountpoint_len = 1,
     .origin_protocol = LWSMPRO_FILE,
     .origin = DATA_DIR "/mount",
     .def = "index.html"},
};

/* The server's own protocol, if it has nothing better to do. */
static const struct lws_protocols http = {.name = "http", .callback = lws_callback_http_dummy};

static struct lws_context *context;
static volatile sig_atomic_t wants_end;

static void on_signal(int number)
{
    (void)number;
    wants_end = 1;
    lws_cancel_service(context);
}

static struct lws_vhost *listen_on(int port, const struct lws_protocols **protocols)
{
    struct lws_context_creation_info info = {
        .port = port,
        .iface = "127.0.0.1",
        .vhost_name = "localhost",
        .pprotocols = protocols,
        .pvo = protocol_options,
        .mounts = mounts,
        /* lws 4.1 takes an IPv4 `iface` for "everywhere" while IPv6 is on. */
        .options = LWS_SERVER_OPTION_DISABLE_IPV6,
    };
    struct lws_vhost *vhost = lws_create_vhost(context, &info);

    if (vhost)
        snprintf(provider_url, sizeof(provider_url),
                 "http://127.0.0.1:%d/ip-lookup?format=native&ip={ip}&lang={lang}",
                 lws_get_vhost_listen_port(vhost));
    return vhost;
}

static void on_patience(lws_sorted_usec_list_t *patience)
{
    (void)patience;
    wants_end = 2;
}

/* Members of the chat are told, answers that are under way are sent, but for 5 s at most. */
static void say_goodbye(struct lws_vhost *vhost)
{
    lws_sorted_usec_list_t patience = {0};

    lws_chat_room_stop(vhost, LWS_CLOSE_STATUS_GOINGAWAY);
    lws_ip_info_stop(vhost);
    lws_sul_schedule(context, 0, &patience, on_patience, 5 * LWS_US_PER_SEC);
    while (wants_end < 2 && lws_chat_room_pending(vhost) + lws_ip_info_pending(vhost) > 0)
        lws_service(context, 0);
    lws_sul_cancel(&patience);
}

int main(int argc, char **argv)
{
    const struct lws_protocols *protocols[] = {&http,
                                               lws_chat_room_protocol(),
                                               lws_chat_room_text_protocol(),
                                               lws_ip_info_protocol(),
                                               lws_ip_lookup_protocol(),
                                               NULL};
    struct lws_context_creation_info info = {.options = LWS_SERVER_OPTION_EXPLICIT_VHOSTS |
                                                        LWS_SERVER_OPTION_VALIDATE_UTF8};
    struct lws_vhost *vhost;
    char why[256];

    if (lws_chat_room_check(chat_options, why, sizeof(why))) {
        fprintf(stderr, "chat-room: %s\n", why);
        return 2;
    }
    lws_set_log_level(LLL_ERR | LLL_WARN, NULL);
    context = lws_create_context(&info);
    vhost = context ? listen_on(argc > 1 ? atoi(argv[1]) : 7681, protocols) : NULL;
    if (!vhost)
        return 1;
    printf("http://127.0.0.1:%d/\n", lws_get_vhost_listen_port(vhost));
    fflush(stdout);
    signal(SIGINT, on_signal);
    signal(SIGTERM, on_signal);

    while (!wants_end && lws_service(context, 0) >= 0)
        ;
    say_goodbye(vhost);
    lws_context_destroy(context);
    return 0;
}
