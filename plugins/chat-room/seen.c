#include "seen.h"

#include "event.h"

#include <string.h>

static bool is_watched(const struct world *world) { return world->port->event != NULL; }

static void tell(const struct world *world, const struct event *event)
{
    world->port->event(world->host, event);
}

static void begin(struct event *event, const char *name, const struct conn *conn)
{
    event_begin(event, name);
    if (conn)
        event_number(event, "conn", conn->number);
}

void seen_open(const struct conn *conn, const char *address)
{
    struct event event;

    if (!is_watched(conn->world))
        return;
    begin(&event, "ws-open", conn);
    event_text(&event, "client", address);
    event_text(&event, "mode", conn->mode == CONN_TEXT ? "text" : "json");
    tell(conn->world, &event);
}

/* Our reasons go to the client with the code; some have words that a person has typed. */
static const char *word_of(unsigned code)
{
    static const struct {
        unsigned code;
        const char *word;
    } words[] = {
        {CLOSE_NORMAL, "normal"},           {CLOSE_GOING_AWAY, "going-away"},
        {CLOSE_UNSUPPORTED, "unsupported"}, {CLOSE_BAD_UTF8, "bad-utf8"},
        {CLOSE_TOO_BIG, "too-big"},         {CLOSE_INTERNAL, "internal"},
        {CLOSE_RESTART, "restart"},         {CLOSE_NO_PONG, "no-pong"},
        {CLOSE_TOO_SLOW, "too-slow"},       {CLOSE_FLOOD, "flood"},
        {CLOSE_KICKED, "kicked"},           {CLOSE_BANNED, "banned"},
        {CLOSE_REPLACED, "replaced"},       {CLOSE_ADDRESS_FULL, "address-full"},
        {CLOSE_SERVER_FULL, "server-full"}, {CLOSE_NOT_JOINED, "not-joined"},
        {CLOSE_NO_ENTRY, "no-entry"},
    };
    size_t n;

    for (n = 0; n < sizeof(words) / sizeof(words[0]); n++)
        if (words[n].code == code)
            return words[n].word;
    return NULL;
}

void seen_close(const struct conn *conn, enum closer closer, unsigned code)
{
    static const char *const names[] = {
        [CLOSER_SERVER] = "server", [CLOSER_CLIENT] = "client", [CLOSER_NOBODY] = "nobody"};
    struct event event;

    if (!is_watched(conn->world))
        return;
    begin(&event, "ws-close", conn);
    event_text(&event, "client", conn->address);
    event_text(&event, "by", names[closer]);
    event_number(&event, "code", code);
    event_text(&event, "reason", closer == CLOSER_NOBODY ? "lost" : word_of(code));
    event.is_notable = closer == CLOSER_SERVER && code >= CLOSE_NO_PONG;
    tell(conn->world, &event);
}

static void tell_place(const char *name, const struct member *member, const char *reason)
{
    const struct session *session = member->session;
    struct event event;

    begin(&event, name, session->conn);
    event_text(&event, "room", member->room->name);
    event_text(&event, "nick", member->nick);
    event_text(&event, "user", session->user);
    event_text(&event, "reason", reason);
    tell(session->world, &event);
}

void seen_join(const struct member *member)
{
    if (is_watched(member->session->world))
        tell_place("join", member, NULL);
}

void seen_leave(const struct member *member, const char *reason)
{
    if (is_watched(member->session->world))
        tell_place("leave", member, reason ? reason : "silent");
}

void seen_refusal(const struct conn *conn, enum refusal refusal, const char *room)
{
    struct event event;

    if (!is_watched(conn->world))
        return;
    begin(&event, "refused", conn);
    event_text(&event, "client", conn->address);
    event_text(&event, "reason", refusal_info(refusal)->reason);
    event_number(&event, "status", refusal_info(refusal)->code);
    event_text(&event, "room", room);
    event.is_notable = refusal_info(refusal)->code >= 500 || refusal == REFUSAL_BAD_SECRET ||
                       refusal == REFUSAL_BAD_PIN || refusal == REFUSAL_TOO_MANY_GUESSES;
    tell(conn->world, &event);
}

void seen_measure(const struct world *world, enum moderation what, const char *room,
                  const struct measure *measure, const char *by)
{
    static const char *const names[] = {
        [MODERATION_NONE] = "none",   [MODERATION_KICK] = "kick",
        [MODERATION_MUTE] = "mute",   [MODERATION_BAN] = "ban",
        [MODERATION_UNBAN] = "unban", [MODERATION_CLOSE_ROOM] = "close-room",
    };
    bool has_time = what == MODERATION_MUTE || what == MODERATION_BAN;
    struct event event;

    if (!is_watched(world))
        return;
    event_begin(&event, names[what]);
    event_text(&event, "room", room);
    event_bytes(&event, "nick", measure->nick.at, measure->nick.len);
    event_bytes(&event, "user", measure->user.at, measure->user.len);
    if (has_time || measure->has_seconds)
        event_number(&event, "seconds",
                     measure->has_seconds ? measure->seconds : MODERATION_SECONDS);
    event_text(&event, "by", by);
    event.is_notable = true;
    tell(world, &event);
}
