#include "join.h"

#include "access.h"
#include "catch_up.h"
#include "fanout.h"
#include "guesses.h"
#include "ip_addr.h"
#include "moderation.h"
#include "utf8.h"

#include <stdio.h>
#include <string.h>

#define PARTICIPANTS_LISTED 200
#define HISTORY_DEFAULT 50

int join_welcome(struct conn *conn)
{
    const struct chat_options *options = conn->world->options;
    struct bytes *out = &conn->world->scratch;
    char token[SESSION_TOKEN_BYTES];
    struct wire_welcome welcome = {
        .session = token,
        .user = conn->session->user,
        .time_ms = conn->world->port->wall_ms(),
        .ping_interval_s = options->ping_interval_s,
        .message_bytes = options->max_message_bytes,
        .rate = options->rate,
        .burst = options->burst,
        .rooms = options->rooms_per_client,
        .default_room = options->default_room,
    };

    session_token(conn->session, token);
    bytes_clear(out);
    if (wire_welcome(out, &welcome))
        return -1;
    conn_send(conn, out->data, out->len);
    return 0;
}

/* What of the past a joiner gets, and what it is told about that. */
static struct catch_up decide(const struct store_state *past, const struct request *request)
{
    struct catch_up result = {0}, instead;

    if (request->has_since)
        result = catch_up_since(past, request->epoch.at, request->since);
    if (result.is_recovered)
        return result;
    instead = catch_up_newest(past, request->has_history ? request->history : HISTORY_DEFAULT);
    result.first = instead.first;
    result.last = instead.last;
    return result;
}

static enum refusal send_joined(struct member *member, const struct request *request,
                                const struct store_state *past, const struct catch_up *catch_up)
{
    struct wire_person people[PARTICIPANTS_LISTED];
    struct room *room = member->room;
    struct bytes *out = &room->world->scratch;
    struct dlist_node *node = dlist_first(&room->members);
    size_t count = 0;
    struct wire_joined joined = {
        .id = &request->id,
        .room = room->name,
        .self = member_person(member),
        .epoch = past->epoch,
        .offset = past->head,
        .has_since = request->has_since,
        .is_recovered = catch_up->is_recovered,
        .has_missed = catch_up->has_missed,
        .missed = catch_up->missed,
        .replay = catch_up->last + 1 - catch_up->first,
        .participants = people,
        .count = room->count,
    };

    for (; node && count < PARTICIPANTS_LISTED; node = dlist_next(&room->members, node))
        people[count++] = member_person(DLIST_ENTRY(node, struct member, of_room));
    joined.participant_count = count;
    if (node)
        room->world->counters.cuts[CUT_PARTICIPANTS]++;
    bytes_clear(out);
    if (wire_joined(out, &joined))
        return REFUSAL_INTERNAL;
    conn_send(member->session->conn, out->data, out->len);
    return REFUSAL_NONE;
}

/* A session that comes back takes its place in silence. */
static enum refusal come_back(struct member *member)
{
    if (member_live(member))
        return REFUSAL_INTERNAL;
    waiting_stop(&member->away);
    return REFUSAL_NONE;
}

/* Who comes how. */
struct entrance {
    const char *room;  /* a good name */
    const char *nick;  /* NULL: a guest's */
    const char *label; /* as in struct member */
    const char *pin;   /* NULL: none */
    size_t pin_len;
    uint64_t retry_after_ms; /* out */
};

static enum refusal show_pin(struct conn *conn, struct entrance *entrance)
{
    const struct chat_options *options = conn->world->options;
    enum refusal refusal = access_enter(options, entrance->room, NULL, 0);

    if (!refusal || !entrance->pin)
        return refusal;
    entrance->retry_after_ms = guesses_wait_ms(conn->world, conn->address);
    if (entrance->retry_after_ms)
        return REFUSAL_TOO_MANY_GUESSES;
    refusal = access_enter(options, entrance->room, entrance->pin, entrance->pin_len);
    if (refusal)
        guesses_count(conn->world, conn->address);
    return refusal;
}

/* Take a place in a room that is made when there is none. */
static enum refusal enter(struct conn *conn, struct entrance *entrance, struct member **out)
{
    struct world *world = conn->world;
    bool may_make = chat_options_allow(world->options, entrance->room);
    const char *nick = entrance->nick;
    char guest[32];
    struct room *room;
    enum refusal refusal = show_pin(conn, entrance);

    if (refusal)
        return refusal;
    if (conn->session->room_count >= world->options->rooms_per_client)
        return REFUSAL_TOO_MANY_ROOMS;
    if (nick && !nick_is_good(nick, strlen(nick)))
        return REFUSAL_BAD_NICK;
    room = world_room(world, entrance->room, may_make);
    if (!room)
        return may_make ? REFUSAL_TOO_MANY_ROOMS : REFUSAL_NO_SUCH_ROOM;
    refusal = moderation_admit(room, conn->session, nick, &entrance->retry_after_ms);
    if (refusal)
        return refusal;
    if (!nick)
        snprintf(guest, sizeof(guest), "guest-%u", ++world->guest_count);
    refusal = room_add(room, conn->session, nick ? nick : guest, entrance->label, out);
    if (!refusal && entrance->pin)
        conn->guesses = 0;
    return refusal;
}

/* Only a session that is in no room yet can become another one. */
static void resume(struct conn *conn, const struct wire_text *token, const char *name)
{
    struct session *session;
    struct room *room;

    if (!token->at || dlist_first(&conn->session->members))
        return;
    session = session_find(conn->world, token->at, token->len);
    if (session && session != conn->session)
        session_resume(session, conn);
    if (session)
        return;
    room = world_room(conn->world, name, false);
    if (room)
        moderation_recall(room, conn->session, token->at, token->len);
    session_recall(conn->session, token->at, token->len);
}

static enum refusal find_place(struct conn *conn, struct request *request, const char *name,
                               struct member **member)
{
    struct entrance entrance = {.room = name,
                                .nick = request->nick.at,
                                .pin = request->pin.at,
                                .pin_len = request->pin.len};
    struct room *room = world_room(conn->world, name, false);
    enum refusal refusal;

    *member = room ? session_member(conn->session, room) : NULL;
    if (!*member) {
        refusal = enter(conn, &entrance, member);
        request->retry_after_ms = entrance.retry_after_ms;
        return refusal;
    }
    return (*member)->is_live ? REFUSAL_ALREADY_JOINED : come_back(*member);
}

enum refusal join_json(struct conn *conn, struct request *request)
{
    struct world *world = conn->world;
    char name[ROOM_NAME_BYTES_MAX + 1];
    const struct store_state *past;
    struct catch_up catch_up;
    struct member *member;
    enum refusal refusal;

    if (!request->room.at)
        strcpy(name, world->options->default_room);
    else if (room_name_read(name, request->room.at, request->room.len))
        return REFUSAL_BAD_ROOM;
    resume(conn, &request->session, name);
    refusal = find_place(conn, request, name, &member);
    if (refusal)
        return refusal;
    conn->has_joined = true;
    conn_heard(conn);
    session_remember(conn->session);
    past = world->store->ops->state(member->room->past, world->port->wall_ms());
    catch_up = decide(past, request);
    if (request->has_since)
        world->counters.recoveries[catch_up_kind(&catch_up)]++;
    refusal = send_joined(member, request, past, &catch_up);
    if (refusal)
        room_remove(member, "left");
    else if (!conn->is_closing && replay_start(member, catch_up.first, catch_up.last))
        conn_close(conn, CLOSE_INTERNAL, "out of memory");
    return refusal;
}

enum refusal join_text(struct conn *conn, const struct text_join *join)
{
    struct world *world = conn->world;
    const char *wanted = join->room ? join->room : world->options->default_room;
    char name[ROOM_NAME_BYTES_MAX + 1], masked[IP_ADDR_TEXT_BYTES];
    const struct store_state *past;
    struct entrance entrance = {.room = name,
                                .nick = join->nick,
                                .pin = join->pin,
                                .pin_len = join->pin ? strlen(join->pin) : 0};
    struct catch_up catch_up;
    struct member *member;
    enum refusal refusal;

    if (room_name_read(name, wanted, strlen(wanted)))
        return REFUSAL_BAD_ROOM;
    if (join->nick && !utf8_is_valid(join->nick, strlen(join->nick)))
        return REFUSAL_BAD_NICK;
    entrance.label = join->nick ? NULL : address_label(world, conn->address, masked);
    refusal = enter(conn, &entrance, &member);
    if (refusal)
        return refusal;
    past = world->store->ops->state(member->room->past, world->port->wall_ms());
    catch_up = catch_up_newest(past, join->history);
    return replay_start(member, catch_up.first, catch_up.last) ? REFUSAL_INTERNAL : REFUSAL_NONE;
}
