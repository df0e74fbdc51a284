#include "store_sqlite_sessions.h"

#include <stdlib.h>
#include <string.h>

#define FRESH_MS 3600000       /* one that was seen since then need not be written again */
#define FORGOTTEN_AT_ONCE 1024 /* when there are too many */

struct known_session {
    struct hash_node by_hash;
    struct dlist_node of_all;
    int64_t seen_ms; /* as the file has it; 0: it has not */
    uint8_t hash[STORE_HASH_BYTES];
    char user[STORE_USER_BYTES];
};

static uint64_t hash_of(const struct sqlite_store *store, const uint8_t *hash)
{
    return hash_keyed(&store->hash_key, hash, STORE_HASH_BYTES);
}

static bool has_hash(const struct hash_node *node, const void *key)
{
    return memcmp(HASH_MAP_ENTRY(node, struct known_session, by_hash)->hash, key,
                  STORE_HASH_BYTES) == 0;
}

static struct known_session *find(const struct sqlite_store *store, const uint8_t *hash)
{
    struct hash_node *node = hash_map_find(&store->sessions, hash_of(store, hash), has_hash, hash);

    return node ? HASH_MAP_ENTRY(node, struct known_session, by_hash) : NULL;
}

static struct known_session *add(struct sqlite_store *store, const struct store_session *session)
{
    struct known_session *known = calloc(1, sizeof(*known));

    if (!known)
        return NULL;
    memcpy(known->hash, session->hash, sizeof(known->hash));
    memcpy(known->user, session->user, sizeof(known->user));
    hash_map_insert(&store->sessions, &known->by_hash, hash_of(store, known->hash));
    dlist_append(&store->all_sessions, &known->of_all);
    return known;
}

static void forget(struct sqlite_store *store, struct known_session *known)
{
    hash_map_remove(&store->sessions, &known->by_hash);
    dlist_remove(&known->of_all);
    free(known);
}

static struct known_session *oldest(const struct sqlite_store *store)
{
    struct dlist_node *node = dlist_first(&store->all_sessions);

    return node ? DLIST_ENTRY(node, struct known_session, of_all) : NULL;
}

static int load(void *user, const struct store_session *session)
{
    struct known_session *known = add(user, session);

    if (!known)
        return -1;
    known->seen_ms = session->seen_ms;
    return 0;
}

int sqlite_sessions_load(struct sqlite_store *store, struct store_db *db)
{
    return store_db_sessions(db, load, store);
}

void sqlite_sessions_fini(struct sqlite_store *store)
{
    struct known_session *known;

    while ((known = oldest(store)))
        forget(store, known);
    hash_map_fini(&store->sessions);
}

/* Have the file forget those that were seen before the oldest that is left. What it can't be told
 * now, for want of memory, it is told with the next ones. */
static void tell_file(struct sqlite_store *store, int64_t before_ms)
{
    struct store_job *job = sqlite_note_new(store, JOB_FORGET_SESSIONS);

    if (!job)
        return;
    job->before_ms = before_ms;
    sqlite_put_take(store, job);
}

static void make_room(struct sqlite_store *store)
{
    struct known_session *known = NULL;
    int n;

    if (store->sessions.count < SESSIONS_MAX)
        return;
    for (n = 0; n < FORGOTTEN_AT_ONCE; n++)
        forget(store, oldest(store));
    known = oldest(store);
    if (known)
        tell_file(store, known->seen_ms);
}

void sqlite_sessions_sweep(struct sqlite_store *store, int64_t now_ms)
{
    size_t before = store->sessions.count;
    struct known_session *known;

    while ((known = oldest(store)) && known->seen_ms && now_ms - known->seen_ms > SESSION_MS)
        forget(store, known);
    if (store->sessions.count != before)
        tell_file(store, now_ms - SESSION_MS);
}

void sqlite_remember(struct store *store_base, const struct store_session *session)
{
    struct sqlite_store *store = (struct sqlite_store *)(void *)store_base;
    struct known_session *known = find(store, session->hash);
    struct store_job *job;

    if (known && session->seen_ms - known->seen_ms < FRESH_MS)
        return;
    job = sqlite_note_new(store, JOB_SESSION);
    if (!job)
        return;
    if (!known) {
        make_room(store);
        known = add(store, session);
    }
    if (!known) {
        store_job_free(job);
        return;
    }
    dlist_remove(&known->of_all);
    dlist_append(&store->all_sessions, &known->of_all);
    known->seen_ms = session->seen_ms;
    job->session = *session;
    sqlite_put_take(store, job);
}

const char *sqlite_recall(struct store *store, const uint8_t *hash)
{
    struct known_session *known = find((struct sqlite_store *)(void *)store, hash);

    return known ? known->user : NULL;
}

/* One that the file did not take is written again when it is seen again. */
void sqlite_sessions_finish(struct sqlite_store *store, const struct store_job *job)
{
    struct known_session *known;

    known = job->result == STORE_FAILED ? find(store, job->session.hash) : NULL;
    if (known)
        known->seen_ms = 0;
}
