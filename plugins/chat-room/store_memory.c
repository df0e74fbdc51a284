#include "store_memory.h"

#include "hash_map.h"
#include "known_sessions.h"
#include "store_past.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct kept {
    struct hash_node by_cid;
    struct message message;
    size_t bytes;
    char texts[];
};

struct memory_store {
    struct store store;
    struct store_limits limits;
    void (*random)(void *bytes, size_t len);
    struct hash_key hash_key;
    struct known_sessions sessions;
};

struct store_room {
    struct memory_store *store;
    struct past past;   /* which messages are kept, and which of them are the history */
    struct kept **ring; /* message n stands at n modulo ring_size */
    size_t ring_size;   /* a power of two, or 0 */
    struct hash_map cids;
};

static struct kept **slot(const struct store_room *room, uint64_t offset)
{
    return &room->ring[offset & (room->ring_size - 1)];
}

/* Free the messages from `offset` up to the first that is still kept. */
static void drop_from(struct store_room *room, uint64_t offset)
{
    for (; offset < room->past.state.oldest; offset++) {
        struct kept *kept = *slot(room, offset);

        hash_map_remove(&room->cids, &kept->by_cid);
        free(kept);
    }
}

static void forget_expired(struct store_room *room, int64_t now_ms)
{
    uint64_t oldest = room->past.state.oldest;

    past_expire(&room->past, &room->store->limits, now_ms);
    drop_from(room, oldest);
}

static void forget_excess(struct store_room *room)
{
    uint64_t oldest = room->past.state.oldest;

    past_bound(&room->past, &room->store->limits);
    drop_from(room, oldest);
}

static int grow_ring(struct store_room *room)
{
    struct kept **old = room->ring, **ring;
    size_t old_size = room->ring_size, size = old_size ? old_size * 2 : 16;
    uint64_t n;

    if (room->past.state.head + 1 - room->past.state.oldest < old_size)
        return 0;
    ring = malloc(size * sizeof(*ring));
    if (!ring)
        return -1;
    room->ring = ring;
    room->ring_size = size;
    for (n = room->past.state.oldest; n <= room->past.state.head; n++)
        *slot(room, n) = old[n & (old_size - 1)];
    free(old);
    return 0;
}

static const char *copy_text(char **to, const char *text, size_t len)
{
    char *copy = *to;

    memcpy(copy, text, len);
    copy[len] = '\0';
    *to += len + 1;
    return copy;
}

static struct kept *copy_message(const struct message *message)
{
    size_t nick = strlen(message->nick), label = strlen(message->label);
    size_t user = strlen(message->user), cid = strlen(message->cid);
    size_t texts = nick + label + user + cid + message->text_len + 5;
    struct kept *kept = malloc(sizeof(*kept) + texts);
    char *to;

    if (!kept)
        return NULL;
    memset(&kept->by_cid, 0, sizeof(kept->by_cid));
    to = kept->texts;
    kept->message = *message;
    kept->message.nick = copy_text(&to, message->nick, nick);
    kept->message.label = copy_text(&to, message->label, label);
    kept->message.user = copy_text(&to, message->user, user);
    kept->message.cid = copy_text(&to, message->cid, cid);
    kept->message.text = copy_text(&to, message->text, message->text_len);
    kept->bytes = sizeof(*kept) + texts;
    return kept;
}

/* The user is chance's choice, so its hash is as good a key as any. */
static uint64_t cid_hash(const struct store_room *room, const struct message *message)
{
    struct hash_key key = room->store->hash_key;

    key.words[0] ^= hash_keyed(&key, message->user, strlen(message->user));
    return hash_keyed(&key, message->cid, strlen(message->cid));
}

static bool has_cid(const struct hash_node *node, const void *key)
{
    const struct message *kept = &HASH_MAP_ENTRY(node, struct kept, by_cid)->message;
    const struct message *message = key;

    return strcmp(kept->cid, message->cid) == 0 && strcmp(kept->user, message->user) == 0;
}

static void append(struct store_room *room, const struct message *message, store_kept_fn *done,
                   void *ticket)
{
    uint64_t hash = message->cid[0] ? cid_hash(room, message) : 0;
    struct hash_node *known;
    struct kept *kept;

    forget_expired(room, message->time_ms);
    known = message->cid[0] ? hash_map_find(&room->cids, hash, has_cid, message) : NULL;
    if (known) {
        done(ticket, STORE_KNOWN, &HASH_MAP_ENTRY(known, struct kept, by_cid)->message);
        return;
    }
    kept = past_reserve(&room->past, 1) || grow_ring(room) ? NULL : copy_message(message);
    if (!kept) {
        done(ticket, STORE_FAILED, message);
        return;
    }
    past_add(&room->past, kept->message.time_ms, (uint32_t)kept->bytes);
    kept->message.offset = room->past.state.head;
    *slot(room, kept->message.offset) = kept;
    if (message->cid[0])
        hash_map_insert(&room->cids, &kept->by_cid, hash);
    done(ticket, STORE_KEPT, &kept->message);
    forget_excess(room);
}

/* The first number of the page that `query` asks for within first..last. */
static uint64_t page_start(const struct store_room *room, const struct store_query *query,
                           uint64_t first, uint64_t last)
{
    size_t count = 0, bytes = 0;
    uint64_t n;

    if (!query->is_newest)
        return first;
    for (n = last + 1; n > first && count < query->limit; n--, count++) {
        bytes += (*slot(room, n - 1))->message.text_len;
        if (count && bytes > query->max_bytes)
            break;
    }
    return n;
}

static void read_page(struct store_room *room, const struct store_query *query, store_page_fn *done,
                      void *ticket)
{
    struct message page[STORE_PAGE_MAX];
    uint64_t first = query->after + 1, last = query->before - 1;
    size_t count = 0, bytes = 0;

    if (first < room->past.state.oldest)
        first = room->past.state.oldest;
    if (last > room->past.state.head)
        last = room->past.state.head;
    if (first <= last)
        first = page_start(room, query, first, last);
    for (; first <= last && count < query->limit && count < STORE_PAGE_MAX; first++) {
        page[count] = (*slot(room, first))->message;
        bytes += page[count].text_len;
        if (count && bytes > query->max_bytes)
            break;
        count++;
    }
    done(ticket, page, count);
}

static void begin_past(struct store_room *room)
{
    char epoch[STORE_EPOCH_BYTES];
    uint64_t number;

    room->store->random(&number, sizeof(number));
    snprintf(epoch, sizeof(epoch), "%016llx", (unsigned long long)number);
    past_init(&room->past, epoch, 0);
}

static void forget_all(struct store_room *room)
{
    uint64_t oldest = room->past.state.oldest;

    room->past.state.oldest = room->past.state.head + 1;
    drop_from(room, oldest);
    past_fini(&room->past);
}

static int forget(struct store_room *room)
{
    forget_all(room);
    begin_past(room);
    return 0;
}

static struct store_room *open_room(struct store *store, const char *name)
{
    struct store_room *room = calloc(1, sizeof(*room));

    (void)name;
    if (!room)
        return NULL;
    room->store = (struct memory_store *)(void *)store;
    begin_past(room);
    return room;
}

static void close_room(struct store_room *room)
{
    if (!room)
        return;
    forget_all(room);
    hash_map_fini(&room->cids);
    free(room->ring);
    free(room);
}

static const struct store_state *state(struct store_room *room, int64_t now_ms)
{
    forget_expired(room, now_ms);
    return &room->past.state;
}

static void remember(struct store *store, const struct store_session *session)
{
    struct known_sessions *sessions = &((struct memory_store *)(void *)store)->sessions;
    struct known_session *known = known_sessions_find(sessions, session->hash), *oldest;

    if (known) {
        known_sessions_see(sessions, known, session->seen_ms);
        return;
    }
    while ((oldest = known_sessions_oldest(sessions)) &&
           (sessions->by_hash.count >= KNOWN_SESSIONS_MAX ||
            session->seen_ms - oldest->seen_ms > KNOWN_SESSION_MS))
        known_sessions_forget(sessions, oldest);
    known_sessions_add(sessions, session);
}

static const char *recall(struct store *store, const uint8_t *hash)
{
    const struct known_session *known =
        known_sessions_find(&((struct memory_store *)(void *)store)->sessions, hash);

    return known ? known->user : NULL;
}

static void free_store(struct store *store_base)
{
    struct memory_store *store = (struct memory_store *)(void *)store_base;

    known_sessions_fini(&store->sessions);
    free(store);
}

static const struct store_ops memory_ops = {
    .open = open_room,
    .close = close_room,
    .state = state,
    .append = append,
    .read = read_page,
    .forget = forget,
    .remember = remember,
    .recall = recall,
    .free = free_store,
};

struct store *store_memory_new(const struct store_limits *limits,
                               void (*random)(void *bytes, size_t len))
{
    struct memory_store *store = calloc(1, sizeof(*store));

    if (!store)
        return NULL;
    store->store.ops = &memory_ops;
    store->limits = *limits;
    store->random = random;
    random(&store->hash_key, sizeof(store->hash_key));
    known_sessions_init(&store->sessions, &store->hash_key);
    return &store->store;
}
