/* session — one participant: a public id, a secret token, and the rooms it is in. It outlives its
 * connection by leave-delay, so that somebody whose network broke keeps nick and place.
 *
 * Shape:    has a connection or is away; a text client's ends with its connection.
 * Owns:     its members, until session_free.
 * Borrows:  world and connection.
 * Calls up: nothing.
 * Not here: what it may do (requests.h).
 */
#ifndef CHAT_SESSION_H
#define CHAT_SESSION_H

#include "conn.h"

#include "room.h"

#define SESSION_SECRET_BYTES 16
#define SESSION_TOKEN_BYTES 33 /* the secret in hexadecimal, and a NUL */
#define SESSION_USER_BYTES 14  /* "u" and 48 random bits */

/* Something that a store has not answered yet, for a session that may end before it does. Embedded
 * in what is waited for. */
struct errand {
    struct session *session; /* NULL when it has ended */
    struct room *room;       /* lives as long as errands of it are under way */
    struct dlist_node of_session;
};

struct session {
    struct world *world;
    struct conn *conn; /* NULL while it is away */
    struct hash_node by_token;
    struct dlist_node of_world;
    struct dlist members; /* its places in rooms */
    struct dlist errands;
    const char *address; /* that it came from last, held; "" for a unix socket */
    unsigned room_count;
    char user[SESSION_USER_BYTES];
    uint8_t secret[SESSION_SECRET_BYTES];
};

/* Begin a session on an open connection. Returns NULL when memory is short. */
struct session *session_new(struct conn *conn);

/* Leave all rooms, without a word when `reason` is NULL, and end. */
void session_free(struct session *session, const char *reason);

/* The secret as its owner knows it. */
void session_token(const struct session *session, char out[SESSION_TOKEN_BYTES]);

/* The session of that secret token, or NULL. */
struct session *session_find(struct world *world, const char *token, size_t len);

/* Have the store remember the session. */
void session_remember(const struct session *session);

/* Become the session of that token, if the store remembers one: a session in no room, whose token
 * session_find does not know. */
void session_recall(struct session *session, const char *token, size_t len);

/* Become the session of that token and public id, which no other one has. */
void session_become(struct session *session, const char *token, size_t len, const char *user);

/* Let `conn` go on with `session`; its own, which is in no room, ends. A connection that had the
 * session is closed with 4503. The places in rooms are kept but silent until each is joined anew.
 */
void session_resume(struct session *session, struct conn *conn);

/* The connection of `session` ends with `code`: leave at once, or be away for a while. */
void session_detach(struct session *session, unsigned code);

/* Begin and end an errand. session: NULL when it is nobody's. */
void errand_begin(struct errand *errand, struct room *room, struct session *session);
void errand_end(struct errand *errand);

/* The connection of an errand's session, or NULL when there is none to answer to. */
struct conn *errand_conn(const struct errand *errand);

/* Its place in `room`, or NULL. */
struct member *session_member(const struct session *session, const struct room *room);

#endif
