#include "store_sqlite_sanctions.h"

#include <stdlib.h>
#include <string.h>

struct known_sanction {
    struct hash_node by_room;
    struct dlist_node of_all;
    struct disk_sanction disk; /* its texts stand behind */
    unsigned jobs;             /* under way */
    bool is_pardoned;          /* the file is to forget it, and then we do */
    bool is_untold;            /* the file did not take what it was told last */
    bool is_retired;           /* in no list any more: it waits for its jobs */
    char texts[];
};

/* What is looked for under the hash of a room, and what to do with it. */
struct search {
    const char *room;
    const struct store_sanction *like; /* NULL: all that are in force */
    int64_t now_ms;
    store_sanction_fn *visit;
    void *user;
};

static struct known_sanction *of_node(const struct hash_node *node)
{
    return HASH_MAP_ENTRY(node, struct known_sanction, by_room);
}

static uint64_t hash_of(const struct sqlite_store *store, const char *room)
{
    return hash_keyed(&store->hash_key, room, strlen(room));
}

static bool is_same(const struct store_sanction *one, const struct store_sanction *other)
{
    return one->kind == other->kind && strcmp(one->user, other->user) == 0 &&
           strcmp(one->nick, other->nick) == 0 && strcmp(one->address, other->address) == 0;
}

static bool is_it(const struct hash_node *node, const void *key)
{
    const struct disk_sanction *disk = &of_node(node)->disk;
    const struct search *search = key;

    return strcmp(disk->room, search->room) == 0 && is_same(&disk->sanction, search->like);
}

/* Never the one that is looked for, so that all are looked at. */
static bool show(const struct hash_node *node, const void *key)
{
    const struct known_sanction *known = of_node(node);
    const struct search *search = key;

    if (!known->is_pardoned && known->disk.sanction.until_ms > search->now_ms &&
        strcmp(known->disk.room, search->room) == 0)
        search->visit(search->user, &known->disk.sanction);
    return false;
}

static struct known_sanction *find(const struct store_room *room,
                                   const struct store_sanction *sanction)
{
    struct search search = {.room = room->name, .like = sanction};
    struct hash_node *node =
        hash_map_find(&room->store->sanctions, hash_of(room->store, room->name), is_it, &search);

    return node ? of_node(node) : NULL;
}

static const char *copy_text(char **to, const char *text)
{
    size_t bytes = strlen(text) + 1;
    char *copy = memcpy(*to, text, bytes);

    *to += bytes;
    return copy;
}

static struct known_sanction *copy(const char *room, const struct store_sanction *sanction)
{
    size_t bytes = strlen(room) + strlen(sanction->user) + strlen(sanction->nick) +
                   strlen(sanction->address) + strlen(sanction->reason) + 5;
    struct known_sanction *known = calloc(1, sizeof(*known) + bytes);
    char *to;

    if (!known)
        return NULL;
    to = known->texts;
    known->disk.room = copy_text(&to, room);
    known->disk.sanction = *sanction;
    known->disk.sanction.user = copy_text(&to, sanction->user);
    known->disk.sanction.nick = copy_text(&to, sanction->nick);
    known->disk.sanction.address = copy_text(&to, sanction->address);
    known->disk.sanction.reason = copy_text(&to, sanction->reason);
    return known;
}

static void add(struct sqlite_store *store, struct known_sanction *known)
{
    hash_map_insert(&store->sanctions, &known->by_room, hash_of(store, known->disk.room));
    dlist_append(&store->all_sanctions, &known->of_all);
}

/* The thread may still read it. */
static void retire(struct sqlite_store *store, struct known_sanction *known)
{
    hash_map_remove(&store->sanctions, &known->by_room);
    dlist_remove(&known->of_all);
    known->is_retired = true;
    if (!known->jobs)
        free(known);
}

static void tell_take(struct sqlite_store *store, struct known_sanction *known,
                      struct store_job *job)
{
    job->kind = known->is_pardoned ? JOB_PARDON : JOB_PUNISH;
    job->sanction = &known->disk;
    known->is_untold = false;
    known->jobs++;
    sqlite_put_take(store, job);
}

static void tell(struct sqlite_store *store, struct known_sanction *known)
{
    struct store_job *job = sqlite_note_new(store, JOB_PARDON);

    known->is_untold = !job;
    if (job)
        tell_take(store, known, job);
}

int sqlite_punish(struct store_room *room, const struct store_sanction *sanction)
{
    struct sqlite_store *store = room->store;
    struct known_sanction *old = find(room, sanction), *known;
    struct store_job *job;

    if (!old && store->sanctions.count >= STORE_SANCTIONS_MAX)
        return -1;
    known = copy(room->name, sanction);
    job = known ? sqlite_note_new(store, JOB_PUNISH) : NULL;
    if (!job) {
        free(known);
        return -1;
    }
    if (old)
        retire(store, old);
    add(store, known);
    tell_take(store, known, job);
    return 0;
}

void sqlite_pardon(struct store_room *room, const struct store_sanction *sanction)
{
    struct known_sanction *known = find(room, sanction);

    if (!known || known->is_pardoned)
        return;
    known->is_pardoned = true;
    tell(room->store, known);
}

void sqlite_sanctions(struct store_room *room, int64_t now_ms, store_sanction_fn *visit, void *user)
{
    struct search search = {.room = room->name, .now_ms = now_ms, .visit = visit, .user = user};

    hash_map_find(&room->store->sanctions, hash_of(room->store, room->name), show, &search);
}

static void sweep_one(struct sqlite_store *store, struct known_sanction *known, int64_t now_ms)
{
    if (known->disk.sanction.until_ms <= now_ms) {
        retire(store, known);
        store->has_old_sanctions = true;
    } else if (known->is_untold) {
        tell(store, known);
    }
}

void sqlite_sanctions_sweep(struct sqlite_store *store, int64_t now_ms)
{
    struct dlist_node *node, *next;
    struct store_job *job;

    for (node = dlist_first(&store->all_sanctions); node; node = next) {
        next = dlist_next(&store->all_sanctions, node);
        sweep_one(store, DLIST_ENTRY(node, struct known_sanction, of_all), now_ms);
    }
    job = store->has_old_sanctions ? sqlite_note_new(store, JOB_FORGET_SANCTIONS) : NULL;
    if (!job)
        return;
    store->has_old_sanctions = false;
    job->before_ms = now_ms;
    sqlite_put_take(store, job);
}

void sqlite_sanctions_finish(struct sqlite_store *store, const struct store_job *job)
{
    struct known_sanction *known;

    if (job->kind == JOB_FORGET_SANCTIONS) {
        store->has_old_sanctions = store->has_old_sanctions || job->result == STORE_FAILED;
        return;
    }
    known = (struct known_sanction *)(void *)((char *)(uintptr_t)job->sanction -
                                              offsetof(struct known_sanction, disk));
    known->jobs--;
    if (job->result == STORE_FAILED && !known->jobs)
        known->is_untold = true;
    if (known->jobs)
        return;
    if (known->is_retired)
        free(known);
    else if (known->is_pardoned && !known->is_untold)
        retire(store, known);
}

struct loading {
    struct sqlite_store *store;
    int64_t now_ms;
};

static int load(void *user, const struct disk_sanction *disk)
{
    struct loading *loading = user;
    struct known_sanction *known;

    if (disk->sanction.until_ms <= loading->now_ms) {
        loading->store->has_old_sanctions = true;
        return 0;
    }
    known = copy(disk->room, &disk->sanction);
    if (!known)
        return -1;
    add(loading->store, known);
    return 0;
}

int sqlite_sanctions_load(struct sqlite_store *store, struct store_db *db, int64_t now_ms)
{
    struct loading loading = {.store = store, .now_ms = now_ms};

    return store_db_sanctions(db, load, &loading);
}

/* All jobs are back. */
void sqlite_sanctions_fini(struct sqlite_store *store)
{
    struct dlist_node *node;

    while ((node = dlist_first(&store->all_sanctions)))
        retire(store, DLIST_ENTRY(node, struct known_sanction, of_all));
    hash_map_fini(&store->sanctions);
}
