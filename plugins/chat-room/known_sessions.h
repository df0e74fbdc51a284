/* known_sessions — whose tokens are whose: what a store remembers of sessions, those that are over
 * among them, so that who comes back is the same user and a message sent again is known.
 *
 * Shape:    hashes of tokens, the one seen longest ago first.
 * Owns:     the sessions, until known_sessions_fini.
 * Borrows:  nothing.
 * Calls up: nothing.
 * Not here: sessions of people who are here (session.h).
 */
#ifndef CHAT_KNOWN_SESSIONS_H
#define CHAT_KNOWN_SESSIONS_H

#include "dlist.h"
#include "hash_map.h"
#include "store.h"

#define KNOWN_SESSIONS_MAX 65536                  /* for callers to keep to */
#define KNOWN_SESSION_MS (30 * (int64_t)86400000) /* since it was seen; for callers, too */

/* Of a hash of which no two tokens share so much: there may be many thousands of these. */
#define KNOWN_HASH_BYTES 16

struct known_session {
    struct hash_node by_hash;
    struct dlist_node of_all;
    int64_t seen_ms; /* wall clock */
    uint8_t hash[KNOWN_HASH_BYTES];
    char user[STORE_USER_BYTES];
};

struct known_sessions {
    struct hash_map by_hash;
    struct dlist all;
    struct hash_key key;
};

/* key: random. */
void known_sessions_init(struct known_sessions *sessions, const struct hash_key *key);
void known_sessions_fini(struct known_sessions *sessions);

/* Returns the session with the token of that hash, of STORE_HASH_BYTES, or NULL. */
struct known_session *known_sessions_find(const struct known_sessions *sessions,
                                          const uint8_t *hash);

/* Add a session that is not known, as the one seen last. Returns NULL when memory is short. */
struct known_session *known_sessions_add(struct known_sessions *sessions,
                                         const struct store_session *session);

/* It was seen again, after all others. */
void known_sessions_see(struct known_sessions *sessions, struct known_session *known,
                        int64_t now_ms);

/* Returns the one seen longest ago, or NULL. */
struct known_session *known_sessions_oldest(const struct known_sessions *sessions);

void known_sessions_forget(struct known_sessions *sessions, struct known_session *known);

#endif
