#include "store_sqlite_sanctions.h"
#include "store_sqlite_sessions.h"

#include <stdlib.h>
#include <string.h>

#define SWEEP_MS (STORE_PACE_S * 1000 / 2)

static struct sqlite_store *store_of(struct store *store)
{
    return (struct sqlite_store *)(void *)store;
}

struct store_job *sqlite_note_new(const struct sqlite_store *store, enum store_job_kind kind)
{
    return store->notes < STORE_NOTES_MAX ? store_job_new(kind, NULL) : NULL;
}

void sqlite_put_take(struct sqlite_store *store, struct store_job *job)
{
    store->jobs++;
    store->notes += !job->room;
    store_worker_put_take(store->worker, job);
}

static const struct store_state *state(struct store_room *room, int64_t now_ms)
{
    past_expire(&room->past, &room->store->config.limits, now_ms);
    return &room->past.state;
}

static struct store_job *append_job(struct store_room *room, const struct message *message)
{
    struct sqlite_store *store = room->store;
    struct store_job *job;

    if (store->appends >= STORE_APPENDS_MAX || store->append_bytes >= STORE_APPEND_BYTES_MAX ||
        past_reserve(&room->past, room->appends + 1))
        return NULL;
    job = store_job_new(JOB_APPEND, &room->disk);
    if (!job)
        return NULL;
    job->copy = message_copy(message);
    if (job->copy)
        return job;
    store_job_free(job);
    return NULL;
}

static void append(struct store_room *room, const struct message *message, store_kept_fn *done,
                   void *ticket)
{
    struct store_job *job;

    past_expire(&room->past, &room->store->config.limits, message->time_ms);
    job = append_job(room, message);
    if (!job) {
        done(ticket, STORE_FAILED, message);
        return;
    }
    job->done.kept = done;
    job->ticket = ticket;
    room->appends++;
    room->store->appends++;
    room->store->append_bytes += message_text_bytes(message);
    sqlite_room_put_take(room, job);
}

static void read_page(struct store_room *room, const struct store_query *query, store_page_fn *done,
                      void *ticket)
{
    struct sqlite_store *store = room->store;
    struct store_query clipped = *query;
    struct store_job *job = NULL;

    if (clipped.after + 1 < room->past.state.oldest)
        clipped.after = room->past.state.oldest - 1;
    if (clipped.before > room->past.state.head + 1)
        clipped.before = room->past.state.head + 1;
    if (clipped.limit > STORE_PAGE_MAX)
        clipped.limit = STORE_PAGE_MAX;
    if (clipped.after + 1 < clipped.before && store->pages < STORE_PAGES_MAX)
        job = store_job_new(JOB_READ, &room->disk);
    if (!job) {
        done(ticket, NULL, 0);
        return;
    }
    job->query = clipped;
    job->done.page = done;
    job->ticket = ticket;
    store->pages++;
    sqlite_room_put_take(room, job);
}

static bool is_of_past(const struct store_room *room, const struct store_job *job)
{
    return strcmp(job->epoch, room->past.state.epoch) != 0;
}

static size_t finish_append(struct store_room *room, struct store_job *job)
{
    struct sqlite_store *store = room->store;
    const struct message *message = &job->copy->message;
    size_t bytes = message_text_bytes(message);

    room->appends--;
    store->appends--;
    store->append_bytes -= bytes;
    if (job->result != STORE_FAILED && is_of_past(room, job))
        job->result = STORE_FORGOTTEN;
    if (job->result == STORE_KEPT)
        past_add(&room->past, message->time_ms, sqlite_message_bytes(bytes));
    job->done.kept(job->ticket, job->result,
                   job->result == STORE_KNOWN ? &job->known->message : message);
    past_bound(&room->past, &store->config.limits);
    return sqlite_message_bytes(bytes);
}

static void finish_read(struct store_room *room, struct store_job *job)
{
    const struct store_page *page =
        job->result == STORE_KEPT && !is_of_past(room, job) ? job->page : NULL;

    room->store->pages--;
    store_worker_release(room->store->worker, 1);
    job->done.page(job->ticket, page ? page->messages : NULL, page ? page->count : 0);
}

static struct store_room *room_of(const struct store_job *job)
{
    return (struct store_room *)(void *)((char *)job->room - offsetof(struct store_room, disk));
}

static void finish_note(struct sqlite_store *store, const struct store_job *job)
{
    store->notes--;
    if (job->kind == JOB_SESSION)
        sqlite_sessions_finish(store, job);
    else if (job->kind != JOB_FORGET_SESSIONS)
        sqlite_sanctions_finish(store, job);
}

/* Returns how many bytes of messages that was. */
static size_t finish_take(struct sqlite_store *store, struct store_job *job)
{
    size_t bytes = 0;

    store->jobs--;
    if (job->room)
        sqlite_room_finish(room_of(job), job);
    if (job->kind == JOB_APPEND)
        bytes = finish_append(room_of(job), job);
    else if (job->kind == JOB_READ)
        finish_read(room_of(job), job);
    else if (job->kind == JOB_DROP)
        sqlite_room_free(room_of(job));
    else if (!job->room)
        finish_note(store, job);
    store_job_free(job);
    return bytes;
}

static void sweep(struct sqlite_store *store, int64_t now_ms)
{
    store->swept_ms = now_ms;
    sqlite_sessions_sweep(store, now_ms);
    sqlite_sanctions_sweep(store, now_ms);
    sqlite_rooms_sweep(store, now_ms);
}

static void report(struct sqlite_store *store)
{
    char trouble[STORE_REASON_BYTES];

    if (!store_worker_news(store->worker, trouble))
        return;
    store->is_failing = trouble[0] != '\0';
    store->config.report(store->config.host, store->is_failing ? trouble : NULL);
}

static bool deliver(struct store *store_base, int64_t now_ms)
{
    struct sqlite_store *store = store_of(store_base);
    struct store_job *job;
    size_t bytes = 0;

    report(store);
    if (now_ms - store->swept_ms >= SWEEP_MS || now_ms < store->swept_ms)
        sweep(store, now_ms);
    store_worker_steal(store->worker, &store->ready);
    while (bytes < store->config.slice_bytes && (job = store_queue_steal(&store->ready)))
        bytes += finish_take(store, job);
    return store->ready.first != NULL;
}

static void health(const struct store *store_base, struct store_health *out)
{
    const struct sqlite_store *store = (const struct sqlite_store *)(const void *)store_base;

    *out = (struct store_health){
        .appends = store->appends,
        .append_bytes = store->append_bytes,
        .pages = store->pages,
        .is_failing = store->is_failing,
    };
}

static void drain(struct store *store_base)
{
    struct sqlite_store *store = store_of(store_base);
    struct store_job *job;

    while (store->jobs) {
        while ((job = store_queue_steal(&store->ready)))
            finish_take(store, job);
        if (!store->jobs)
            break;
        store_worker_wait(store->worker);
        store_worker_steal(store->worker, &store->ready);
    }
    report(store);
}

static void free_store(struct store *store_base)
{
    struct sqlite_store *store = store_of(store_base);
    struct dlist_node *node;

    if (store->worker)
        drain(store_base);
    store_worker_free(store->worker);
    while ((node = dlist_first(&store->all_rooms)))
        sqlite_room_free(DLIST_ENTRY(node, struct store_room, of_all));
    hash_map_fini(&store->rooms);
    known_sessions_fini(&store->sessions);
    sqlite_sanctions_fini(store);
    free(store);
}

static const struct store_ops sqlite_ops = {
    .rooms = sqlite_visit_rooms,
    .open = sqlite_open_room,
    .close = sqlite_close_room,
    .state = state,
    .append = append,
    .read = read_page,
    .forget = sqlite_forget_room,
    .punish = sqlite_punish,
    .pardon = sqlite_pardon,
    .sanctions = sqlite_sanctions,
    .remember = sqlite_remember,
    .recall = sqlite_recall,
    .deliver = deliver,
    .health = health,
    .drain = drain,
    .free = free_store,
};

struct store *store_sqlite_new(const struct store_sqlite_config *config, int64_t now_ms,
                               struct problem *problem)
{
    struct store_db *db = store_db_open(config->path, config->survives_power_loss, problem);
    struct sqlite_store *store = db ? calloc(1, sizeof(*store)) : NULL;

    if (!store) {
        store_db_close(db);
        problem_set(problem, "", "out of memory");
        return NULL;
    }
    store->store.ops = &sqlite_ops;
    store->config = *config;
    store->next_id = 1;
    config->random(&store->hash_key, sizeof(store->hash_key));
    known_sessions_init(&store->sessions, &store->hash_key);
    dlist_init(&store->all_rooms);
    dlist_init(&store->closed_rooms);
    dlist_init(&store->all_sanctions);
    if (sqlite_load(store, db, now_ms, problem)) {
        store_db_close(db);
        free_store(&store->store);
        return NULL;
    }
    store_db_accept(db);
    store->config.path = NULL;
    store->worker = store_worker_new_take(db, config->wake, config->host);
    if (store->worker)
        return &store->store;
    problem_set(problem, "", "no thread can be started for the store");
    free_store(&store->store);
    return NULL;
}
