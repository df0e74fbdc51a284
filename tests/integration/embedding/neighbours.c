/* A server with two vhosts in one context, on lws's own loop, and with names of its own that are
 * also those of functions inside the libraries.
 *
 *   neighbours PROVIDER-URL [CHAT-OPTION VALUE]
 *
 * It prints a port for each vhost and for each `chat PROBLEM` or `chat ok`, and ends when its
 * standard input does.
 */
#include <libwebsockets.h>
#include <lwshost/chat_room.h>
#include <lwshost/ip_info.h>

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

#define VHOSTS 2

/* If a library used one of these, it would end here. */
#define NOT_FOR_LIBRARIES(name)                                                                    \
    int name(void);                                                                                \
    int name(void) { abort(); }
NOT_FOR_LIBRARIES(bytes_append)
NOT_FOR_LIBRARIES(chat_hub_join)
NOT_FOR_LIBRARIES(client_address)
NOT_FOR_LIBRARIES(fetch_start)
NOT_FOR_LIBRARIES(hash_map_find)
NOT_FOR_LIBRARIES(http_reply_send)
NOT_FOR_LIBRARIES(ip_addr_parse)
NOT_FOR_LIBRARIES(options_read)
NOT_FOR_LIBRARIES(problem_set)
NOT_FOR_LIBRARIES(pvo_options_read)
NOT_FOR_LIBRARIES(room_append)
NOT_FOR_LIBRARIES(world_new)
int chat_room, ip_info, protocols, hooks;

static struct lws_context *context;
static volatile int wants_end;

static const struct lws_protocols http = {.name = "http", .callback = lws_callback_http_dummy};

static const struct lws_http_mount mount = {.mountpoint = "/ip-info",
                                            .mountpoint_len = 8,
                                            .origin_protocol = LWSMPRO_CALLBACK,
                                            .origin = "ip-info",
                                            .protocol = "ip-info"};

static void *wait_for_the_end(void *unused)
{
    while (getchar() != EOF)
        ;
    wants_end = 1;
    lws_cancel_service(context);
    return unused;
}

static struct lws_vhost *make_vhost(const char *name, struct lws_protocols *list,
                                    const struct lws_protocol_vhost_options *options)
{
    const struct lws_context_creation_info info = {
        .iface = "127.0.0.1",
        .vhost_name = name,
        .protocols = list,
        .pvo = options,
        .mounts = &mount,
        .options = LWS_SERVER_OPTION_DISABLE_IPV6,
    };
    struct lws_vhost *vhost = lws_create_vhost(context, &info);

    if (vhost)
        printf("port %d\n", lws_get_vhost_listen_port(vhost));
    return vhost;
}

int main(int argc, char **argv)
{
    const struct lws_protocol_vhost_options
        provider_options[] = {{&provider_options[1], NULL, "providers", "sina"},
                              {&provider_options[2], NULL, "sina:private", "1"},
                              {NULL, NULL, "sina:url", argc > 1 ? argv[1] : ""}},
        chat_option = {NULL, NULL, argc > 3 ? argv[2] : "rate", argc > 3 ? argv[3] : "5"},
        info_options = {NULL, provider_options, "ip-info", ""},
        options = {&info_options, &chat_option, "chat-room", ""};
    const struct lws_context_creation_info info = {.options = LWS_SERVER_OPTION_EXPLICIT_VHOSTS};
    struct lws_protocols list[] = {http, *lws_chat_room_protocol(), *lws_ip_info_protocol(), {0}};
    struct lws_vhost *vhosts[VHOSTS] = {0};
    const char *problem;
    pthread_t thread;
    int n;

    lws_set_log_level(LLL_ERR | LLL_WARN, NULL);
    context = lws_create_context(&info);
    for (n = 0; context && n < VHOSTS; n++)
        vhosts[n] = make_vhost(n ? "second" : "first", list, &options);
    if (!context || !vhosts[VHOSTS - 1])
        return 1;
    if (pthread_create(&thread, NULL, wait_for_the_end, NULL))
        return 1;
    lws_cancel_service(context);
    lws_service(context, 0); /* what can be wrong is known now */
    for (n = 0; n < VHOSTS; n++) {
        problem = lws_chat_room_problem(vhosts[n]);
        printf("chat %s\n", problem ? problem : "ok");
        problem = lws_ip_info_problem(vhosts[n]);
        printf("lookups %s\n", problem ? problem : "ok");
    }
    fflush(stdout);
    while (!wants_end && lws_service(context, 0) >= 0)
        ;
    lws_context_destroy(context);
    pthread_join(thread, NULL);
    return 0;
}
