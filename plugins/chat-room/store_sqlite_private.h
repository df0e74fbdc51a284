/* store_sqlite_private — what the files of store_sqlite share: the store, and its rooms.
 *
 * Shape:    see store_sqlite.h.
 * Owns:     see store_sqlite.h.
 * Borrows:  nothing.
 * Calls up: nothing.
 */
#ifndef CHAT_STORE_SQLITE_PRIVATE_H
#define CHAT_STORE_SQLITE_PRIVATE_H

#include "dlist.h"
#include "hash_map.h"
#include "known_sessions.h"
#include "store_past.h"
#include "store_sqlite.h"
#include "store_worker.h"

struct sqlite_store {
    struct store store;
    struct store_sqlite_config config;
    struct store_worker *worker;
    struct hash_map rooms;
    struct known_sessions sessions;
    struct dlist all_rooms;
    struct dlist closed_rooms; /* the one that was closed longest ago first */
    struct store_queue ready;  /* done, and not handed out yet */
    struct hash_map sanctions;
    struct dlist all_sanctions;
    bool has_old_sanctions; /* the file has some that are over */
    size_t appends, append_bytes, pages;
    size_t notes;     /* of sessions and sanctions, under way */
    size_t jobs;      /* with the thread, or ready */
    int64_t swept_ms; /* when what is old was looked for */
    int64_t next_id;
    uint64_t seed;
    struct hash_key hash_key;
    bool is_failing;
};

struct store_room {
    struct sqlite_store *store;
    struct hash_node by_name;
    struct dlist_node of_all, of_closed;
    struct past past;
    struct disk_room disk; /* the thread's */
    uint64_t told_oldest;  /* what the thread knows, or will */
    size_t appends;        /* under way */
    size_t jobs;           /* under way, these included */
    bool is_telling;       /* a job is under way that says nothing but what is forgotten */
    bool is_filed;         /* has a row in the file, or will: its epoch can't be made again */
    char name[];
};

/* A job of a session or a sanction. Returns NULL when memory is short or STORE_NOTES_MAX of them
 * wait for the disk. */
struct store_job *sqlite_note_new(const struct sqlite_store *store, enum store_job_kind kind);

/* Hand a job over to the thread; one of a room that writes tells it what the room has forgotten,
 * too. */
void sqlite_put_take(struct sqlite_store *store, struct store_job *job);
void sqlite_room_put_take(struct store_room *room, struct store_job *job);

/* A job of the room has come back. */
void sqlite_room_finish(struct store_room *room, const struct store_job *job);

/* Have the file forget what the rooms have forgotten. A message's job says so, too: this is for
 * rooms in which nobody says anything. */
void sqlite_rooms_sweep(struct sqlite_store *store, int64_t now_ms);

/* Make a room that nobody has open. Returns NULL when memory is short. */
struct store_room *sqlite_room_new(struct sqlite_store *store, const struct store_db_room *row);
void sqlite_room_free(struct store_room *room);

/* The store's functions `rooms`, `open`, `close` and `forget`. */
void sqlite_visit_rooms(struct store *store, store_room_fn *visit, void *user);
struct store_room *sqlite_open_room(struct store *store, const char *name);
void sqlite_close_room(struct store_room *room);
int sqlite_forget_room(struct store_room *room);

/* Make the rooms that are in the file. Returns 0, or -1 with `problem` filled. */
int sqlite_load(struct sqlite_store *store, struct store_db *db, int64_t now_ms,
                struct problem *problem);

/* Memory that a message stands for in history-bytes. */
uint32_t sqlite_message_bytes(size_t text_bytes);

#endif
