/* sanctions — who may not enter a room, or not speak in it, and until when.
 *
 * Shape:    a list of at most SANCTIONS_MAX; each has an end on the wall clock, and is over then.
 *           A ban holds for whoever has its nick, its user or its address; a mute for its user; a
 *           ban that names none of them for everybody: the room is closed.
 * Owns:     its entries, until sanctions_fini.
 * Borrows:  its arguments, during a call.
 * Calls up: nothing.
 * Not here: where they outlive the process (store.h), who may pronounce them (access.h).
 */
#ifndef CHAT_SANCTIONS_H
#define CHAT_SANCTIONS_H

#include "dlist.h"
#include "nick.h"
#include "sha256.h"
#include "store.h"

#define SANCTIONS_MAX 1000 /* of one room */

struct sanctions {
    struct dlist list;
    size_t count;
};

/* Somebody who comes. NULL: not known. */
struct offender {
    const char *user, *nick, *address;
};

void sanctions_init(struct sanctions *sanctions);
void sanctions_fini(struct sanctions *sanctions);

/* Add a copy. replaces: the caller lifts another one for it at once, so that it needs no place.
 * Returns 0, or -1 when there are SANCTIONS_MAX or memory is short. */
int sanctions_add(struct sanctions *sanctions, const struct store_sanction *sanction, bool replaces,
                  int64_t now_ms);

/* Have the newest one know the secret token of its user, by its hash. */
void sanctions_mark(struct sanctions *sanctions, const uint8_t token_hash[SHA256_BYTES]);

/* Whose the token of that hash is, if one that is not over knows it, or NULL. Good until the next
 * call. */
const char *sanctions_user(struct sanctions *sanctions, const uint8_t token_hash[SHA256_BYTES],
                           int64_t now_ms);

/* When the last ban that names somebody is over; 0 when none does. Those of everybody don't count.
 * O(SANCTIONS_MAX). */
int64_t sanctions_banned(struct sanctions *sanctions, const struct nick_rules *rules,
                         const struct offender *who, int64_t now_ms);

/* When the room, closed to everybody, is open again; 0 when it is open. */
int64_t sanctions_closed(struct sanctions *sanctions, int64_t now_ms);

/* When the last mute of that user is over; 0 when none holds. */
int64_t sanctions_muted(struct sanctions *sanctions, const char *user, int64_t now_ms);

/* The first one of that kind and user that is not over, or NULL. Good until time has gone on. */
const struct store_sanction *sanctions_find(struct sanctions *sanctions,
                                            enum store_sanction_kind kind, const char *user,
                                            int64_t now_ms);

/* The one that was added last, or NULL. Good until time has gone on. */
const struct store_sanction *sanctions_newest(const struct sanctions *sanctions);

/* The first one, of any kind, of that nick (in any case) and that user, either of which may be
 * NULL; not one of everybody. Returns NULL when there is none. Good until the next call. */
const struct store_sanction *sanctions_match(struct sanctions *sanctions,
                                             const struct nick_rules *rules, const char *nick,
                                             const char *user, int64_t now_ms);

/* Take out one that a function above has returned. */
void sanctions_lift(struct sanctions *sanctions, const struct store_sanction *sanction);

/* Whether none holds any more. */
bool sanctions_are_over(struct sanctions *sanctions, int64_t now_ms);

#endif
