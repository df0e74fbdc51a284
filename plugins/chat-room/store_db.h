/* store_db — the SQLite file that a chat's rooms and messages are kept in.
 *
 * Shape:    tables of rooms (name, epoch, head) and of messages by room and number; WAL; the file
 *           is locked for as long as it is open. Every function here may wait for the disk, so
 *           only the opening is done on the loop's thread; afterwards all calls come from one
 *           thread.
 * Owns:     the connection and its prepared statements, until store_db_close.
 * Borrows:  what it is given, during a call.
 * Calls up: the visitors.
 * Not here: what is kept for how long (store_past.h), the thread (store_worker.h).
 */
#ifndef CHAT_STORE_DB_H
#define CHAT_STORE_DB_H

#include "problem.h"
#include "store.h"

struct store_db;

/* Open or create. Waits up to two seconds for another process that is just letting go of the file.
 * survives_power_loss: whether a commit waits until the disk has it.
 * Returns NULL with `problem` filled (its text names the file): it can't be opened or written, is
 * held by another process, is not a database, is damaged, or belongs to another program or to a
 * newer version of this one. Such a file is left as it is. Takes as long as reading the file. */
struct store_db *store_db_open(const char *path, bool survives_power_loss, struct problem *problem);
void store_db_close(struct store_db *db);

/* What was read makes sense. Until then closing writes nothing, not even what the log beside the
 * file holds of an earlier process. */
void store_db_accept(struct store_db *db);

/* What chance gave this file, for epochs; anew whenever a room was dropped. */
uint64_t store_db_seed(const struct store_db *db);

/* Set the seed of a file that has none yet, or the next one. Returns 0, or -1. */
int store_db_put_seed(struct store_db *db, uint64_t seed);

struct store_db_room {
    int64_t id;
    const char *name, *epoch;
    uint64_t head;
};

/* Returns 0 to go on, -1 to stop. */
typedef int store_db_room_fn(void *user, const struct store_db_room *room);
typedef int store_db_entry_fn(void *user, int64_t room, uint64_t offset, int64_t time_ms,
                              size_t text_bytes);

/* Visit all rooms, then the times and sizes of all messages by room and number. text_bytes: of all
 * texts of the message together. Return 0, or -1 when the file can't be read or a visitor stopped.
 */
int store_db_rooms(struct store_db *db, store_db_room_fn *visit, void *user);
int store_db_entries(struct store_db *db, store_db_entry_fn *visit, void *user);

/* Visit all sessions, the one seen longest ago first. Returns as the others. */
typedef int store_db_session_fn(void *user, const struct store_session *session);
int store_db_sessions(struct store_db *db, store_db_session_fn *visit, void *user);

/* A sanction and the name of its room. */
struct disk_sanction {
    const char *room;
    struct store_sanction sanction;
};

/* Visit all sanctions. Returns as the others. */
typedef int store_db_sanction_fn(void *user, const struct disk_sanction *disk);
int store_db_sanctions(struct store_db *db, store_db_sanction_fn *visit, void *user);

/* One transaction. Return 0, or -1; after a begin or a commit that failed there is nothing left to
 * undo but what store_db_rollback undoes. */
int store_db_begin(struct store_db *db);
int store_db_commit(struct store_db *db);
void store_db_rollback(struct store_db *db);

/* Within a transaction. Return 0, or -1: the transaction has to be rolled back.
 * free_name: what another room of that name, that should have been dropped, has left. */
int store_db_free_name(struct store_db *db, int64_t id, const char *name);
int store_db_put_room(struct store_db *db, const struct store_db_room *room);
int store_db_put_message(struct store_db *db, int64_t room, const struct message *message);
int store_db_forget(struct store_db *db, int64_t room, uint64_t oldest);
int store_db_drop_room(struct store_db *db, int64_t room);
int store_db_put_session(struct store_db *db, const struct store_session *session);
int store_db_forget_sessions(struct store_db *db, int64_t before_ms);
int store_db_punish(struct store_db *db, const struct disk_sanction *disk);
int store_db_pardon(struct store_db *db, const struct disk_sanction *disk);
int store_db_forget_sanctions(struct store_db *db, int64_t before_ms);

/* message: its texts are good until it returns. Returns 0 to go on, -1 to stop. */
typedef int store_db_message_fn(void *user, const struct message *message);

/* Visit the message of that user and cid, if its number is at least `oldest`. Returns 0, or -1. */
int store_db_find(struct store_db *db, int64_t room, const struct message *like, uint64_t oldest,
                  store_db_message_fn *visit, void *user);

/* Visit the messages between the query's bounds, ascending or, when it is_newest, descending, and
 * at most `limit` of them. Returns 0, or -1 when the file can't be read or the visitor stopped. */
int store_db_page(struct store_db *db, int64_t room, const struct store_query *query,
                  store_db_message_fn *visit, void *user);

/* Why the last call failed, until the next one. */
const char *store_db_error(const struct store_db *db);

#endif
