/* A server of one's own that loads the chat and the address lookups as plugins: it is linked with
 * libwebsockets only.
 *
 *   server [PORT]     7681 by default; 0 takes a free one
 */
#include <libwebsockets.h>

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>

#define MAX_PROTOCOLS 8

/* ip-info asks this same server, over HTTP. The options below point here; it is written before they
 * are read, which is when the loop begins to turn. */
static char provider_url[128];

/* Options are lists, as they stand in the tables of docs/chat-room.md and the others. lws keeps
 * pointers to all this, so it has to stay. */
static const struct lws_protocol_vhost_options chat_options[] = {
    {NULL, NULL, "path", "/chat"},
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
    {&protocol_options[2], info_options, "ip-info", ""},
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
     .protocol = "ip-lookup"},
};

static const struct lws_protocols http = {.name = "http", .callback = lws_callback_http_dummy};

/* What is loaded, and the protocols of the vhost: the server's own one first. */
static struct lws_plugin *plugins;
static const struct lws_protocols *protocols[MAX_PROTOCOLS + 1] = {&http};
static int protocol_count = 1;

static struct lws_context *context;
static volatile sig_atomic_t wants_end;

static void on_signal(int number)
{
    (void)number;
    wants_end = 1;
    lws_cancel_service(context);
}

/* Load libprotocol_<name>.so. One name at a time: with lws 4.1 a file that can't be loaded would
 * hide those that come after it. */
static int load(const char *name)
{
    const char *const folders[] = {PLUGIN_DIR, NULL};
    const struct lws_plugin *before = plugins;
    const lws_plugin_protocol_t *plugin;
    int n;

    lws_plugins_init(&plugins, folders, "lws_protocol_plugin", name, NULL, NULL);
    if (plugins == before) { /* what it returns differs between versions */
        fprintf(stderr, "%s/libprotocol_%s.so can't be loaded\n", PLUGIN_DIR, name);
        return -1;
    }
    plugin = (const lws_plugin_protocol_t *)plugins->hdr;
    for (n = 0; n < plugin->count_protocols && protocol_count < MAX_PROTOCOLS; n++)
        protocols[protocol_count++] = &plugin->protocols[n];
    return 0;
}

static struct lws_vhost *listen_on(int port)
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

static int serve(int port)
{
    struct lws_context_creation_info info = {.options = LWS_SERVER_OPTION_EXPLICIT_VHOSTS |
                                                        LWS_SERVER_OPTION_VALIDATE_UTF8};
    struct lws_vhost *vhost;

    context = lws_create_context(&info);
    vhost = context ? listen_on(port) : NULL;
    if (vhost) {
        printf("http://127.0.0.1:%d/\n", lws_get_vhost_listen_port(vhost));
        fflush(stdout);
        signal(SIGINT, on_signal);
        signal(SIGTERM, on_signal);
        while (!wants_end && lws_service(context, 0) >= 0)
            ;
    }
    if (context)
        lws_context_destroy(context);
    return vhost ? 0 : 1;
}

int main(int argc, char **argv)
{
    int status = 1;

    lws_set_log_level(LLL_ERR | LLL_WARN, NULL);
    if (load("chat_room") == 0 && load("ip_info") == 0 && load("ip_lookup") == 0)
        status = serve(argc > 1 ? atoi(argv[1]) : 7681);
    lws_plugins_destroy(&plugins, NULL, NULL); /* after the context that uses them */
    return status;
}
