/* moderation — what who moderates a room can do to people and to the room.
 *
 * Shape:    one entry for all measures that are done at once. Whoever calls has seen to it that
 *           this may be asked (access.h); it need not be in the room.
 * Owns:     nothing; what lasts is in the room's sanctions, and in the store where it keeps them.
 * Borrows:  its arguments, during a call.
 * Calls up: nothing.
 * Not here: announcements (publish.h), requests (requests_moderation.c).
 */
#ifndef CHAT_MODERATION_H
#define CHAT_MODERATION_H

#include "session.h"

#define MODERATION_SECONDS 600          /* of a mute or a ban that names no time */
#define MODERATION_SECONDS_MAX 31536000 /* one year */
#define MODERATION_REASON_CHARS 100     /* code points */

enum moderation {
    MODERATION_NONE,
    MODERATION_KICK,      /* out, and free to come again */
    MODERATION_MUTE,      /* neither messages, whispers nor new nicks, for a time */
    MODERATION_BAN,       /* out, and not in again for a time: this session, nick and address */
    MODERATION_UNBAN,     /* lift bans and mutes */
    MODERATION_CLOSE_ROOM /* everybody out, all that was said forgotten; closed for a time if one
                             is given */
};

/* Whom, how long and why. Texts are valid UTF-8; `at` NULL: not given. */
struct measure {
    struct wire_text nick, user; /* whom: who has all that is given */
    struct wire_text reason;     /* for those whom it hits */
    uint64_t seconds;
    bool has_seconds;
    const char *trouble; /* out, for BAD_REQUEST: one sentence that says what is wrong */
};

/* The measure of that name ("kick", …, "close_room"), or MODERATION_NONE. */
enum moderation moderation_named(const char *name);

/* Take a measure in the room of that good name.
 * Returns REFUSAL_NONE; BAD_REQUEST when nobody is named, the time is out of range or the reason is
 * too long; NO_SUCH_ROOM, NO_SUCH_USER; TOO_MANY_BANS, TOO_MANY_ROOMS, INTERNAL. The connection of
 * whom it hits may be closing afterwards, and that can be the caller's own; a room that was closed,
 * or never was used, is gone. Call it from no flush. */
enum refusal moderate(struct world *world, enum moderation what, const char *room,
                      struct measure *measure);

/* Become the session of that token, if a sanction of the room remembers it: who was put out, and
 * has no place left that would remember it. The token is one that session_find does not know. */
void moderation_recall(struct room *room, struct session *session, const char *token, size_t len);

/* Is a room not closed for a time? Returns REFUSAL_NONE, or ROOM_CLOSED with the time until that is
 * over. */
enum refusal moderation_open(struct room *room, uint64_t *retry_after_ms);

/* May a session come into a room, under this nick (NULL: a guest)?
 * Returns REFUSAL_NONE, or ROOM_CLOSED or BANNED, with the time until that is over. */
enum refusal moderation_admit(struct room *room, const struct session *session, const char *nick,
                              uint64_t *retry_after_ms);

/* May a member take that nick? Returns REFUSAL_NONE, or BANNED with the time until that is over. */
enum refusal moderation_rename(const struct member *member, const char *nick,
                               uint64_t *retry_after_ms);

/* May a member be heard? Returns REFUSAL_NONE, or MUTED with the time until that is over. */
enum refusal moderation_hear(const struct member *member, uint64_t *retry_after_ms);

#endif
