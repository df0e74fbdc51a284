#include "store_sqlite_private.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define DROP_LOOK 16 /* rooms that are looked at for one that can be dropped */

struct store_room *sqlite_room_new(struct sqlite_store *store, const struct store_db_room *row)
{
    size_t len = strlen(row->name);
    struct store_room *room = calloc(1, sizeof(*room) + len + 1);

    if (!room)
        return NULL;
    room->store = store;
    memcpy(room->name, row->name, len + 1);
    past_init(&room->past, row->epoch, row->head);
    room->told_oldest = row->head + 1;
    room->disk.row = (struct store_db_room){
        .id = row->id,
        .name = room->name,
        .epoch = room->disk.epoch,
        .head = row->head,
    };
    memcpy(room->disk.epoch, room->past.state.epoch, sizeof(room->disk.epoch));
    hash_map_insert(&store->rooms, &room->by_name, hash_keyed(&store->hash_key, room->name, len));
    dlist_append(&store->all_rooms, &room->of_all);
    dlist_append(&store->closed_rooms, &room->of_closed);
    if (store->next_id <= row->id)
        store->next_id = row->id + 1;
    return room;
}

void sqlite_room_free(struct store_room *room)
{
    hash_map_remove(&room->store->rooms, &room->by_name);
    dlist_remove(&room->of_all);
    dlist_remove(&room->of_closed);
    past_fini(&room->past);
    free(room);
}

static bool is_named(const struct hash_node *node, const void *key)
{
    return strcmp(HASH_MAP_ENTRY(node, struct store_room, by_name)->name, key) == 0;
}

/* Forget a room with its epoch; the next one of its name has another. Returns 0, or -1 when the
 * memory for that is missing. */
static int drop(struct store_room *room)
{
    struct sqlite_store *store = room->store;
    struct store_job *job = store_job_new(JOB_DROP, &room->disk);

    if (!job)
        return -1;
    store->config.random(&store->seed, sizeof(store->seed));
    job->seed = store->seed;
    hash_map_remove(&store->rooms, &room->by_name);
    dlist_remove(&room->of_all);
    dlist_remove(&room->of_closed);
    sqlite_room_put_take(room, job);
    return 0;
}

static int drop_one(struct sqlite_store *store)
{
    struct dlist_node *node = dlist_first(&store->closed_rooms);
    struct store_room *room;
    int n;

    for (n = 0; node && n < DROP_LOOK; n++) {
        room = DLIST_ENTRY(node, struct store_room, of_closed);
        if (!room->jobs && room->past.state.oldest > room->past.state.head)
            return drop(room);
        node = dlist_next(&store->closed_rooms, node);
    }
    return -1;
}

struct store_room *sqlite_open_room(struct store *store_base, const char *name)
{
    struct sqlite_store *store = (struct sqlite_store *)(void *)store_base;
    uint64_t hash = hash_keyed(&store->hash_key, name, strlen(name));
    struct hash_node *node = hash_map_find(&store->rooms, hash, is_named, name);
    char epoch[STORE_EPOCH_BYTES];
    struct store_db_room row = {.id = store->next_id, .name = name, .epoch = epoch};
    struct store_room *room = NULL;

    if (node) {
        room = HASH_MAP_ENTRY(node, struct store_room, by_name);
    } else if (store->rooms.count < store->config.rooms_max || !drop_one(store)) {
        /* The same each time until something is said in it, and then it is in the file. */
        snprintf(epoch, sizeof(epoch), "%016llx",
                 (unsigned long long)hash_bytes(name, strlen(name), store->seed));
        room = sqlite_room_new(store, &row);
    }
    if (room)
        dlist_remove(&room->of_closed);
    return room;
}

void sqlite_close_room(struct store_room *room)
{
    if (!room)
        return;
    if (!room->is_filed && room->past.state.head == 0 && !room->jobs)
        sqlite_room_free(room);
    else
        dlist_append(&room->store->closed_rooms, &room->of_closed);
}

void sqlite_room_put_take(struct store_room *room, struct store_job *job)
{
    job->oldest = room->past.state.oldest;
    memcpy(job->epoch, room->past.state.epoch, sizeof(job->epoch));
    if (job->kind != JOB_READ)
        room->told_oldest = job->oldest;
    if (job->kind == JOB_FORGET)
        room->is_telling = true;
    room->jobs++;
    sqlite_put_take(room->store, job);
}

/* Tell the file of the room's epoch, and what of it is forgotten. When memory is short the next
 * sweep does. */
static void tell(struct store_room *room)
{
    struct store_job *job = store_job_new(JOB_FORGET, &room->disk);

    if (job)
        sqlite_room_put_take(room, job);
}

/* What the file did not take it is told again, at the latest by the next sweep. A room that was
 * forgotten once more while the file was told has to be told of at once: there may be no sweep. */
void sqlite_room_finish(struct store_room *room, const struct store_job *job)
{
    room->jobs--;
    if (job->kind == JOB_FORGET)
        room->is_telling = false;
    if (job->result == STORE_FAILED && job->kind != JOB_READ)
        room->told_oldest = 0;
    else if (job->kind == JOB_FORGET && strcmp(job->epoch, room->past.state.epoch) != 0)
        tell(room);
}

void sqlite_visit_rooms(struct store *store_base, store_room_fn *visit, void *user)
{
    const struct sqlite_store *store = (struct sqlite_store *)(void *)store_base;
    struct dlist_node *node;

    for (node = dlist_first(&store->all_rooms); node; node = dlist_next(&store->all_rooms, node)) {
        const struct store_room *room = DLIST_ENTRY(node, struct store_room, of_all);

        if (room->past.state.oldest <= room->past.state.head)
            visit(user, room->name);
    }
}

void sqlite_rooms_sweep(struct sqlite_store *store, int64_t now_ms)
{
    struct dlist_node *node;
    struct store_room *room;

    for (node = dlist_first(&store->all_rooms); node; node = dlist_next(&store->all_rooms, node)) {
        room = DLIST_ENTRY(node, struct store_room, of_all);
        past_expire(&room->past, &store->config.limits, now_ms);
        if (!room->is_telling && room->told_oldest < room->past.state.oldest)
            tell(room);
    }
}

/* Every job of a room says which epoch it belongs to, so the file learns of a new one from the next
 * job that it takes, whichever that is; this one only is the first to try. */
int sqlite_forget_room(struct store_room *room)
{
    struct store_job *job = room->is_telling ? NULL : store_job_new(JOB_FORGET, &room->disk);
    char epoch[STORE_EPOCH_BYTES];
    uint64_t number;

    if (!job && !room->is_telling)
        return -1;
    room->store->config.random(&number, sizeof(number));
    snprintf(epoch, sizeof(epoch), "%016llx", (unsigned long long)number);
    past_fini(&room->past);
    past_init(&room->past, epoch, 0);
    room->is_filed = true;
    room->told_oldest = 0;
    if (job)
        sqlite_room_put_take(room, job);
    return 0;
}
