#include "server_private.h"

#include "listen.h"

#include <signal.h>
#include <string.h>

#define PATIENCE_SECONDS 5
#define LOOK_US (10 * LWS_US_PER_MS)

/* Close codes of WebSocket: RFC 6455 7.4.1 and the IANA registry. */
enum { CLOSE_GOING_AWAY = 1001, CLOSE_SERVICE_RESTART = 1012 };

void server_count_answer(struct server *server, int by) { server->answers += (unsigned)by; }

static bool visit_pending(struct server *server, struct site *site,
                          const struct lwshost_hooks *hooks, void *user)
{
    unsigned *total = user;

    (void)server;
    if (hooks->pending)
        *total += hooks->pending(site->vhost);
    return true;
}

static bool visit_stop(struct server *server, struct site *site, const struct lwshost_hooks *hooks,
                       void *user)
{
    const int *code = user;

    (void)server;
    if (hooks->stop)
        hooks->stop(site->vhost, *code);
    return true;
}

static void look(lws_sorted_usec_list_t *timer)
{
    struct server *server = lws_container_of(timer, struct server, timer);
    unsigned pending = server->answers;
    bool is_late = lws_now_usecs() >= server->patience_ends_us;

    server_visit_hooks(server, visit_pending, &pending);
    if (pending && is_late) {
        struct event event;

        log_warning(server->run->log, "%u connections have not ended in time", pending);
        event_begin(&event, "cut-off");
        event_number(&event, "connections", pending);
        server_event(server, &event);
    }
    if (pending == 0 || is_late)
        loop_stop(server->loop);
    else
        lws_sul_schedule(server->context, 0, &server->timer, look, LOOK_US);
}

/* Refuse new connections at the door. On its poll loop lws 4.1 uses a listener after it has freed
 * it, so there the door stays and front turns people away. */
static void stop_listening(struct server *server)
{
#if LWS_LIBRARY_VERSION_NUMBER < 4003000
    if (server->loop_kind == LOOP_POLL)
        return;
#endif
    lws_context_deprecate(server->context, NULL);
}

static void begin_stop(struct server *server, enum server_end end)
{
    int code = end == SERVER_RESTARTS ? CLOSE_SERVICE_RESTART : CLOSE_GOING_AWAY;

    server->state = SERVER_STOPPING;
    server_tell(server, end == SERVER_RESTARTS ? "draining-to-restart" : "draining");
    server->end = end;
    server->patience_ends_us = lws_now_usecs() + PATIENCE_SECONDS * LWS_US_PER_SEC;
    stop_listening(server);
    server_visit_hooks(server, visit_stop, &code);
    lws_sul_schedule(server->context, 0, &server->timer, look, 1);
}

static bool is_floating_as(const struct site *site, const char *name)
{
    return site->is_floating && strcmp(site->conf->name, name) == 0;
}

/* A vhost that got a free port keeps it: people know it by now. Several may have one name: the
 * first keeps the first one's, and so on. */
static void keep_ports(const struct setup *old, struct setup *next)
{
    size_t n, m, nth;

    for (n = 0; n < next->site_count; n++) {
        struct site *site = &next->sites[n];

        if (!site->is_floating)
            continue;
        for (m = 0, nth = 0; m < n; m++)
            nth += is_floating_as(&next->sites[m], site->conf->name);
        for (m = 0; m < old->site_count; m++)
            if (is_floating_as(&old->sites[m], site->conf->name) && nth-- == 0)
                site->port_wanted = old->sites[m].port;
    }
}

/* The new configuration, if it can be served once the present one has ended; NULL otherwise. */
static struct setup *read_anew(struct server_run *run)
{
    struct setup *next = setup_new(run->wish, run->log);

    if (next) {
        keep_ports(run->setup, next);
        if (listen_check(next, run->setup, run->log)) {
            setup_free(next);
            next = NULL;
        }
    }
    return next;
}

void server_reload(struct server *server)
{
    struct server_run *run = server->run;
    struct setup *next;

    if (server->state == SERVER_STARTING)
        server->is_reload_due = true; /* what was read may be the older one */
    if (server->state == SERVER_STARTING || server->end == SERVER_STOPPED)
        return;
    next = read_anew(run);
    if (!next) {
        log_error(run->log, "the configuration is not taken; serving goes on as before");
        run->counters->bad_loads++;
        server_tell(server, "configuration-refused");
        return;
    }
    log_notice(run->log, "the configuration is read anew");
    server_tell(server, "configuration-read");
    setup_free(run->next);
    run->next = next;
    if (server->state == SERVER_SERVING)
        begin_stop(server, SERVER_RESTARTS);
}

static void stop(struct server *server)
{
    setup_free(server->run->next);
    server->run->next = NULL;
    if (server->state != SERVER_STOPPING) {
        log_notice(server->run->log, "asked to stop");
        begin_stop(server, SERVER_STOPPED);
    } else if (server->end == SERVER_RESTARTS)
        server->end = SERVER_STOPPED;
    else
        loop_stop(server->loop);
}

void server_on_signal(struct server *server, int number)
{
    if (number == SIGHUP)
        server_reload(server);
    else if (number == SIGUSR1)
        server_reopen_journal(server);
    else
        stop(server);
}
