/* room — who is in a room, under which nicks, and what all of them are told.
 *
 * Shape:    members in join order, a map of nicks, and one log a rendition: JSON events and the
 *           tutorial's lines. A log exists only while somebody reads it.
 * Owns:     logs and members; the room itself lives until nobody is in it and nothing of it is
 *           kept.
 * Borrows:  its world; sessions.
 * Calls up: nothing.
 * Not here: how what is in a log reaches the members (fanout.h), messages that need a number
 *           (publish.h).
 */
#ifndef CHAT_ROOM_H
#define CHAT_ROOM_H

#include "refusal.h"
#include "room_log.h"
#include "sanctions.h"
#include "wire_event.h"
#include "world.h"

struct session;
struct replay;

/* JSON and text are logs of WebSocket frames, events one of bytes (sse.h). */
enum rendition { RENDITION_JSON, RENDITION_TEXT, RENDITION_EVENTS, RENDITIONS };

struct room {
    struct world *world;
    struct store_room *past;
    struct hash_node by_name;
    struct dlist_node of_world, dirty;
    struct dlist members;
    struct dlist listeners;      /* struct listener */
    struct dlist idle_listeners; /* those that have everything */
    struct hash_map nicks;
    struct sanctions sanctions;
    struct room_log *logs[RENDITIONS];
    size_t readers[RENDITIONS];
    size_t count;                  /* of members, those who are away included */
    unsigned errands;              /* that the store has not answered yet */
    struct dlist_node *flush_next; /* the member that the present flush goes on with */
    bool has_lost_sanctions;       /* while it is made: not all could be read */
    bool is_stale;                 /* the present flush does not reach everything */
    char name[ROOM_NAME_BYTES_MAX + 1];
};

/* One session's place in one room. */
struct member {
    struct room *room;
    struct session *session;
    struct dlist_node of_room, of_session;
    struct hash_node by_nick;
    struct waiting away;
    struct replay *replay; /* the past that it is still reading, or NULL */
    uint64_t cursor;       /* in the log of its rendition, while it is live */
    enum rendition rendition;
    bool is_live;            /* reads the log; not while it is away */
    bool is_typing;          /* what others were told last */
    const char *away_reason; /* what others are told when it does not come back */
    uint64_t typing_us;      /* when others were last told that it is typing; 0: never */
    int64_t muted_until_ms;  /* wall clock; 0: never */
    char *nick;
    char *label; /* what stands between a text line's first brackets; NULL: the nick */
};

/* Returns NULL when memory is short. The name is a good one. Sanctions that the store has of the
 * room hold from now on. */
struct room *room_new(struct world *world, const char *name);

/* Must have no members, no listeners and no errands. */
void room_free(struct room *room);

/* Whether nobody is in it or listens, and nothing of it is kept, sanctions that only it knows
 * included. */
bool room_is_unused(struct room *room);

/* Let a session in, and tell the others. nick: a good one; when it is taken the member gets it with
 * a number behind. label: as in struct member, copied, may be NULL.
 * out: the member, live from now on. A text client reads its own line, a JSON client does not.
 * Returns REFUSAL_NONE, ROOM_FULL or INTERNAL. */
enum refusal room_add(struct room *room, struct session *session, const char *nick,
                      const char *label, struct member **out);

/* Take a member out and free it. reason: what the others are told, or NULL for nothing. */
void room_remove(struct member *member, const char *reason);

/* Begin to read the log from its head, or stop. live returns 0, or -1 when memory is short. */
int member_live(struct member *member);
void member_silence(struct member *member);

/* The member of that nick, in any case, or NULL. */
struct member *room_find(const struct room *room, const char *nick, size_t len);

/* The member whose session has that public id, or NULL. O(members). */
struct member *room_find_user(const struct room *room, const char *user);

/* Returns REFUSAL_NONE, NICK_IN_USE or INTERNAL; tells everybody. nick: a good one. */
enum refusal room_rename(struct member *member, const char *nick, size_t len);

/* Tell the JSON members, itself included, that somebody is typing, or no more. */
void room_typing(struct member *member, bool is_active);

/* Append one event to a log that somebody reads, and have it flushed. */
void room_append(struct room *room, enum rendition rendition, const struct bytes *event);

/* An event that nobody may miss could not be made: all who read that log are closed with 4002, and
 * come back for it. */
void room_lose(struct room *room, enum rendition rendition);

/* Who a member is to JSON clients. */
struct wire_person member_person(const struct member *member);

/* Who a member is to text clients. */
const char *member_label(const struct member *member);

#endif
