#include "server_private.h"

#include "control.h"
#include "descriptors.h"
#include "listen.h"
#include "lws_compat.h"
#include "notify.h"
#include "privileges.h"
#include "pvo_list.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

/* Protocols that are not initialised by then never will be: lws only logs that one failed. */
#define START_SECONDS 10

#define REFUSED_SECONDS 10 /* until it is said again */

#define SERVICE_BUFFER_BYTES 16384 /* what is read or sent from a file at once */
#define HEADER_BYTES 8192          /* of one request; lws closes silently beyond */
#define HEADER_POOL 16384          /* requests and lookups that may be under way together */

#if defined(LWS_WITH_TLS)
#define TLS_OPTION LWS_SERVER_OPTION_DO_SSL_GLOBAL_INIT
#else
#define TLS_OPTION 0
#endif

static void leave(struct server *server, enum server_end end)
{
    server->end = end;
    loop_stop(server->loop);
}

bool server_admits(struct server *server, int fd)
{
    lws_usec_t now = lws_now_usecs();

    if (server->state == SERVER_STOPPING) {
        server->run->counters->refused_stopping++;
        return false;
    }
    if (fd >= 0 && (unsigned long)fd < server->connections)
        return true;
    server->run->counters->refused_full++;
    if (!server->refused_us || now - server->refused_us > REFUSED_SECONDS * LWS_US_PER_SEC) {
        log_warning(server->run->log,
                    "%lu descriptors are in use, clients are refused: rlimit-nofile",
                    server->connections);
        server->refused_us = now;
        server_tell(server, "clients-refused");
    }
    return false;
}

struct access *server_access(struct server *server) { return &server->access; }

void server_count_refused_upgrade(struct server *server)
{
    server->run->counters->refused_upgrades++;
}

void server_visit_hooks(struct server *server, server_visit_fn *visit, void *user)
{
    struct setup *setup = server->run->setup;
    size_t n, m, before;

    for (n = 0; n < setup->site_count; n++) {
        struct site *site = &setup->sites[n];

        for (m = 0; site->vhost && m < site->protocol_count; m++) {
            const struct lwshost_hooks *hooks = site->protocols[m].plugin.hooks;

            for (before = 0; before < m; before++)
                if (site->protocols[before].plugin.hooks == hooks)
                    break;
            if (hooks && before == m && !visit(server, site, hooks, user))
                return;
        }
    }
}

static bool visit_broken(struct server *server, struct site *site,
                         const struct lwshost_hooks *hooks, void *user)
{
    const char *reason = hooks->broken ? hooks->broken(site->vhost) : NULL;
    bool *is_broken = user;

    if (!reason)
        return true;
    *is_broken = true;
    log_error(server->run->log, "vhost %s: %s", site->conf->name, reason);
    return false;
}

static void announce(struct server *server)
{
    const struct setup *setup = server->run->setup;
    char url[256];
    size_t n;

    for (n = 0; n < setup->site_count; n++) {
        const struct site *site = &setup->sites[n];

        listen_addr_url(&site->addr, site->is_tls, site->port, url, sizeof(url));
        printf("lwshost: listening on %s\n", url);
        if (site->addr.kind <= LISTEN_ANY_V6)
            log_notice(server->run->log, "vhost %s listens on all interfaces, port %u",
                       site->conf->name, site->port);
    }
    fflush(stdout);
    if (notify_send(server->run->notify_socket, "READY=1"))
        log_warning(server->run->log, "the service manager can't be told that all is ready: %s",
                    strerror(errno));
}

static void on_timer(lws_sorted_usec_list_t *timer)
{
    struct server *server = lws_container_of(timer, struct server, timer);
    bool is_broken = false;

    if (server->state == SERVER_STARTING) {
        log_error(server->run->log, "a protocol failed to start; the log says which");
        leave(server, SERVER_FAILED);
        return;
    }
    server_visit_hooks(server, visit_broken, &is_broken);
    if (is_broken) {
        leave(server, SERVER_FAILED);
        return;
    }
    log_lws_setting_up(server->run->log, false);
    server->run->log->is_serving = true;
    log_notice(server->run->log, "libwebsockets %s, %s event loop", lws_get_library_version(),
               server->loop_kind == LOOP_UV ? "libuv" : "poll");
    server_tell_start(server);
    announce(server);
    if (server->is_reload_due)
        server_reload(server);
}

static int on_state(lws_state_manager_t *manager, lws_state_notify_link_t *link, int current,
                    int target)
{
    struct server *server = lws_container_of(link, struct server, notifier);

    (void)manager;
    (void)current;
    if (target == LWS_SYSTATE_OPERATIONAL && server->state == SERVER_STARTING) {
        server->state = SERVER_SERVING;
        lws_sul_schedule(server->context, 0, &server->timer, on_timer, 1);
    }
    return 0;
}

#if LWSHOST_HAS_5_0_KEYS
static void describe_5_0(const struct conf_global *global, struct lws_context_creation_info *info)
{
    info->options |= (global->cpd_bypass ? LWS_SERVER_OPTION_CPD_BYPASS : 0) |
                     (global->allow_early_data ? LWS_SERVER_OPTION_ALLOW_EARLY_DATA : 0) |
                     (global->quic_pad_crypto ? LWS_SERVER_OPTION_QUIC_PAD_CRYPTO : 0) |
                     (global->quic_only_latest ? LWS_SERVER_OPTION_QUIC_LATEST_VERSION : 0) |
                     (global->quic_early_key_update ? LWS_SERVER_OPTION_QUIC_EARLY_KEY_UPDATE : 0);
#if defined(LWS_WITH_ASYNC_QUEUE)
    info->count_async_threads = (uint8_t)global->count_async_threads;
#endif
}
#endif

static void describe_context(struct server *server, struct lws_context_creation_info *info)
{
    const struct conf_global *global = &server->run->setup->conf->global;

    memset(info, 0, sizeof(*info));
    info->port = CONTEXT_PORT_NO_LISTEN;
    info->options =
        LWS_SERVER_OPTION_EXPLICIT_VHOSTS | LWS_SERVER_OPTION_VALIDATE_UTF8 | TLS_OPTION;
    /* uid and gid stay 0, unchanged: the host drops privileges itself, before INIT. */
    info->count_threads = (unsigned)global->count_threads;
    info->server_string = global->server_string;
    info->timeout_secs = (unsigned)global->timeout_secs;
    info->pt_serv_buf_size = SERVICE_BUFFER_BYTES;
    info->max_http_header_data = HEADER_BYTES;
    info->max_http_header_pool = HEADER_POOL;
#if defined(LWS_WITH_TLS)
    info->alpn = global->default_alpn;
#endif
#if defined(LWS_WITH_PEER_LIMITS)
    info->ip_limit_ah = (unsigned short)global->ip_limit_ah;
    info->ip_limit_wsi = (unsigned short)global->ip_limit_wsi;
#endif
#if LWSHOST_HAS_5_0_KEYS
    describe_5_0(global, info);
#endif
    info->pcontext = &server->context;
    server->notifier.name = "lwshost";
    server->notifier.notify_cb = on_state;
    server->notifiers[0] = &server->notifier;
    info->register_notifier_list = server->notifiers;
}

static int create_context(struct server *server, enum loop_kind kind)
{
    struct setup *setup = server->run->setup;
    struct lws_context_creation_info info;
    struct lws_protocol_vhost_options *rejected;

    if (pvo_list_build(&setup->conf->global.reject_service_keywords, "", &setup->arena, &rejected))
        return -1;
    server->loop = loop_new(kind);
    if (!server->loop)
        return -1;
    describe_context(server, &info);
    info.reject_service_keywords = rejected;
    loop_configure(server->loop, &info);
    server->context = lws_create_context(&info);
    if (server->context) {
        server->loop_kind = kind;
        return 0;
    }
    loop_free(server->loop);
    server->loop = NULL;
    return -1;
}

static int create_some_context(struct server *server)
{
    struct server_run *run = server->run;

    if (create_context(server, run->loop_kind) == 0)
        return 0;
    if (run->loop_kind == LOOP_POLL || create_context(server, LOOP_POLL)) {
        log_error(run->log, "libwebsockets can't start");
        return -1;
    }
    log_warning(run->log, "libuv's event loop can't be used");
    return 0;
}

static int start(struct server *server)
{
    struct server_run *run = server->run;
    unsigned long wanted = run->setup->conf->global.rlimit_nofile, descriptors;
    int result;

    server->connections = descriptors_hold_back(wanted, &descriptors, run->log);
    result = create_some_context(server);
    descriptors_give(descriptors, run->log);
    if (result)
        return -1;
    if (control_start(server->context, server)) {
        log_error(run->log, "signals can't be received");
        return -1;
    }
    if (listen_start(run->setup, server->context, server, run->log) ||
        privileges_drop(run->setup->conf, run->log) || server_open_journal(server))
        return -1;
    lws_sul_schedule(server->context, 0, &server->timer, on_timer, START_SECONDS * LWS_US_PER_SEC);
    return 0;
}

/* Only while the context lives do the sites point to it. */
static void forget(struct server *server)
{
    struct setup *setup = server->run->setup;
    size_t n;

    for (n = 0; n < setup->site_count; n++) {
        setup->sites[n].vhost = NULL;
        setup->sites[n].server = NULL;
    }
    listen_clean_up(setup);
}

enum server_end server_run(struct server_run *run)
{
    struct server server = {.run = run, .end = SERVER_FAILED};

    run->next = NULL;
    access_init(&server.access, &server);
    run->counters->loads++;
    log_lws_setting_up(run->log, true);
    if (start(&server) == 0)
        loop_run(server.loop, server.context);
    if (server.end != SERVER_RESTARTS)
        control_let_signals_end_us();
    if (server.loop) {
        if (server.context)
            lws_sul_cancel(&server.timer);
        loop_destroy_context(server.loop, &server.context);
        loop_free(server.loop);
    }
    access_fini(&server.access);
    server_tell(&server, server.end == SERVER_RESTARTS  ? "restarting"
                         : server.end == SERVER_STOPPED ? "stopped"
                                                        : "failed");
    server_close_journal(&server);
    forget(&server);
    return server.end;
}
