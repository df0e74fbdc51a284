#include "room.h"

#include "fanout.h"
#include "seen.h"

#include <stdlib.h>
#include <string.h>

#define TYPING_MEMBERS_MAX 50    /* in larger rooms nobody is told who is typing */
#define TYPING_PAUSE_US 3000000u /* between two of one member */

static void take_sanction(void *user, const struct store_sanction *sanction)
{
    struct room *room = user;

    if (sanctions_add(&room->sanctions, sanction, false, room->world->port->wall_ms()))
        room->has_lost_sanctions = true;
}

/* Nobody gets in because a ban could not be read. Returns 0, or -1 when memory is short. */
static int load_sanctions(struct room *room)
{
    const struct store_ops *ops = room->world->store->ops;

    if (ops->sanctions)
        ops->sanctions(room->past, room->world->port->wall_ms(), take_sanction, room);
    return room->has_lost_sanctions ? -1 : 0;
}

struct room *room_new(struct world *world, const char *name)
{
    struct room *room = calloc(1, sizeof(*room));

    if (!room)
        return NULL;
    room->world = world;
    strcpy(room->name, name);
    dlist_init(&room->members);
    dlist_init(&room->listeners);
    dlist_init(&room->idle_listeners);
    sanctions_init(&room->sanctions);
    room->past = world->store->ops->open(world->store, name);
    if (!room->past || load_sanctions(room)) {
        if (room->past)
            world->store->ops->close(room->past);
        sanctions_fini(&room->sanctions);
        free(room);
        return NULL;
    }
    dlist_append(&world->all_rooms, &room->of_world);
    hash_map_insert(&world->rooms, &room->by_name,
                    hash_keyed(&world->hash_key, name, strlen(name)));
    return room;
}

void room_free(struct room *room)
{
    int rendition;

    for (rendition = 0; rendition < RENDITIONS; rendition++)
        room_log_free(room->logs[rendition]);
    dlist_remove(&room->of_world);
    dlist_remove(&room->dirty);
    hash_map_remove(&room->world->rooms, &room->by_name);
    hash_map_fini(&room->nicks);
    sanctions_fini(&room->sanctions);
    room->world->store->ops->close(room->past);
    free(room);
}

bool room_is_unused(struct room *room)
{
    const struct store_ops *ops = room->world->store->ops;
    int64_t now_ms = room->world->port->wall_ms();
    const struct store_state *past;

    if (room->count || room->errands || dlist_first(&room->listeners))
        return false;
    if (!ops->punish && !sanctions_are_over(&room->sanctions, now_ms))
        return false;
    past = ops->state(room->past, now_ms);
    return past->oldest > past->head;
}

void room_append(struct room *room, enum rendition rendition, const struct bytes *event)
{
    struct room_log *log = room->logs[rendition];
    struct counters *counters = &room->world->counters;

    if (!log || (rendition == RENDITION_EVENTS ? room_log_append_bytes
                                               : room_log_append)(log, event->data, event->len))
        return;
    counters->events++;
    counters->deliveries += room->readers[rendition];
    room->is_stale = true;
    room_mark(room);
}

void room_lose(struct room *room, enum rendition rendition)
{
    if (!room->logs[rendition])
        return;
    room_log_break(room->logs[rendition]);
    room->is_stale = true;
    room_mark(room);
}

struct wire_person member_person(const struct member *member)
{
    return (struct wire_person){.nick = member->nick, .user = member->session->user};
}

const char *member_label(const struct member *member)
{
    return member->label ? member->label : member->nick;
}

/* Tell those who are here that somebody came or went. A large room would do nothing else. */
static void tell_presence(const struct member *member, enum wire_presence what, const char *reason)
{
    struct room *room = member->room;
    struct world *world = room->world;
    unsigned long limit = world->options->presence_limit;
    struct wire_person who = member_person(member);
    int64_t time_ms = world->port->wall_ms();
    struct bytes *event = &world->scratch;

    if (limit && room->count > limit) {
        world->counters.untold++;
        return;
    }
    if (room->logs[RENDITION_JSON]) {
        bytes_clear(event);
        if (!wire_presence(event, what, room->name, &who, time_ms,
                           what == WIRE_JOIN ? room->count : room->count - 1, reason))
            room_append(room, RENDITION_JSON, event);
    }
    if (room->logs[RENDITION_TEXT]) {
        bytes_clear(event);
        if (!(what == WIRE_JOIN ? text_mode_open : text_mode_close)(event, &world->options->text,
                                                                    member_label(member), time_ms))
            room_append(room, RENDITION_TEXT, event);
    }
}

struct nick_key {
    const struct nick_rules *rules;
    const char *nick;
    size_t len;
};

static bool has_nick(const struct hash_node *node, const void *key)
{
    const struct member *member = HASH_MAP_ENTRY(node, struct member, by_nick);
    const struct nick_key *wanted = key;

    return nick_is_same(wanted->rules, member->nick, strlen(member->nick), wanted->nick,
                        wanted->len);
}

struct member *room_find(const struct room *room, const char *nick, size_t len)
{
    const struct nick_rules *rules = &room->world->nicks;
    struct nick_key key = {.rules = rules, .nick = nick, .len = len};
    struct hash_node *node = hash_map_find(
        &room->nicks, nick_hash(rules, &room->world->hash_key, nick, len), has_nick, &key);

    return node ? HASH_MAP_ENTRY(node, struct member, by_nick) : NULL;
}

struct member *room_find_user(const struct room *room, const char *user)
{
    struct dlist_node *node;

    for (node = dlist_first(&room->members); node; node = dlist_next(&room->members, node))
        if (strcmp(DLIST_ENTRY(node, struct member, of_room)->session->user, user) == 0)
            return DLIST_ENTRY(node, struct member, of_room);
    return NULL;
}

static void map_nick(struct member *member)
{
    const struct world *world = member->room->world;

    hash_map_insert(&member->room->nicks, &member->by_nick,
                    nick_hash(&world->nicks, &world->hash_key, member->nick, strlen(member->nick)));
}

/* Whether somebody has nick-<number>, which is left in `out`. */
static bool has_numbered(const struct room *room, char out[NICK_BYTES_MAX + 1], const char *nick,
                         unsigned number)
{
    return room_find(room, out, nick_suffixed(out, nick, strlen(nick), number));
}

/* The nick, with a number behind it when somebody has it: one that is free while the one before is
 * not. To try one after the other would cost half a million searches for a thousand guests.
 * Returns NULL when memory is short. */
static char *free_nick(const struct room *room, const char *nick)
{
    char tried[NICK_BYTES_MAX + 1];
    unsigned taken = 1, free_one = 2;

    if (!room_find(room, nick, strlen(nick)))
        return strdup(nick);
    while (has_numbered(room, tried, nick, free_one)) {
        taken = free_one;
        free_one *= 2;
    }
    while (free_one - taken > 1) {
        unsigned middle = taken + (free_one - taken) / 2;

        *(has_numbered(room, tried, nick, middle) ? &taken : &free_one) = middle;
    }
    nick_suffixed(tried, nick, strlen(nick), free_one);
    return strdup(tried);
}

int member_live(struct member *member)
{
    struct room *room = member->room;
    struct room_log **log = &room->logs[member->rendition];

    if (member->is_live)
        return 0;
    if (!*log)
        *log = room_log_new(room->world->options->room_log_bytes);
    if (!*log)
        return -1;
    room->readers[member->rendition]++;
    member->cursor = room_log_head(*log);
    member->is_live = true;
    return 0;
}

void member_silence(struct member *member)
{
    struct room *room = member->room;

    replay_stop(member);
    if (!member->is_live)
        return;
    member->is_live = false;
    if (--room->readers[member->rendition])
        return;
    room_log_free(room->logs[member->rendition]);
    room->logs[member->rendition] = NULL;
}

static void free_member(struct member *member)
{
    free(member->nick);
    free(member->label);
    free(member);
}

enum refusal room_add(struct room *room, struct session *session, const char *nick,
                      const char *label, struct member **out)
{
    unsigned long limit = room->world->options->max_participants;
    struct member *member;

    if (limit && room->count >= limit)
        return REFUSAL_ROOM_FULL;
    member = calloc(1, sizeof(*member));
    if (!member)
        return REFUSAL_INTERNAL;
    member->room = room;
    member->session = session;
    member->rendition = session->conn->mode == CONN_TEXT ? RENDITION_TEXT : RENDITION_JSON;
    member->nick = free_nick(room, nick);
    member->label = label ? strdup(label) : NULL;
    member->muted_until_ms =
        sanctions_muted(&room->sanctions, session->user, room->world->port->wall_ms());
    if (!member->nick || (label && !member->label) || member_live(member)) {
        free_member(member);
        return REFUSAL_INTERNAL;
    }
    dlist_append(&room->members, &member->of_room);
    dlist_append(&session->members, &member->of_session);
    map_nick(member);
    room->count++;
    session->room_count++;
    room->world->counters.joins++;
    seen_join(member);
    tell_presence(member, WIRE_JOIN, NULL);
    if (member->rendition == RENDITION_JSON)
        member->cursor = room_log_head(room->logs[RENDITION_JSON]);
    *out = member;
    return REFUSAL_NONE;
}

void room_remove(struct member *member, const char *reason)
{
    struct room *room = member->room;

    member_silence(member);
    room->world->counters.leaves++;
    seen_leave(member, reason);
    if (reason)
        tell_presence(member, WIRE_LEAVE, reason);
    if (room->flush_next == &member->of_room)
        room->flush_next = dlist_next(&room->members, &member->of_room);
    waiting_stop(&member->away);
    dlist_remove(&member->of_room);
    dlist_remove(&member->of_session);
    hash_map_remove(&room->nicks, &member->by_nick);
    room->count--;
    member->session->room_count--;
    free_member(member);
}

enum refusal room_rename(struct member *member, const char *nick, size_t len)
{
    struct room *room = member->room;
    struct bytes *event = &room->world->scratch;
    struct member *holder = room_find(room, nick, len);
    struct wire_person who;
    char *previous = member->nick, *copy;

    if (holder && holder != member)
        return REFUSAL_NICK_IN_USE;
    copy = strndup(nick, len);
    if (!copy)
        return REFUSAL_INTERNAL;
    hash_map_remove(&room->nicks, &member->by_nick);
    member->nick = copy;
    map_nick(member);
    who = member_person(member);
    bytes_clear(event);
    if (!wire_renamed(event, room->name, &who, previous))
        room_append(room, RENDITION_JSON, event);
    free(previous);
    return REFUSAL_NONE;
}

void room_typing(struct member *member, bool is_active)
{
    struct room *room = member->room;
    struct bytes *event = &room->world->scratch;
    struct wire_person who = member_person(member);
    uint64_t now_us = room->world->port->now_us();

    if (room->count > TYPING_MEMBERS_MAX || (!is_active && !member->is_typing) ||
        (is_active && member->typing_us && now_us - member->typing_us < TYPING_PAUSE_US))
        return;
    member->is_typing = is_active;
    if (is_active)
        member->typing_us = now_us;
    bytes_clear(event);
    if (!wire_typing(event, room->name, &who, is_active))
        room_append(room, RENDITION_JSON, event);
}
