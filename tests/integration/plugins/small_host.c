/* A host that knows libwebsockets and nothing of lwshost, as lwsws does: it loads a plugin, makes a
 * vhost of each argument, and on SIGUSR1 deprecates its context as lwsws does on SIGHUP.
 *
 *   small_host PLUGIN.so SYMBOL [NAME=VALUE,NAME=VALUE…|-- …]…
 *
 * An argument `--` begins a second context. It prints `port N` for each vhost and then `ready`.
 */
#include "loop.h"
#include "lws_compat.h"

#include <dlfcn.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define CONTEXTS 2
#define PROTOCOLS 8
#define VHOSTS 16
#define OPTIONS 8
#define WAKE_US 20000

struct host {
    struct loop *loop;
    struct lws_context *contexts[CONTEXTS];
    int count;
    const struct lws_protocols *protocols[PROTOCOLS];
    struct lws_protocol_vhost_options *options[VHOSTS]; /* lws keeps no copies */
    lws_sorted_usec_list_t wake;
};

static volatile sig_atomic_t wants_deprecation, wants_end;

static void on_signal(int number)
{
    if (number == SIGUSR1)
        wants_deprecation = 1;
    else
        wants_end = 1;
}

static const struct lws_protocols first_protocol = {.name = "http-only",
                                                    .callback = lws_callback_http_dummy};

static int make_context(struct host *host)
{
    struct lws_context_creation_info info = {
        .options = LWS_SERVER_OPTION_EXPLICIT_VHOSTS,
    };

    info.pcontext = &host->contexts[host->count];
    loop_configure(host->loop, &info);
    host->contexts[host->count] = lws_create_context(&info);
    return host->contexts[host->count++] ? 0 : -1;
}

/* The options of `argument`, which is taken apart, behind the plugin's two protocols. */
static struct lws_protocol_vhost_options *make_options(char *argument)
{
    static const struct lws_protocol_vhost_options is_default = {NULL, NULL, "default", "1"};
    struct lws_protocol_vhost_options *list = calloc(OPTIONS + 2, sizeof(*list));
    char *item;
    int n = 2;

    list[0] = (struct lws_protocol_vhost_options){&list[1], NULL, "chat-room", ""};
    list[1] = (struct lws_protocol_vhost_options){NULL, &is_default, "chat-room-text", ""};
    for (item = strtok(argument, ","); item && n < OPTIONS + 2; item = strtok(NULL, ",")) {
        char *value = strchr(item, '=');

        *value++ = '\0';
        list[n] =
            (struct lws_protocol_vhost_options){(n > 2) ? &list[n - 1] : NULL, NULL, item, value};
        list[0].options = &list[n++];
    }
    return list;
}

static int make_vhost(struct lws_context *context, const struct lws_protocols **protocols,
                      struct lws_protocol_vhost_options *options)
{
    struct lws_context_creation_info info = {
        .port = 0,
        .iface = "127.0.0.1",
        .vhost_name = "localhost",
        .pprotocols = protocols,
        .pvo = options,
        .options = LWS_SERVER_OPTION_DISABLE_IPV6, /* 4.1 would take all interfaces otherwise */
    };
    struct lws_vhost *vhost = lws_create_vhost(context, &info);

    if (!vhost)
        return -1;
    printf("port %d\n", lws_get_vhost_listen_port(vhost));
    return 0;
}

static void on_wake(lws_sorted_usec_list_t *sul)
{
    struct host *host = lws_container_of(sul, struct host, wake);

    lws_sul_schedule(host->contexts[0], 0, &host->wake, on_wake, WAKE_US);
    if (wants_deprecation && !lws_context_is_deprecated(host->contexts[0]))
        lws_context_deprecate(host->contexts[0], NULL);
    if (wants_end)
        loop_stop(host->loop);
}

/* Returns 0, or -1 when one of them can't be made. */
static int make_all(struct host *host, const lws_plugin_protocol_t *plugin, char **arguments)
{
    int n;

    for (n = 0; n < plugin->count_protocols && n + 2 < PROTOCOLS; n++)
        host->protocols[n + 1] = &plugin->protocols[n];
    host->protocols[0] = &first_protocol;
    if (make_context(host))
        return -1;
    for (n = 0; arguments[n] && n < VHOSTS; n++) {
        if (strcmp(arguments[n], "--") == 0 && host->count < CONTEXTS) {
            if (make_context(host))
                return -1;
            continue;
        }
        host->options[n] = make_options(arguments[n]);
        if (make_vhost(host->contexts[host->count - 1], host->protocols, host->options[n]))
            return -1;
    }
    return 0;
}

static void end(struct host *host)
{
    int n;

    for (n = 0; n < host->count; n++)
        loop_destroy_context(host->loop, &host->contexts[n]);
    loop_free(host->loop);
    for (n = 0; n < VHOSTS; n++)
        free(host->options[n]);
}

int main(int argc, char **argv)
{
    void *handle = argc > 2 ? dlopen(argv[1], RTLD_NOW) : NULL;
    const lws_plugin_protocol_t *plugin = handle ? dlsym(handle, argv[2]) : NULL;
    struct host host = {0};

    if (!plugin)
        return 1;
    /* lws 4.1 uses a listening socket that it has freed, when it deprecates on its poll loop. */
    if (!loop_has_uv()) {
        printf("no libuv\n");
        return 0;
    }
    signal(SIGUSR1, on_signal);
    signal(SIGTERM, on_signal);
    host.loop = loop_new(LOOP_UV);
    if (!host.loop || make_all(&host, plugin, argv + 3))
        return 1;
    printf("ready\n");
    fflush(stdout);
    on_wake(&host.wake);
    loop_run(host.loop, host.contexts[0]);
    lws_sul_cancel(&host.wake);
    end(&host);
    return 0;
}
