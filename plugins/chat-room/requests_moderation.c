/* The requests of who moderates a room: is it allowed to, and what moderation.h does then. */
#include "requests.h"

#include "access.h"
#include "guesses.h"
#include "moderation.h"
#include "publish.h"
#include "seen.h"

/* The room that may be moderated; secrets are asked for before anybody learns what there is. */
static enum refusal find_room(struct conn *conn, struct request *request,
                              char name[ROOM_NAME_BYTES_MAX + 1])
{
    enum refusal refusal;

    if (room_name_read(name, request->room.at, request->room.len))
        return REFUSAL_BAD_ROOM;
    refusal = access_moderate(conn->world->options, name, NULL, 0);
    if (refusal == REFUSAL_NOT_ALLOWED || !request->secret.at)
        return refusal;
    request->retry_after_ms = guesses_wait_ms(conn->world, conn->address);
    if (request->retry_after_ms)
        return REFUSAL_TOO_MANY_GUESSES;
    refusal = access_moderate(conn->world->options, name, request->secret.at, request->secret.len);
    if (!refusal)
        conn->guesses = 0;
    else
        guesses_count(conn->world, conn->address);
    return refusal;
}

enum refusal request_announce(struct conn *conn, struct request *request)
{
    char name[ROOM_NAME_BYTES_MAX + 1];
    struct room *room;
    enum refusal refusal = find_room(conn, request, name);

    if (!refusal)
        refusal = publish_clean(conn->world, request->text.at, request->text.len);
    if (refusal)
        return refusal;
    refusal = world_known_room(conn->world, name, &room);
    if (!refusal)
        refusal = moderation_open(room, &request->retry_after_ms);
    return refusal ? refusal : publish_announcement(room, conn->session, &request->id, NULL, NULL);
}

enum moderation request_measure(const struct request *request, struct measure *out)
{
    static const enum moderation measures[REQUEST_TYPES] = {
        [REQUEST_KICK] = MODERATION_KICK,
        [REQUEST_MUTE] = MODERATION_MUTE,
        [REQUEST_BAN] = MODERATION_BAN,
        [REQUEST_UNBAN] = MODERATION_UNBAN,
        [REQUEST_CLOSE_ROOM] = MODERATION_CLOSE_ROOM,
    };

    *out = (struct measure){
        .nick = request->nick,
        .user = request->user,
        .reason = request->reason,
        .seconds = request->seconds,
        .has_seconds = request->has_seconds,
    };
    return measures[request->type];
}

enum refusal request_moderate(struct conn *conn, struct request *request)
{
    char name[ROOM_NAME_BYTES_MAX + 1];
    struct measure measure;
    enum moderation what = request_measure(request, &measure);
    enum refusal refusal = find_room(conn, request, name);

    if (!refusal)
        refusal = moderate(conn->world, what, name, &measure);
    if (!refusal)
        seen_measure(conn->world, what, name, &measure, conn->address);
    request->trouble = measure.trouble;
    return refusal ? refusal : request_ok(conn, request);
}
