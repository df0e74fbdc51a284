#include "listen.h"

#include "loopback_url.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define PLACE_BYTES 512

/* The vhost that listens where `site` wants to: lws lets them share the socket. */
static bool is_shared(const struct setup *setup, const struct site *site)
{
    const struct site *other;

    for (other = setup->sites; other < site; other++)
        if (other->port == site->port_wanted && listen_addr_equal(&other->addr, &site->addr))
            return true;
    return false;
}

/* A vhost of `old` holds the port, or the path, and lets go of it before `site` needs it. */
static bool is_ours(const struct setup *old, const struct site *site)
{
    size_t n;

    for (n = 0; old && n < old->site_count; n++) {
        const struct site *other = &old->sites[n];

        if (!other->is_listening ||
            (other->addr.kind == LISTEN_UNIX) != (site->addr.kind == LISTEN_UNIX))
            continue;
        if (site->addr.kind == LISTEN_UNIX ? strcmp(other->addr.path, site->addr.path) == 0
                                           : other->port == site->port_wanted)
            return true;
    }
    return false;
}

static int try(const struct setup *setup, const struct setup *old, const struct site *site,
               const struct log *log)
{
    const char *path = site->addr.kind == LISTEN_UNIX ? site->addr.path : NULL;
    char place[PLACE_BYTES];
    int error;

    if (is_shared(setup, site))
        return 0;
    error = listen_addr_try(&site->addr, site->port_wanted);
    if (!error || (error == EADDRINUSE && is_ours(old, site)))
        return 0;
    conf_place_print(&site->conf->place, path ? "interface" : "port", place, sizeof(place));
    if (path)
        log_error(log, "%s: %s: %s", place, path, strerror(error));
    else
        log_error(log, "%s: %u: %s", place, site->port_wanted, strerror(error));
    return -1;
}

int listen_check(const struct setup *setup, const struct setup *old, const struct log *log)
{
    int result = 0;
    size_t n;

    for (n = 0; n < setup->site_count; n++)
        if (!setup->sites[n].follows && try(setup, old, &setup->sites[n], log))
            result = -1;
    return result;
}

static int start_site(struct setup *setup, struct site *site, struct lws_context *context,
                      const struct log *log)
{
    struct lws_context_creation_info info;
    char place[PLACE_BYTES];

    if (site->follows)
        site->port_wanted = site->follows->port;
    if (try(setup, NULL, site, log))
        return -1;
    memset(&info, 0, sizeof(info));
    info.options = LWS_SERVER_OPTION_EXPLICIT_VHOSTS;
#if defined(LWS_WITH_TLS)
    info.options |= LWS_SERVER_OPTION_DO_SSL_GLOBAL_INIT;
#endif
    info.server_string = setup->conf->global.server_string;
    info.timeout_secs = (unsigned)setup->conf->global.timeout_secs;
    site_describe(site, &info);
    site->vhost = lws_create_vhost(context, &info);
    if (site->vhost && site_enable_client_tls(site) == 0) {
        site->port = (unsigned)lws_get_vhost_listen_port(site->vhost);
        site->is_listening = true;
        return 0;
    }
    site->vhost = NULL;
    conf_place_print(&site->conf->place, NULL, place, sizeof(place));
    log_error(log, "%s: libwebsockets can't serve this vhost; its reason is above", place);
    return -1;
}

static int follow(struct setup *setup, struct site *site, const struct moved_port *moved,
                  size_t count)
{
    struct lws_protocol_vhost_options *option;
    char *text;
    size_t n;

    for (n = 0; n < site->protocol_count; n++)
        for (option = site->protocols[n].options; option;
             option = (struct lws_protocol_vhost_options *)(uintptr_t)option->next) {
            if (loopback_url_move(option->value, moved, count, &text))
                return -1;
            if (!text)
                continue;
            option->value = arena_printf(&setup->arena, "%s", text);
            free(text);
            if (!option->value)
                return -1;
        }
    return 0;
}

/* A vhost's own port counts before those of others. */
static int follow_ports(struct setup *setup)
{
    struct moved_port *moved = arena_new(&setup->arena, setup->site_count + 1, sizeof(*moved));
    size_t n;

    if (!moved)
        return -1;
    for (n = 0; n < setup->site_count; n++) {
        if (setup->sites[n].addr.kind == LISTEN_UNIX) /* its port means nothing */
            continue;
        moved[n + 1].from = (unsigned)setup->sites[n].conf->port;
        moved[n + 1].to = setup->sites[n].port;
    }
    for (n = 0; n < setup->site_count; n++) {
        moved[0] = moved[n + 1];
        if (follow(setup, &setup->sites[n], moved, setup->site_count + 1))
            return -1;
    }
    return 0;
}

int listen_start(struct setup *setup, struct lws_context *context, struct server *server,
                 const struct log *log)
{
    size_t n;

    for (n = 0; n < setup->site_count; n++) {
        setup->sites[n].server = server;
        if (start_site(setup, &setup->sites[n], context, log))
            return -1;
    }
    if (follow_ports(setup)) {
        log_error(log, "memory is short");
        return -1;
    }
    return 0;
}

void listen_clean_up(struct setup *setup)
{
    size_t n;

    for (n = 0; n < setup->site_count; n++) {
        const struct listen_addr *addr = &setup->sites[n].addr;

        if (addr->kind == LISTEN_UNIX && addr->path[0] != '@' && setup->sites[n].is_listening)
            unlink(addr->path);
        setup->sites[n].is_listening = false;
    }
}
