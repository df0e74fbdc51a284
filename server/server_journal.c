#include "server_private.h"

#include <errno.h>
#include <string.h>
#include <time.h>

#define PLACE_BYTES 512
#define PATIENCE_MS 1000 /* for a log that can't be written */

int64_t server_wall_ms(void)
{
    struct timespec now;

    clock_gettime(CLOCK_REALTIME, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static int open_file(struct server *server, const struct conf_place *at, const char *member,
                     const char *path, struct log_file **out)
{
    char place[PLACE_BYTES];

    *out = path ? journal_file(server->journal, path) : NULL;
    if (!path || *out)
        return 0;
    conf_place_print(at, member, place, sizeof(place));
    log_error(server->run->log, "%s: %s: %s", place, path, strerror(errno));
    return -1;
}

static struct site *site_of(const struct lwshost_journal *journal)
{
    return lws_container_of(journal, struct site, journal);
}

static void on_event(const struct lwshost_journal *journal, const struct event *event)
{
    const struct site *site = site_of(journal);
    struct event whole = *event;

    if (!site->server || !site->server->event_log)
        return;
    event_text(&whole, "vhost", site->conf->name);
    server_event(site->server, &whole);
}

static void on_answered(const struct lwshost_journal *journal, struct lws *wsi, unsigned status,
                        uint64_t bytes, const char *client)
{
    struct server *server = site_of(journal)->server;

    if (!server)
        return;
    access_answer(&server->access, wsi, status, (long long)bytes);
    access_end(&server->access, wsi, client);
}

int server_open_journal(struct server *server)
{
    struct setup *setup = server->run->setup;
    const struct conf_global *global = &setup->conf->global;
    enum event_format format = EVENT_KEY_VALUE;
    size_t n;

    if (global->log_format)
        event_format_find(global->log_format, &format);
    server->journal = journal_new(format);
    if (!server->journal) {
        log_error(server->run->log, "memory is short");
        return -1;
    }
    if (open_file(server, &global->log_place, "event-log", global->event_log, &server->event_log))
        return -1;
    for (n = 0; n < setup->site_count; n++) {
        struct site *site = &setup->sites[n];

        site->journal.event = on_event;
        site->journal.answered = on_answered;
        if (open_file(server, &site->conf->place, "access-log", site->conf->access_log,
                      &site->access_log))
            return -1;
    }
    return 0;
}

static bool visit_watch(struct server *server, struct site *site, const struct lwshost_hooks *hooks,
                        void *user)
{
    (void)server;
    (void)user;
    if (hooks->watch)
        hooks->watch(site->vhost, &site->journal);
    return true;
}

void server_tell_start(struct server *server)
{
    const struct setup *setup = server->run->setup;
    struct event event;
    char url[256];
    size_t n;

    server_visit_hooks(server, visit_watch, NULL);
    event_begin(&event, "serving");
    event_text(&event, "version", LWSHOST_VERSION);
    event_text(&event, "libwebsockets", lws_get_library_version());
    event_text(&event, "loop", server->loop_kind == LOOP_UV ? "libuv" : "poll");
    event_text(&event, "configuration", server->run->wish->config_dir);
    event_number(&event, "vhosts", setup->site_count);
    server_event(server, &event);
    for (n = 0; n < setup->site_count; n++) {
        const struct site *site = &setup->sites[n];

        listen_addr_url(&site->addr, site->is_tls, site->port, url, sizeof(url));
        event_begin(&event, "listening");
        event_text(&event, "vhost", site->conf->name);
        event_text(&event, "url", url);
        server_event(server, &event);
    }
}

void server_event(struct server *server, const struct event *event)
{
    journal_write(server->journal, server->event_log, event, server_wall_ms());
}

void server_tell(struct server *server, const char *name)
{
    struct event event;

    event_begin(&event, name);
    server_event(server, &event);
}

void server_reopen_journal(struct server *server)
{
    if (!server->journal)
        return;
    server_tell(server, "logs-reopened");
    journal_reopen(server->journal);
}

void server_close_journal(struct server *server)
{
    struct host_counters *counters = server->run->counters;
    struct setup *setup = server->run->setup;
    struct log_file_stats stats;
    size_t n;

    journal_stats(server->journal, &stats);
    counters->log_lines += stats.lines;
    counters->log_dropped += stats.dropped;
    for (n = 0; n < setup->site_count; n++)
        setup->sites[n].access_log = NULL;
    server->event_log = NULL;
    journal_free(server->journal, PATIENCE_MS);
    server->journal = NULL;
}

void server_report(struct server *server, struct host_report *out)
{
    struct log_file_stats stats;

    journal_stats(server->journal, &stats);
    *out = (struct host_report){.counters = server->run->counters,
                                .version = LWSHOST_VERSION,
                                .libwebsockets = lws_get_library_version(),
                                .log_lines = stats.lines,
                                .log_dropped = stats.dropped,
                                .open_requests = server->access.entries.count,
                                .connections_max = server->connections,
                                .is_draining = server->state == SERVER_STOPPING,
                                .now_ms = server_wall_ms()};
}
