/* store_sqlite_sessions — whose tokens are whose, so that somebody who comes back after a restart
 * is the same user, and a message that is sent again is known.
 *
 * Shape:    hashes of tokens, the one seen longest ago first; at most SESSIONS_MAX, and none that
 *           was not seen for SESSION_MS.
 * Owns:     the sessions, until sqlite_sessions_fini.
 * Borrows:  the store.
 * Calls up: nothing.
 * Not here: sessions of people who are here (session.h).
 */
#ifndef CHAT_STORE_SQLITE_SESSIONS_H
#define CHAT_STORE_SQLITE_SESSIONS_H

#include "store_sqlite_private.h"

#define SESSIONS_MAX 65536
#define SESSION_MS (30 * (int64_t)86400000)

/* Add those of the file, which come in the order in which they were seen. Returns 0, or -1. */
int sqlite_sessions_load(struct sqlite_store *store, struct store_db *db);
void sqlite_sessions_fini(struct sqlite_store *store);

/* The store's functions of these names. */
void sqlite_remember(struct store *store, const struct store_session *session);
const char *sqlite_recall(struct store *store, const uint8_t *hash);

/* Forget those that were not seen for long. */
void sqlite_sessions_sweep(struct sqlite_store *store, int64_t now_ms);

/* The job that was to keep one has come back. */
void sqlite_sessions_finish(struct sqlite_store *store, const struct store_job *job);

#endif
