#include "metrics.h"

#include "session.h"

#include <inttypes.h>
#include <stdio.h>

static const char *const mode_names[CONN_MODES] = {[CONN_JSON] = "json", [CONN_TEXT] = "text"};

static const char *const rejection_names[REJECTIONS] = {
    [REJECTION_STOPPING] = "stopping", [REJECTION_PATH] = "path", [REJECTION_ORIGIN] = "origin"};

static const char *const recovery_names[RECOVERIES] = {
    [RECOVERY_WHOLE] = "recovered", [RECOVERY_GAP] = "gap", [RECOVERY_UNKNOWN] = "unknown"};

static const char *const eviction_names[EVICTIONS] = {
    [EVICTION_LOG] = "log", [EVICTION_QUEUE] = "queue", [EVICTION_PAST] = "past"};

static const char *const cut_names[CUT_LISTS] = {
    [CUT_PARTICIPANTS] = "participants", [CUT_HISTORY] = "history"};

static const char *const closer_names[] = {
    [CLOSER_SERVER] = "server", [CLOSER_CLIENT] = "client", [CLOSER_NOBODY] = "nobody"};

static void write_connections(struct metrics_page *page, const struct counters *counters)
{
    int kind;

    metrics_family(
        page, "chat_opened_connections", "counter", NULL,
        "WebSocket connections that were opened, those that were closed at once included.");
    metrics_labelled_all(page, "chat_opened_connections_total", "mode", mode_names,
                         counters->connections, CONN_MODES);
    metrics_family(
        page, "chat_closes", "counter", NULL,
        "Connections that are over, by who closed them and with which code; code 1006: without.");
    for (kind = 0; kind < CLOSE_KINDS; kind++) {
        const struct close_kind *close = &close_kinds[kind];
        char code[12] = "other";

        if (close->code || close->closer == CLOSER_NOBODY)
            snprintf(code, sizeof(code), "%u", close->code ? close->code : 1006u);
        page->failed |=
            bytes_printf(page->out, "chat_closes_total{by=\"%s\",code=\"%s\"} %" PRIu64 "\n",
                         closer_names[close->closer], code, counters->closes[kind]);
    }
    metrics_family(page, "chat_rejected_handshakes", "counter", NULL,
                   "WebSocket handshakes that were answered with an HTTP error.");
    metrics_labelled_all(page, "chat_rejected_handshakes_total", "reason", rejection_names,
                         counters->rejections, REJECTIONS);
    metrics_family(page, "chat_evictions", "counter", NULL,
                   "Connections that were closed with 4002, and event streams that were "
                   "dropped, by what they had not read.");
    metrics_labelled_all(page, "chat_evictions_total", "cause", eviction_names, counters->evictions,
                         EVICTIONS);
}

static void write_answers(struct metrics_page *page, const struct counters *counters)
{
    char word[12];
    int kind;

    metrics_family(page, "chat_http_requests", "counter", NULL,
                   "Requests over HTTP that are over, by the status of their answer; none: the "
                   "client went before.");
    for (kind = 0; kind < ANSWER_KINDS; kind++) {
        unsigned status = answer_statuses[kind];

        if (status >= 100)
            snprintf(word, sizeof(word), "%u", status);
        else
            snprintf(word, sizeof(word), status ? "other" : "none");
        metrics_labelled(page, "chat_http_requests_total", "status", word, counters->answers[kind]);
    }
}

static void write_requests(struct metrics_page *page, const struct counters *counters)
{
    int refusal;

    metrics_family(page, "chat_received_messages", "counter", NULL,
                   "WebSocket messages from clients.");
    metrics_labelled_all(page, "chat_received_messages_total", "mode", mode_names,
                         counters->received_messages, CONN_MODES);
    metrics_counter(page, "chat_received_bytes", "bytes", "Bytes of these messages.",
                    counters->received_bytes);
    metrics_family(page, "chat_errors", "counter", NULL,
                   "Requests that were refused; in text mode people are not told.");
    for (refusal = REFUSAL_NONE + 1; refusal < REFUSAL_KINDS; refusal++)
        metrics_labelled(page, "chat_errors_total", "reason",
                         refusal_info((enum refusal)refusal)->reason, counters->errors[refusal]);
    metrics_family(
        page, "chat_recovered", "counter", NULL,
        "Joins with since: all was replayed, so many are known to be missing, or nothing is "
        "known.");
    metrics_labelled_all(page, "chat_recovered_total", "result", recovery_names,
                         counters->recoveries, RECOVERIES);
    metrics_family(page, "chat_cut_lists", "counter", NULL,
                   "Lists of which a client got only the first page.");
    metrics_labelled_all(page, "chat_cut_lists_total", "list", cut_names, counters->cuts,
                         CUT_LISTS);
}

static void write_counts(struct metrics_page *page, const struct counters *counters)
{
    metrics_counter(page, "chat_messages", NULL, "Messages that were kept and shown.",
                    counters->messages);
    metrics_counter(page, "chat_duplicates", NULL,
                    "Messages that were sent again with the same cid.", counters->duplicates);
    metrics_counter(page, "chat_whispers", NULL, "Whispers, one for each recipient.",
                    counters->whispers);
    metrics_counter(page, "chat_joins", NULL, "Rooms that were entered.", counters->joins);
    metrics_counter(page, "chat_leaves", NULL, "Rooms that were left.", counters->leaves);
    metrics_counter(page, "chat_untold_presence", NULL,
                    "Joins and leaves that were not told, in rooms above presence-limit.",
                    counters->untold);
    metrics_counter(page, "chat_events", NULL,
                    "Events for everybody in a room, once for JSON and for text.",
                    counters->events);
    metrics_counter(page, "chat_deliveries", NULL,
                    "These events times the members that they were for.", counters->deliveries);
    metrics_counter(page, "chat_writes", NULL, "Writes to sockets.", counters->writes);
    metrics_counter(page, "chat_sent_bytes", "bytes", "Bytes of these writes, before TLS.",
                    counters->sent_bytes);
    metrics_counter(page, "chat_pings", NULL, "Pings for silent clients.", counters->pings);
}

/* What is counted when it is asked for. */
struct survey {
    uint64_t connections[CONN_MODES];
    size_t members, away, sessions, lag_bytes, queued_bytes, most_queued_bytes, log_bytes;
    size_t kept, kept_bytes, history, history_bytes;
};

static size_t larger(size_t a, size_t b) { return a > b ? a : b; }

static void survey_connections(const struct world *world, struct survey *survey)
{
    struct dlist_node *node;

    for (node = dlist_first(&world->all_conns); node; node = dlist_next(&world->all_conns, node)) {
        const struct conn *conn = DLIST_ENTRY(node, struct conn, of_world);
        size_t waiting = out_queue_waiting(&conn->out);

        survey->connections[conn->mode]++;
        survey->queued_bytes += waiting;
        survey->most_queued_bytes = larger(survey->most_queued_bytes, waiting);
    }
    for (node = dlist_first(&world->all_sessions); node;
         node = dlist_next(&world->all_sessions, node))
        survey->sessions++;
}

static void survey_room(struct room *room, struct survey *survey)
{
    const struct world *world = room->world;
    const struct store_state *past = world->store->ops->state(room->past, world->port->wall_ms());
    struct dlist_node *node;
    int rendition;

    survey->kept += (size_t)(past->head + 1 - past->oldest);
    survey->kept_bytes += past->bytes;
    survey->history += (size_t)(past->head + 1 - past->history_from);
    survey->history_bytes += past->history_bytes;
    for (rendition = 0; rendition < RENDITIONS; rendition++)
        if (room->logs[rendition])
            survey->log_bytes += room_log_used(room->logs[rendition]);
    for (node = dlist_first(&room->members); node; node = dlist_next(&room->members, node)) {
        const struct member *member = DLIST_ENTRY(node, struct member, of_room);

        survey->members++;
        if (!member->is_live)
            survey->away++;
        else
            survey->lag_bytes = larger(
                survey->lag_bytes, room_log_behind(room->logs[member->rendition], member->cursor));
    }
}

static void write_gauges(struct metrics_page *page, const struct world *world)
{
    struct survey survey = {0};
    struct dlist_node *node;

    survey_connections(world, &survey);
    for (node = dlist_first(&world->all_rooms); node; node = dlist_next(&world->all_rooms, node))
        survey_room(DLIST_ENTRY(node, struct room, of_world), &survey);
    metrics_family(page, "chat_connections", "gauge", NULL,
                   "WebSocket connections and event streams.");
    metrics_labelled_all(page, "chat_connections", "mode", mode_names, survey.connections,
                         CONN_MODES);
    metrics_labelled(page, "chat_connections", "mode", "events", world->listener_count);
    metrics_gauge(page, "chat_addresses", NULL, "Addresses that they come from.",
                  world->addresses.count);
    metrics_gauge(page, "chat_sessions", NULL, "Sessions, those without a connection included.",
                  survey.sessions);
    metrics_gauge(page, "chat_rooms", NULL, "Rooms.", world->rooms.count);
    metrics_gauge(page, "chat_members", NULL, "Places in rooms.", survey.members);
    metrics_gauge(page, "chat_away_members", NULL, "Places that are held for a lost connection.",
                  survey.away);
    metrics_gauge(page, "chat_lag_bytes", "bytes",
                  "What the slowest member has not read of its room's log.", survey.lag_bytes);
    metrics_gauge(page, "chat_log_bytes", "bytes", "Memory of the rooms' logs.", survey.log_bytes);
    metrics_gauge(page, "chat_queued_bytes", "bytes", "Answers that wait for all connections.",
                  survey.queued_bytes);
    metrics_gauge(page, "chat_longest_queue_bytes", "bytes",
                  "Answers that wait for one connection.", survey.most_queued_bytes);
    metrics_gauge(page, "chat_kept_messages", NULL, "Messages of the rooms that are kept.",
                  survey.kept);
    metrics_gauge(page, "chat_kept_bytes", "bytes", "What they take.", survey.kept_bytes);
    metrics_gauge(page, "chat_history_messages", NULL, "Kept messages that a newcomer may see.",
                  survey.history);
    metrics_gauge(page, "chat_history_bytes", "bytes", "What they take.", survey.history_bytes);
}

static void write_store(struct metrics_page *page, const struct world *world)
{
    struct store_health health = {0};

    if (world->store->ops->health)
        world->store->ops->health(world->store, &health);
    metrics_gauge(page, "chat_store_queued_messages", NULL, "Messages that wait for the disk.",
                  health.appends);
    metrics_gauge(page, "chat_store_queued_bytes", "bytes", "Bytes of these messages.",
                  health.append_bytes);
    metrics_gauge(page, "chat_store_queued_pages", NULL, "Pages of history that wait for the disk.",
                  health.pages);
    metrics_gauge(page, "chat_store_failing", NULL,
                  "1 when the store could not write, or read, at last.", health.is_failing);
}

int metrics_write(struct bytes *out, const struct world *world)
{
    struct metrics_page page = {.out = out};

    write_gauges(&page, world);
    write_store(&page, world);
    write_connections(&page, &world->counters);
    write_requests(&page, &world->counters);
    write_answers(&page, &world->counters);
    write_counts(&page, &world->counters);
    return metrics_end(&page);
}
