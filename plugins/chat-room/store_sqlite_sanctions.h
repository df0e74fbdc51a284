/* store_sqlite_sanctions — who may not do what in which room, beyond the end of the process.
 *
 * Shape:    by the room's name, so that a room need not have been said anything in; at most
 *           STORE_SANCTIONS_MAX. One that is over is forgotten.
 * Owns:     the sanctions, until sqlite_sanctions_fini.
 * Borrows:  the store.
 * Calls up: the visitor.
 * Not here: whom a sanction hits, which is the room's to say.
 */
#ifndef CHAT_STORE_SQLITE_SANCTIONS_H
#define CHAT_STORE_SQLITE_SANCTIONS_H

#include "store_sqlite_private.h"

/* Add those of the file that are not over. Returns 0, or -1. */
int sqlite_sanctions_load(struct sqlite_store *store, struct store_db *db, int64_t now_ms);
void sqlite_sanctions_fini(struct sqlite_store *store);

/* The store's functions of these names. */
int sqlite_punish(struct store_room *room, const struct store_sanction *sanction);
void sqlite_pardon(struct store_room *room, const struct store_sanction *sanction);
void sqlite_sanctions(struct store_room *room, int64_t now_ms, store_sanction_fn *visit,
                      void *user);

/* Forget those that are over, and tell the file what it did not take. */
void sqlite_sanctions_sweep(struct sqlite_store *store, int64_t now_ms);

/* A job about one of them, or about those that are over, has come back. */
void sqlite_sanctions_finish(struct sqlite_store *store, const struct store_job *job);

#endif
