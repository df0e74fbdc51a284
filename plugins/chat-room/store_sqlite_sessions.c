#include "store_sqlite_sessions.h"

#include <string.h>

#define FRESH_MS 3600000       /* one that was seen since then need not be written again */
#define FORGOTTEN_AT_ONCE 1024 /* when there are too many */

static int load(void *user, const struct store_session *session)
{
    struct sqlite_store *store = user;

    return known_sessions_add(&store->sessions, session) ? 0 : -1;
}

int sqlite_sessions_load(struct sqlite_store *store, struct store_db *db)
{
    return store_db_sessions(db, load, store);
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
    struct known_session *known;
    int n;

    if (store->sessions.by_hash.count < KNOWN_SESSIONS_MAX)
        return;
    for (n = 0; n < FORGOTTEN_AT_ONCE; n++)
        known_sessions_forget(&store->sessions, known_sessions_oldest(&store->sessions));
    known = known_sessions_oldest(&store->sessions);
    if (known)
        tell_file(store, known->seen_ms);
}

void sqlite_sessions_sweep(struct sqlite_store *store, int64_t now_ms)
{
    size_t before = store->sessions.by_hash.count;
    struct known_session *known;

    while ((known = known_sessions_oldest(&store->sessions)) && known->seen_ms &&
           now_ms - known->seen_ms > KNOWN_SESSION_MS)
        known_sessions_forget(&store->sessions, known);
    if (store->sessions.by_hash.count != before)
        tell_file(store, now_ms - KNOWN_SESSION_MS);
}

void sqlite_remember(struct store *store_base, const struct store_session *session)
{
    struct sqlite_store *store = (struct sqlite_store *)(void *)store_base;
    struct known_session *known = known_sessions_find(&store->sessions, session->hash);
    struct store_job *job;

    if (known && session->seen_ms - known->seen_ms < FRESH_MS)
        return;
    job = sqlite_note_new(store, JOB_SESSION);
    if (!job)
        return;
    if (!known) {
        make_room(store);
        known = known_sessions_add(&store->sessions, session);
    }
    if (!known) {
        store_job_free(job);
        return;
    }
    known_sessions_see(&store->sessions, known, session->seen_ms);
    job->session = *session;
    sqlite_put_take(store, job);
}

const char *sqlite_recall(struct store *store_base, const uint8_t *hash)
{
    struct sqlite_store *store = (struct sqlite_store *)(void *)store_base;
    struct known_session *known = known_sessions_find(&store->sessions, hash);

    return known ? known->user : NULL;
}

/* One that the file did not take is written again when it is seen again. */
void sqlite_sessions_finish(struct sqlite_store *store, const struct store_job *job)
{
    struct known_session *known;

    known = job->result == STORE_FAILED ? known_sessions_find(&store->sessions, job->session.hash)
                                        : NULL;
    if (known)
        known->seen_ms = 0;
}
