/* store_sqlite_sessions — the sessions that the file knows (known_sessions.h), so that somebody who
 * comes back after a restart is the same user, too.
 *
 * Shape:    at most KNOWN_SESSIONS_MAX, and none that was not seen for KNOWN_SESSION_MS.
 * Owns:     nothing.
 * Borrows:  the store.
 * Calls up: nothing.
 * Not here: sessions of people who are here (session.h).
 */
#ifndef CHAT_STORE_SQLITE_SESSIONS_H
#define CHAT_STORE_SQLITE_SESSIONS_H

#include "store_sqlite_private.h"

/* Add those of the file, which come in the order in which they were seen. Returns 0, or -1. */
int sqlite_sessions_load(struct sqlite_store *store, struct store_db *db);

/* The store's functions of these names. */
void sqlite_remember(struct store *store, const struct store_session *session);
const char *sqlite_recall(struct store *store, const uint8_t *hash);

/* Forget those that were not seen for long. */
void sqlite_sessions_sweep(struct sqlite_store *store, int64_t now_ms);

/* The job that was to keep one has come back. */
void sqlite_sessions_finish(struct sqlite_store *store, const struct store_job *job);

#endif
