/* wire — the JSON protocol, version 1: bytes into struct request. wire_event.h is the way back.
 *
 * Shape:    one struct for all types of request; what a request did not give is all zero.
 * Owns:     the parsed document behind the texts, until request_fini.
 * Borrows:  the bytes, during request_read only.
 * Calls up: nothing.
 * Not here: what a request does (requests.h).
 */
#ifndef CHAT_WIRE_H
#define CHAT_WIRE_H

#include "refusal.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define WIRE_CHARS_MAX 64     /* code points of an id or a cid */
#define WIRE_RECIPIENTS_MAX 8 /* of one whisper */

enum request_type {
    REQUEST_NONE,
    REQUEST_JOIN,
    REQUEST_LEAVE,
    REQUEST_MESSAGE,
    REQUEST_NICK,
    REQUEST_PARTICIPANTS,
    REQUEST_HISTORY,
    REQUEST_TYPING,
    REQUEST_PONG,
    REQUEST_ANNOUNCE,
    REQUEST_KICK,
    REQUEST_MUTE,
    REQUEST_BAN,
    REQUEST_UNBAN,
    REQUEST_CLOSE_ROOM,
    REQUEST_TYPES
};

struct wire_text {
    const char *at; /* NUL-terminated, or NULL when the request has no such member */
    size_t len;
};

/* The client's own id of a request, repeated in the answer. */
struct wire_id {
    enum { WIRE_ID_NONE, WIRE_ID_NUMBER, WIRE_ID_TEXT } kind;
    int64_t number;
    char text[4 * WIRE_CHARS_MAX + 1];
};

struct request {
    enum request_type type;
    struct wire_id id;
    struct wire_text room, nick, session, text, cid, epoch, after;
    struct wire_text pin, secret, user, reason;
    struct wire_text to[WIRE_RECIPIENTS_MAX];
    size_t to_count;
    uint64_t since, before, limit, history, seconds;
    bool has_to, has_since, has_before, has_limit, has_history, has_seconds, is_active;
    const char *trouble;     /* for REFUSAL_BAD_REQUEST: one sentence that says what is wrong */
    uint64_t retry_after_ms; /* for refusals that end by themselves; 0: not said */
    void *document;
};

/* Read `len` bytes of valid UTF-8. On a refusal `id` is filled when it could be read, so that the
 * error can be told apart. Call request_fini in every case.
 * Returns REFUSAL_NONE, or BAD_JSON, BAD_REQUEST (with `trouble`), UNKNOWN_TYPE,
 * TOO_MANY_RECIPIENTS. */
enum refusal request_read(struct request *request, const char *bytes, size_t len);

/* The same from the body of an HTTP request that is about `room`. type: what it is, or NULL for the
 * measure of moderation that its member "op" names; one that is none is UNKNOWN_TYPE. */
enum refusal request_read_body(struct request *request, const char *bytes, size_t len,
                               const char *room, const char *type);

void request_fini(struct request *request);

#endif
