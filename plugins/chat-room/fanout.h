/* fanout — how what was said reaches people: room logs to members, the past to those who come, and
 * waiting answers to connections.
 *
 * Shape:    a flush in slices. Each member that is behind gets what it has not seen in one write.
 * Owns:     the replays of members.
 * Borrows:  everything else.
 * Calls up: port.h.
 */
#ifndef CHAT_FANOUT_H
#define CHAT_FANOUT_H

#include "session.h"

#define FANOUT_WRITE_BYTES 65536 /* handed to a socket at once, unless one frame is larger */

/* Send what waits, to at most a slice of connections and one of members; asks the port to be called
 * again when there is more. From the port's `wake`. */
void world_flush(struct world *world);

/* Have the members of a room served by the next flush. */
void room_mark(struct room *room);

/* Hand a member what it has not seen of its room, in one write, if its connection takes one; one
 * that has lost its place is closed with 4002. */
void member_deliver(struct member *member);

/* Serve all members of a session whose connection is writable again. */
void session_deliver(struct session *session);

/* Have the messages first..last of its room's past sent to a member, before what is live: page
 * after page, when nothing else waits for its connection, so that one may join many rooms at once.
 * Nothing when last < first. Returns 0, or -1 when memory is short. */
int replay_start(struct member *member, uint64_t first, uint64_t last);

/* The member goes; harmless without a replay. */
void replay_stop(struct member *member);

#endif
