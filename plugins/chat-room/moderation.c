#include "moderation.h"

#include "listener.h"
#include "utf8.h"

#include <stdio.h>
#include <string.h>

#define WORDS_BYTES (4 * MODERATION_REASON_CHARS + 64)

/* One measure with all that it needs looked up. */
struct order {
    struct room *room;
    struct measure *measure;
    struct member *target; /* NULL where it is about nobody who is there */
    const char *reason;    /* one clean line, "" for none */
    int64_t now_ms;
    uint64_t seconds;
};

static const char *const names[] = {
    [MODERATION_KICK] = "kick",
    [MODERATION_MUTE] = "mute",
    [MODERATION_BAN] = "ban",
    [MODERATION_UNBAN] = "unban",
    [MODERATION_CLOSE_ROOM] = "close_room",
};

enum moderation moderation_named(const char *name)
{
    size_t n;

    for (n = MODERATION_KICK; n < sizeof(names) / sizeof(names[0]); n++)
        if (strcmp(names[n], name) == 0)
            return (enum moderation)n;
    return MODERATION_NONE;
}

static enum refusal bad(struct measure *measure, const char *trouble)
{
    measure->trouble = trouble;
    return REFUSAL_BAD_REQUEST;
}

/* The reason as one line, in the world's scratch for clean texts. */
static enum refusal read_reason(struct world *world, struct measure *measure, const char **reason)
{
    struct bytes *clean = &world->clean;

    *reason = "";
    if (!measure->reason.at || measure->reason.len == 0)
        return REFUSAL_NONE;
    if (utf8_count(measure->reason.at, measure->reason.len) > MODERATION_REASON_CHARS)
        return bad(measure, "\"reason\" must be a string of at most 100 characters.");
    bytes_clear(clean);
    if (utf8_clean_line(clean, measure->reason.at, measure->reason.len))
        return REFUSAL_INTERNAL;
    *reason = clean->data;
    return REFUSAL_NONE;
}

/* The member that is meant. */
static enum refusal find_target(const struct room *room, const struct measure *measure,
                                struct member **out)
{
    struct member *member = measure->nick.at ? room_find(room, measure->nick.at, measure->nick.len)
                                             : room_find_user(room, measure->user.at);

    if (!member || (measure->user.at && strcmp(member->session->user, measure->user.at) != 0))
        return REFUSAL_NO_SUCH_USER;
    *out = member;
    return REFUSAL_NONE;
}

static void lift(struct room *room, const struct store_sanction *sanction)
{
    const struct store_ops *ops = room->world->store->ops;

    if (ops->pardon)
        ops->pardon(room->past, sanction);
    sanctions_lift(&room->sanctions, sanction);
}

/* So that who comes again with its token is known again. */
static void mark(struct room *room, const struct session *session)
{
    uint8_t hash[SHA256_BYTES];
    char token[SESSION_TOKEN_BYTES];

    session_token(session, token);
    sha256(token, strlen(token), hash);
    sanctions_mark(&room->sanctions, hash);
}

/* Where both are in force the store has one, the newer. */
static bool is_same(const struct store_sanction *one, const struct store_sanction *other)
{
    return strcmp(one->nick, other->nick) == 0 && strcmp(one->address, other->address) == 0;
}

/* Let a sanction hold, instead of one of the same kind and user, which stays when it can't. */
static enum refusal pronounce(const struct order *order, enum store_sanction_kind kind,
                              const struct member *member)
{
    struct room *room = order->room;
    const struct store_ops *ops = room->world->store->ops;
    const struct session *session = member ? member->session : NULL;
    struct store_sanction sanction = {
        .kind = kind,
        .user = session ? session->user : "",
        .nick = member ? member->nick : "",
        .address = session && kind == STORE_BAN ? session->address : "",
        .reason = order->reason,
        .until_ms = order->now_ms + (int64_t)order->seconds * 1000,
    };
    const struct store_sanction *before =
        sanctions_find(&room->sanctions, kind, sanction.user, order->now_ms);

    if (sanctions_add(&room->sanctions, &sanction, before != NULL, order->now_ms))
        return REFUSAL_TOO_MANY_BANS;
    if (session)
        mark(room, session);
    if (ops->punish && ops->punish(room->past, &sanction)) {
        sanctions_lift(&room->sanctions, sanctions_newest(&room->sanctions));
        return REFUSAL_TOO_MANY_BANS;
    }
    if (before && is_same(before, &sanction))
        sanctions_lift(&room->sanctions, before);
    else if (before)
        lift(room, before);
    return REFUSAL_NONE;
}

/* Out of the room, and the connection ends with `code` when this was its only one; else it is told
 * as the others are, with words of its own. */
static void expel(struct member *member, unsigned code, const char *words)
{
    struct room *room = member->room;
    struct session *session = member->session;
    struct conn *conn = session->conn;
    struct bytes *event = &room->world->scratch;
    struct wire_person who = member_person(member);

    if (conn && session->room_count > 1) {
        bytes_clear(event);
        if (!wire_expelled(event, room->name, &who, room->world->port->wall_ms(), room->count - 1,
                           words))
            conn_send(conn, event->data, event->len);
    }
    room_remove(member, "kicked");
    if (session->room_count > 0)
        return;
    if (conn)
        conn_close(conn, code, words);
    else
        session_free(session, NULL);
}

static void put_words(char out[WORDS_BYTES], const char *what, const char *reason)
{
    snprintf(out, WORDS_BYTES, "%s%s%s", what, reason[0] ? ": " : "", reason);
}

static enum refusal on_kick(struct order *order)
{
    char words[WORDS_BYTES];

    put_words(words, "kicked", order->reason);
    expel(order->target, CLOSE_KICKED, words);
    return REFUSAL_NONE;
}

static enum refusal on_mute(struct order *order)
{
    enum refusal refusal = pronounce(order, STORE_MUTE, order->target);

    if (!refusal)
        order->target->muted_until_ms = order->now_ms + (int64_t)order->seconds * 1000;
    return refusal;
}

static enum refusal on_ban(struct order *order)
{
    enum refusal refusal = pronounce(order, STORE_BAN, order->target);
    char words[WORDS_BYTES], what[40];

    if (refusal)
        return refusal;
    snprintf(what, sizeof(what), "banned for %llu s", (unsigned long long)order->seconds);
    put_words(words, what, order->reason);
    expel(order->target, CLOSE_BANNED, words);
    return REFUSAL_NONE;
}

/* Whoever is banned is not there, so the sanctions are asked. */
static enum refusal on_unban(struct order *order)
{
    const struct measure *measure = order->measure;
    struct room *room = order->room;
    const struct store_sanction *sanction;
    enum refusal refusal = REFUSAL_NO_SUCH_USER;

    while ((sanction = sanctions_match(&room->sanctions, &room->world->nicks, measure->nick.at,
                                       measure->user.at, order->now_ms))) {
        struct member *member = room_find_user(room, sanction->user);

        if (member && sanction->kind == STORE_MUTE)
            member->muted_until_ms = 0;
        lift(room, sanction);
        refusal = REFUSAL_NONE;
    }
    return refusal;
}

/* One member of a room that closes. Text clients have nothing but their room. */
static void send_off(struct member *member, const struct bytes *event)
{
    struct session *session = member->session;
    struct conn *conn = session->conn;
    bool is_text = member->rendition == RENDITION_TEXT;

    room_remove(member, NULL);
    if (conn && is_text)
        conn_close(conn, CLOSE_NO_ENTRY, refusal_info(REFUSAL_ROOM_CLOSED)->reason);
    else if (conn)
        conn_send(conn, event->data, event->len);
    else if (session->room_count == 0)
        session_free(session, NULL);
}

static enum refusal on_close_room(struct order *order)
{
    struct room *room = order->room;
    struct world *world = room->world;
    struct bytes event = {0};
    struct dlist_node *node;
    enum refusal refusal = REFUSAL_NONE;

    if (!order->measure->has_seconds && room_is_unused(room))
        return REFUSAL_NO_SUCH_ROOM;
    if (wire_room_closed(&event, room->name, order->reason[0] ? order->reason : "closed"))
        refusal = REFUSAL_INTERNAL;
    if (!refusal && order->measure->has_seconds)
        refusal = pronounce(order, STORE_BAN, NULL);
    if (!refusal && world->store->ops->forget(room->past))
        refusal = REFUSAL_INTERNAL;
    if (!refusal)
        room_append(room, RENDITION_JSON, &event);
    if (!refusal)
        listeners_dismiss(room, &event);
    while (!refusal && (node = dlist_first(&room->members)))
        send_off(DLIST_ENTRY(node, struct member, of_room), &event);
    bytes_fini(&event);
    return refusal;
}

static enum refusal read_seconds(struct measure *measure, uint64_t *seconds)
{
    *seconds = measure->has_seconds ? measure->seconds : MODERATION_SECONDS;
    if (*seconds < 1 || *seconds > MODERATION_SECONDS_MAX)
        return bad(measure, "\"seconds\" must be from 1 to 31536000.");
    return REFUSAL_NONE;
}

/* All that can be said of an order without its room. */
static enum refusal check(struct world *world, enum moderation what, struct order *order)
{
    struct measure *measure = order->measure;
    enum refusal refusal = read_seconds(measure, &order->seconds);

    if (!refusal && what != MODERATION_CLOSE_ROOM && !measure->nick.at && !measure->user.at)
        refusal = bad(measure, "\"nick\" or \"user\" must say who.");
    return refusal ? refusal : read_reason(world, measure, &order->reason);
}

/* What a store has kept of a room that nobody is in is seen when the room is there; who is not
 * there can't be put out of it. */
static enum refusal open_room(struct world *world, const char *name, bool may_make,
                              struct room **out)
{
    may_make = may_make && chat_options_allow(world->options, name);
    *out = world_room(world, name, may_make);
    if (*out)
        return REFUSAL_NONE;
    return may_make ? REFUSAL_TOO_MANY_ROOMS : REFUSAL_NO_SUCH_ROOM;
}

enum refusal moderate(struct world *world, enum moderation what, const char *room,
                      struct measure *measure)
{
    static enum refusal (*const measures[])(struct order *) = {
        [MODERATION_KICK] = on_kick,
        [MODERATION_MUTE] = on_mute,
        [MODERATION_BAN] = on_ban,
        [MODERATION_UNBAN] = on_unban,
        [MODERATION_CLOSE_ROOM] = on_close_room,
    };
    bool has_target = what == MODERATION_KICK || what == MODERATION_MUTE || what == MODERATION_BAN;
    bool is_new = !world_room(world, room, false);
    struct order order = {.measure = measure, .now_ms = world->port->wall_ms()};
    enum refusal refusal = check(world, what, &order);

    if (!refusal)
        refusal = open_room(world, room, !has_target, &order.room);
    if (refusal)
        return refusal;
    if (has_target)
        refusal = find_target(order.room, measure, &order.target);
    if (!refusal)
        refusal = measures[what](&order);
    if ((is_new || what == MODERATION_CLOSE_ROOM) && room_is_unused(order.room))
        room_free(order.room);
    return refusal;
}

static enum refusal refused_until(enum refusal refusal, int64_t left_ms, uint64_t *retry_after_ms)
{
    if (left_ms <= 0)
        return REFUSAL_NONE;
    *retry_after_ms = (uint64_t)left_ms;
    return refusal;
}

void moderation_recall(struct room *room, struct session *session, const char *token, size_t len)
{
    uint8_t hash[SHA256_BYTES];
    const char *user;

    if (room->sanctions.count == 0)
        return;
    sha256(token, len, hash);
    user = sanctions_user(&room->sanctions, hash, room->world->port->wall_ms());
    if (user)
        session_become(session, token, len, user);
}

enum refusal moderation_open(struct room *room, uint64_t *retry_after_ms)
{
    int64_t now_ms = room->world->port->wall_ms();
    int64_t until_ms = sanctions_closed(&room->sanctions, now_ms);

    return refused_until(REFUSAL_ROOM_CLOSED, until_ms ? until_ms - now_ms : 0, retry_after_ms);
}

enum refusal moderation_admit(struct room *room, const struct session *session, const char *nick,
                              uint64_t *retry_after_ms)
{
    struct world *world = room->world;
    int64_t now_ms = world->port->wall_ms(), until_ms;
    struct offender who = {.user = session->user, .nick = nick, .address = session->address};
    enum refusal refusal = moderation_open(room, retry_after_ms);

    if (refusal)
        return refusal;
    until_ms = sanctions_banned(&room->sanctions, &world->nicks, &who, now_ms);
    return refused_until(REFUSAL_BANNED, until_ms ? until_ms - now_ms : 0, retry_after_ms);
}

enum refusal moderation_rename(const struct member *member, const char *nick,
                               uint64_t *retry_after_ms)
{
    struct world *world = member->room->world;
    struct offender who = {.nick = nick};
    int64_t now_ms = world->port->wall_ms();
    int64_t until_ms = sanctions_banned(&member->room->sanctions, &world->nicks, &who, now_ms);

    return refused_until(REFUSAL_BANNED, until_ms ? until_ms - now_ms : 0, retry_after_ms);
}

enum refusal moderation_hear(const struct member *member, uint64_t *retry_after_ms)
{
    int64_t now_ms = member->muted_until_ms ? member->room->world->port->wall_ms() : 0;

    return refused_until(REFUSAL_MUTED, member->muted_until_ms - now_ms, retry_after_ms);
}
