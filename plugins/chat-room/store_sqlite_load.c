#include "store_sqlite_sanctions.h"
#include "store_sqlite_sessions.h"

#define MESSAGE_BYTES 64 /* of a message beside its texts */

uint32_t sqlite_message_bytes(size_t text_bytes)
{
    return (uint32_t)(text_bytes < UINT32_MAX / 2 ? text_bytes : UINT32_MAX / 2) + MESSAGE_BYTES;
}

struct loading {
    struct sqlite_store *store;
    struct dlist_node *at; /* the room whose messages come, or one before it */
    bool is_damaged;
};

static int load_room(void *user, const struct store_db_room *row)
{
    struct loading *loading = user;
    struct store_room *room = sqlite_room_new(loading->store, row);

    if (!room)
        return -1;
    room->is_filed = true;
    return 0;
}

static struct store_room *room_at(struct loading *loading, int64_t id)
{
    struct store_room *room;

    for (; loading->at; loading->at = dlist_next(&loading->store->all_rooms, loading->at)) {
        room = DLIST_ENTRY(loading->at, struct store_room, of_all);
        if (room->disk.row.id >= id)
            return room->disk.row.id == id ? room : NULL;
    }
    return NULL;
}

/* Numbers without holes are what everything else relies on: a file that has some is not used. */
static int load_entry(void *user, int64_t id, uint64_t offset, int64_t time_ms, size_t text_bytes)
{
    struct loading *loading = user;
    struct store_room *room = room_at(loading, id);
    struct past *past;

    if (!room) {
        loading->is_damaged = true;
        return -1;
    }
    past = &room->past;
    if (!past->ring_size) { /* the first one that is kept */
        past_init(past, past->state.epoch, offset - 1);
        room->told_oldest = room->disk.oldest = offset;
    }
    loading->is_damaged = offset != past->state.head + 1 || offset > room->disk.row.head;
    if (loading->is_damaged || past_reserve(past, 1))
        return -1;
    past_add(past, time_ms, sqlite_message_bytes(text_bytes));
    return 0;
}

static bool is_whole(const struct sqlite_store *store)
{
    struct dlist_node *node;
    const struct store_room *room;

    for (node = dlist_first(&store->all_rooms); node; node = dlist_next(&store->all_rooms, node)) {
        room = DLIST_ENTRY(node, struct store_room, of_all);
        if (room->past.state.head != room->disk.row.head)
            return false;
    }
    return true;
}

static void trim(struct sqlite_store *store, int64_t now_ms)
{
    struct dlist_node *node;
    struct store_room *room;

    for (node = dlist_first(&store->all_rooms); node; node = dlist_next(&store->all_rooms, node)) {
        room = DLIST_ENTRY(node, struct store_room, of_all);
        past_expire(&room->past, &store->config.limits, now_ms);
        past_bound(&room->past, &store->config.limits);
    }
}

int sqlite_load(struct sqlite_store *store, struct store_db *db, int64_t now_ms,
                struct problem *problem)
{
    struct loading loading = {.store = store};
    const char *path = store->config.path;

    if (store_db_rooms(db, load_room, &loading) || sqlite_sessions_load(store, db) ||
        sqlite_sanctions_load(store, db, now_ms))
        return problem_set(problem, "", "\"%s\" can't be read: %s", path, store_db_error(db));
    loading.at = dlist_first(&store->all_rooms);
    if (store_db_entries(db, load_entry, &loading) && !loading.is_damaged)
        return problem_set(problem, "", "\"%s\" can't be read: %s", path, store_db_error(db));
    if (loading.is_damaged || !is_whole(store))
        return problem_set(problem, "", "\"%s\" is damaged: numbers are missing", path);
    trim(store, now_ms);
    store->seed = store_db_seed(db);
    if (store->seed)
        return 0;
    store->config.random(&store->seed, sizeof(store->seed));
    if (store_db_put_seed(db, store->seed))
        return problem_set(problem, "", "\"%s\" can't be written: %s", path, store_db_error(db));
    return 0;
}
