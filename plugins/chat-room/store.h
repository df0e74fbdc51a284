/* store — where numbered messages are kept, and who gives them their numbers.
 *
 * Shape:    a table of functions, so that a room knows neither memory nor disk. A message is shown
 *           to people only after `append` has called back: nobody sees what could still be lost.
 * Owns:     see the implementation (store_memory.h).
 * Borrows:  messages and queries during a call; a store that answers later copies them.
 * Calls up: the callbacks, each exactly once a call, on the loop thread: before the call returns,
 *           or any time later. What they get is good until they return.
 * Not here: live messages (room_log.h).
 */
#ifndef CHAT_STORE_H
#define CHAT_STORE_H

#include "message.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define STORE_EPOCH_BYTES 17 /* 16 hexadecimal digits and a NUL */
#define STORE_PAGE_MAX 100   /* messages of one read */
#define STORE_HASH_BYTES 32  /* of a token's SHA-256 */
#define STORE_USER_BYTES 16  /* of a public id, with its NUL */
#define STORE_SANCTIONS_MAX 16384

/* One room's past in numbers. What is kept has no holes: oldest, oldest + 1, …, head. */
struct store_state {
    char epoch[STORE_EPOCH_BYTES]; /* new whenever the numbers begin anew */
    uint64_t head;                 /* the newest number that was given, 0 before the first */
    uint64_t oldest;               /* the oldest that is kept, head + 1 when none is */
    uint64_t history_from;         /* the oldest that a newcomer may see, head + 1 for none */
    size_t bytes;                  /* of what is kept */
    size_t history_bytes;          /* of what a newcomer may see */
};

/* How a store that answers later is doing. */
struct store_health {
    size_t appends, append_bytes, pages; /* not answered yet */
    bool is_failing;                     /* it could not write, or read, when it tried last */
};

enum store_result {
    STORE_KEPT,
    STORE_KNOWN,    /* the same user sent this cid before: the message is the one of then */
    STORE_FAILED,   /* not kept, and no number used up; the message is as it was given */
    STORE_FORGOTTEN /* the room's history was forgotten while the store had it; show it to nobody */
};

struct store_query {
    uint64_t after, before; /* only numbers between these two, both exclusive */
    size_t limit;           /* messages, at most STORE_PAGE_MAX */
    size_t max_bytes;       /* of their texts; one message is always handed out */
    bool is_newest;         /* rather the last ones between the two than the first ones */
};

/* Whose a secret token is. The store never sees the token itself. */
struct store_session {
    uint8_t hash[STORE_HASH_BYTES];
    char user[STORE_USER_BYTES];
    int64_t seen_ms; /* wall clock */
};

enum store_sanction_kind { STORE_BAN, STORE_MUTE };

/* What somebody may not do in a room for a while. Its name is (kind, user, nick, address), "" where
 * it has none of one: two of one room that share it are the same sanction. */
struct store_sanction {
    enum store_sanction_kind kind;
    const char *user, *nick, *address;
    const char *reason;
    int64_t until_ms; /* wall clock; it is over then, and forgotten */
};

typedef void store_room_fn(void *user, const char *name);

typedef void store_sanction_fn(void *user, const struct store_sanction *sanction);

typedef void store_kept_fn(void *ticket, enum store_result result, const struct message *message);

/* messages: ascending, without holes; none when the range is empty or no longer kept. */
typedef void store_page_fn(void *ticket, const struct message *messages, size_t count);

struct store;
struct store_room;

struct store_ops {
    /* The room's past, empty when it is new. Answers at once: a store on a disk reads the numbers
     * of its rooms before it is handed out. Returns NULL when memory is short. */
    struct store_room *(*open)(struct store *store, const char *name);
    /* Nobody asks for this room any more: it is empty, or the server stops. */
    void (*close)(struct store_room *room);
    /* now_ms: wall clock; what is too old is forgotten first. Good until the next call. */
    const struct store_state *(*state)(struct store_room *room, int64_t now_ms);
    void (*append)(struct store_room *room, const struct message *message, store_kept_fn *done,
                   void *ticket);
    void (*read)(struct store_room *room, const struct store_query *query, store_page_fn *done,
                 void *ticket);
    /* Forget all that was said in the room, and its epoch: from the return on it is as new, with
     * another epoch and numbers from 1, so that no pair of epoch and number ever comes twice. The
     * room stays open. What `append` has not answered yet is answered with STORE_FORGOTTEN, and
     * pages with none. A disk is told at once, before anything that is said later, and again until
     * it takes it; sanctions stay. Returns 0, or -1 when memory is short: nothing is changed. */
    int (*forget)(struct store_room *room);
    /* Keep a sanction of the room beyond the end of the process; one that is the same is replaced.
     * Returns 0, or -1 when memory is short or STORE_SANCTIONS_MAX are kept: it is not, and what
     * was before stays. NULL: a store that does not outlive the process; the room keeps its
     * sanctions itself in every case. */
    int (*punish)(struct store_room *room, const struct store_sanction *sanction);
    /* Forget the one that is the same, if there is one. Comes with `punish`. */
    void (*pardon)(struct store_room *room, const struct store_sanction *sanction);
    /* Visit those of the room that are not over, in any order. Comes with `punish`. Answers at
     * once; what the visitor gets is good until it returns, and it calls nothing of the store. */
    void (*sanctions)(struct store_room *room, int64_t now_ms, store_sanction_fn *visit,
                      void *user);
    /* Visit the names of all rooms of which messages are kept, open or not; they are good until the
     * next call. NULL: a store that keeps nothing of a room that is closed. */
    void (*rooms)(struct store *store, store_room_fn *visit, void *user);
    /* Remember a session, so that it and its cids outlive its connection, as long as its messages
     * are kept. What can't be remembered is forgotten in silence. */
    void (*remember)(struct store *store, const struct store_session *session);
    /* Whose the token is that has this hash, good until the next call, or NULL. Answers at once. */
    const char *(*recall)(struct store *store, const uint8_t *hash);
    /* Call back for what was answered meanwhile, on the loop thread and not from within another
     * call. now_ms: wall clock. Returns whether there is more, for which it has to be called again
     * when people have been told about this. NULL: all callbacks come before a call returns. */
    bool (*deliver)(struct store *store, int64_t now_ms);
    /* NULL: nothing ever is under way, and nothing fails. */
    void (*health)(const struct store *store, struct store_health *out);
    /* Wait until everything is answered, and call back for it. NULL: nothing ever is under way. */
    void (*drain)(struct store *store);
    /* All rooms must be closed. */
    void (*free)(struct store *store);
};

/* The beginning of every store. */
struct store {
    const struct store_ops *ops;
};

#endif
