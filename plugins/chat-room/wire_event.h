/* wire_event — the JSON protocol, version 1: events and answers into bytes.
 *
 * Shape:    one function an event; each appends one JSON object to `out`.
 * Owns:     nothing.
 * Borrows:  its arguments, during a call.
 * Calls up: nothing.
 * Not here: requests (wire.h), frames around the text (ws_frame.h).
 *
 * Every function returns 0, or -1 when memory is short; `out` may hold half an object then.
 */
#ifndef CHAT_WIRE_EVENT_H
#define CHAT_WIRE_EVENT_H

#include "bytes.h"
#include "message.h"
#include "wire.h"

struct wire_person {
    const char *nick;
    const char *user; /* public id of the session */
};

struct wire_welcome {
    const char *session; /* the secret resume token */
    const char *user;
    int64_t time_ms;
    unsigned long ping_interval_s, message_bytes, rate, burst, rooms;
    const char *default_room;
};

struct wire_joined {
    const struct wire_id *id;
    const char *room;
    struct wire_person self;
    const char *epoch;
    uint64_t offset; /* of the newest message, 0 when there is none */
    bool has_since;  /* the client asked for recovery: say whether it worked */
    bool is_recovered;
    bool has_missed; /* it did not, and it is known how many messages are gone */
    uint64_t missed;
    uint64_t replay; /* messages that follow */
    const struct wire_person *participants;
    size_t participant_count; /* listed */
    size_t count;             /* in the room */
};

enum wire_presence { WIRE_JOIN, WIRE_LEAVE };

int wire_welcome(struct bytes *out, const struct wire_welcome *welcome);
int wire_joined(struct bytes *out, const struct wire_joined *joined);

/* A message, said or announced. is_replay: it was before the reader came (or came back). */
int wire_message(struct bytes *out, const char *room, const struct message *message,
                 bool is_replay);

/* count: members after it. reason: of a leave, else NULL. */
int wire_presence(struct bytes *out, enum wire_presence what, const char *room,
                  const struct wire_person *who, int64_t time_ms, size_t count, const char *reason);

/* The `leave` of the one who is put out itself, with words for people in `message`. */
int wire_expelled(struct bytes *out, const char *room, const struct wire_person *who,
                  int64_t time_ms, size_t count, const char *words);

int wire_room_closed(struct bytes *out, const char *room, const char *reason);

int wire_renamed(struct bytes *out, const char *room, const struct wire_person *who,
                 const char *previous);

/* A message for some only: no offset, never in the history. */
int wire_whisper(struct bytes *out, const char *room, const struct wire_person *from,
                 const struct wire_text *to, size_t to_count, const struct message *message);

int wire_typing(struct bytes *out, const char *room, const struct wire_person *who, bool is_active);

/* The plain answer. */
int wire_ok(struct bytes *out, const struct wire_id *id);

/* The answer to a kept message. */
int wire_ok_kept(struct bytes *out, const struct wire_id *id, uint64_t offset, int64_t time_ms);

/* The answer to a whisper. delivered: nicks that it was handed to. */
int wire_ok_delivered(struct bytes *out, const struct wire_id *id, const char *const *delivered,
                      size_t count);

/* detail: stands instead of the refusal's own sentence when not NULL. room: NULL for none.
 * retry_after_ms: 0 for none. */
int wire_error(struct bytes *out, const struct wire_id *id, const char *room, enum refusal refusal,
               const char *detail, uint64_t retry_after_ms);

int wire_participants(struct bytes *out, const struct wire_id *id, const char *room,
                      const struct wire_person *people, size_t listed, size_t count, bool has_more);

/* messages: ascending. has_more: there are older ones. */
int wire_history(struct bytes *out, const struct wire_id *id, const char *room, const char *epoch,
                 const struct message *messages, size_t count, bool has_more);

int wire_ping(struct bytes *out);

#endif
