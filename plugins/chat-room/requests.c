#include "requests.h"

#include "history.h"
#include "join.h"
#include "moderation.h"
#include "publish.h"

#include <string.h>

#define PARTICIPANTS_PAGE 200
#define HISTORY_LIMIT 50

/* Send what was encoded, or say that it could not be. */
static enum refusal reply(struct conn *conn, int failed)
{
    struct bytes *out = &conn->world->scratch;

    if (failed)
        return REFUSAL_INTERNAL;
    conn_send(conn, out->data, out->len);
    return REFUSAL_NONE;
}

static struct bytes *fresh(struct conn *conn)
{
    bytes_clear(&conn->world->scratch);
    return &conn->world->scratch;
}

enum refusal request_ok(struct conn *conn, const struct request *request)
{
    if (request->id.kind == WIRE_ID_NONE)
        return REFUSAL_NONE;
    return reply(conn, wire_ok(fresh(conn), &request->id));
}

/* The member of this connection in the room that the request names. */
static enum refusal find_member(struct conn *conn, const struct request *request,
                                struct member **member)
{
    char name[ROOM_NAME_BYTES_MAX + 1];
    struct room *room;

    if (room_name_read(name, request->room.at, request->room.len))
        return REFUSAL_BAD_ROOM;
    room = world_room(conn->world, name, false);
    if (!room)
        return REFUSAL_NO_SUCH_ROOM;
    *member = session_member(conn->session, room);
    return *member && (*member)->is_live ? REFUSAL_NONE : REFUSAL_NOT_IN_ROOM;
}

static enum refusal on_leave(struct conn *conn, struct request *request)
{
    struct member *member;
    enum refusal refusal = find_member(conn, request, &member);

    if (refusal)
        return refusal;
    room_remove(member, "left");
    return request_ok(conn, request);
}

static bool is_among(const char *nick, const char *const *nicks, size_t count)
{
    while (count && nicks[count - 1] != nick)
        count--;
    return count > 0;
}

/* Hand a whisper to its recipients, once to one who is named twice. Returns how many got it; their
 * nicks are in `delivered`. */
static size_t whisper(struct member *from, const struct request *request,
                      const struct message *message, const char **delivered)
{
    struct world *world = from->room->world;
    struct wire_person who = member_person(from);
    size_t n, count = 0;

    for (n = 0; n < request->to_count; n++) {
        struct member *to = room_find(from->room, request->to[n].at, request->to[n].len);
        struct conn *conn = to ? to->session->conn : NULL;
        int failed;

        if (!to || !to->is_live || !conn || is_among(to->nick, delivered, count))
            continue;
        bytes_clear(&world->scratch);
        failed = to->rendition == RENDITION_TEXT
                     ? text_mode_whisper(&world->scratch, &world->options->text, message)
                     : wire_whisper(&world->scratch, from->room->name, &who, request->to,
                                    request->to_count, message);
        if (failed)
            continue;
        delivered[count++] = to->nick;
        world->counters.whispers++;
        conn_send(conn, world->scratch.data, world->scratch.len);
    }
    return count;
}

static enum refusal on_whisper(struct member *from, const struct request *request)
{
    struct conn *conn = from->session->conn;
    const char *delivered[WIRE_RECIPIENTS_MAX];
    struct message message = {
        .time_ms = conn->world->port->wall_ms(),
        .nick = from->nick,
        .label = from->nick,
        .user = from->session->user,
        .cid = request->cid.at,
        .text = conn->world->clean.data,
        .text_len = conn->world->clean.len,
    };
    size_t count = whisper(from, request, &message, delivered);

    if (count == 0)
        return REFUSAL_NO_SUCH_USER;
    if (request->id.kind == WIRE_ID_NONE || conn->is_closing)
        return REFUSAL_NONE;
    return reply(conn, wire_ok_delivered(fresh(conn), &request->id, delivered, count));
}

static enum refusal on_message(struct conn *conn, struct request *request)
{
    const struct bytes *text = &conn->world->clean;
    struct member *member;
    struct saying saying = {.cid = request->cid.at, .id = &request->id};
    enum refusal refusal = find_member(conn, request, &member);

    if (!refusal)
        refusal = moderation_hear(member, &request->retry_after_ms);
    if (!refusal)
        refusal = publish_clean(conn->world, request->text.at, request->text.len);
    if (refusal)
        return refusal;
    if (request->has_to)
        return on_whisper(member, request);
    saying.text = text->data;
    saying.text_len = text->len;
    return publish(member, &saying);
}

static enum refusal on_nick(struct conn *conn, struct request *request)
{
    struct member *member;
    enum refusal refusal = find_member(conn, request, &member);

    if (!refusal)
        refusal = moderation_hear(member, &request->retry_after_ms);
    if (refusal)
        return refusal;
    if (!nick_is_good(request->nick.at, request->nick.len))
        return REFUSAL_BAD_NICK;
    refusal = moderation_rename(member, request->nick.at, &request->retry_after_ms);
    if (refusal)
        return refusal;
    refusal = room_rename(member, request->nick.at, request->nick.len);
    return refusal ? refusal : request_ok(conn, request);
}

static enum refusal on_participants(struct conn *conn, struct request *request)
{
    struct wire_person people[PARTICIPANTS_PAGE];
    struct dlist_node *node;
    struct member *member;
    struct room *room;
    size_t count = 0;
    enum refusal refusal = find_member(conn, request, &member);

    if (refusal)
        return refusal;
    room = member->room;
    node = dlist_first(&room->members);
    if (request->after.at) {
        member = room_find_user(room, request->after.at);
        if (!member)
            return REFUSAL_NO_SUCH_USER;
        node = dlist_next(&room->members, &member->of_room);
    }
    for (; node && count < PARTICIPANTS_PAGE; node = dlist_next(&room->members, node))
        people[count++] = member_person(DLIST_ENTRY(node, struct member, of_room));
    if (node)
        conn->world->counters.cuts[CUT_PARTICIPANTS]++;
    return reply(conn, wire_participants(fresh(conn), &request->id, room->name, people, count,
                                         room->count, node != NULL));
}

static enum refusal on_typing(struct conn *conn, struct request *request)
{
    struct member *member;
    enum refusal refusal = find_member(conn, request, &member);

    if (!refusal && !moderation_hear(member, &request->retry_after_ms))
        room_typing(member, request->is_active);
    return refusal;
}

static enum refusal on_pong(struct conn *conn, struct request *request)
{
    (void)conn;
    (void)request;
    return REFUSAL_NONE; /* that it was heard is all there is to it */
}

static enum refusal on_history(struct conn *conn, struct request *request)
{
    struct member *member;
    enum refusal refusal = find_member(conn, request, &member);

    if (refusal)
        return refusal;
    if (!request->has_limit)
        request->limit = HISTORY_LIMIT;
    if (request->limit < 1 || request->limit > STORE_PAGE_MAX) {
        request->trouble = "\"limit\" must be from 1 to 100.";
        return REFUSAL_BAD_REQUEST;
    }
    return history_send(member, request);
}

enum refusal request_do(struct conn *conn, struct request *request)
{
    static enum refusal (*const verbs[REQUEST_TYPES])(struct conn *, struct request *) = {
        [REQUEST_JOIN] = join_json,
        [REQUEST_LEAVE] = on_leave,
        [REQUEST_MESSAGE] = on_message,
        [REQUEST_NICK] = on_nick,
        [REQUEST_HISTORY] = on_history,
        [REQUEST_PARTICIPANTS] = on_participants,
        [REQUEST_TYPING] = on_typing,
        [REQUEST_PONG] = on_pong,
        [REQUEST_ANNOUNCE] = request_announce,
        [REQUEST_KICK] = request_moderate,
        [REQUEST_MUTE] = request_moderate,
        [REQUEST_BAN] = request_moderate,
        [REQUEST_UNBAN] = request_moderate,
        [REQUEST_CLOSE_ROOM] = request_moderate,
    };

    return verbs[request->type](conn, request);
}
