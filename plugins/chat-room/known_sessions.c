#include "known_sessions.h"

#include <stdlib.h>
#include <string.h>

void known_sessions_init(struct known_sessions *sessions, const struct hash_key *key)
{
    memset(sessions, 0, sizeof(*sessions));
    dlist_init(&sessions->all);
    sessions->key = *key;
}

void known_sessions_fini(struct known_sessions *sessions)
{
    struct known_session *known;

    while ((known = known_sessions_oldest(sessions)))
        known_sessions_forget(sessions, known);
    hash_map_fini(&sessions->by_hash);
}

static uint64_t hash_of(const struct known_sessions *sessions, const uint8_t *hash)
{
    return hash_keyed(&sessions->key, hash, KNOWN_HASH_BYTES);
}

static bool has_hash(const struct hash_node *node, const void *key)
{
    return memcmp(HASH_MAP_ENTRY(node, struct known_session, by_hash)->hash, key,
                  KNOWN_HASH_BYTES) == 0;
}

struct known_session *known_sessions_find(const struct known_sessions *sessions,
                                          const uint8_t *hash)
{
    struct hash_node *node =
        hash_map_find(&sessions->by_hash, hash_of(sessions, hash), has_hash, hash);

    return node ? HASH_MAP_ENTRY(node, struct known_session, by_hash) : NULL;
}

struct known_session *known_sessions_add(struct known_sessions *sessions,
                                         const struct store_session *session)
{
    struct known_session *known = calloc(1, sizeof(*known));

    if (!known)
        return NULL;
    memcpy(known->hash, session->hash, sizeof(known->hash));
    memcpy(known->user, session->user, sizeof(known->user));
    known->seen_ms = session->seen_ms;
    hash_map_insert(&sessions->by_hash, &known->by_hash, hash_of(sessions, known->hash));
    dlist_append(&sessions->all, &known->of_all);
    return known;
}

void known_sessions_see(struct known_sessions *sessions, struct known_session *known,
                        int64_t now_ms)
{
    dlist_remove(&known->of_all);
    dlist_append(&sessions->all, &known->of_all);
    known->seen_ms = now_ms;
}

struct known_session *known_sessions_oldest(const struct known_sessions *sessions)
{
    struct dlist_node *node = dlist_first(&sessions->all);

    return node ? DLIST_ENTRY(node, struct known_session, of_all) : NULL;
}

void known_sessions_forget(struct known_sessions *sessions, struct known_session *known)
{
    hash_map_remove(&sessions->by_hash, &known->by_hash);
    dlist_remove(&known->of_all);
    free(known);
}
