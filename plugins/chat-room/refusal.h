/* refusal — why a request was not done, with the words and numbers that the protocol has for it.
 *
 * Shape:    a constant table; REFUSAL_NONE means that it was done.
 * Owns:     nothing.
 * Borrows:  nothing.
 * Calls up: nothing.
 */
#ifndef CHAT_REFUSAL_H
#define CHAT_REFUSAL_H

#include <stdbool.h>

enum refusal {
    REFUSAL_NONE,
    REFUSAL_BAD_JSON,
    REFUSAL_BAD_REQUEST,
    REFUSAL_UNKNOWN_TYPE,
    REFUSAL_BAD_NICK,
    REFUSAL_BAD_ROOM,
    REFUSAL_EMPTY_TEXT,
    REFUSAL_PIN_REQUIRED,
    REFUSAL_BAD_PIN,
    REFUSAL_BAD_SECRET,
    REFUSAL_BANNED,
    REFUSAL_MUTED,
    REFUSAL_NOT_ALLOWED,
    REFUSAL_NO_SUCH_ROOM,
    REFUSAL_NO_SUCH_USER,
    REFUSAL_NOT_IN_ROOM,
    REFUSAL_NICK_IN_USE,
    REFUSAL_ALREADY_JOINED,
    REFUSAL_ROOM_CLOSED,
    REFUSAL_TEXT_TOO_LONG,
    REFUSAL_TOO_MANY_RECIPIENTS,
    REFUSAL_OFFSET_OUT_OF_RANGE,
    REFUSAL_RATE_LIMITED,
    REFUSAL_TOO_MANY_GUESSES,
    REFUSAL_INTERNAL,
    REFUSAL_STORAGE,
    REFUSAL_ROOM_FULL,
    REFUSAL_TOO_MANY_ROOMS,
    REFUSAL_TOO_MANY_BANS,
    REFUSAL_KINDS
};

struct refusal_info {
    unsigned code;       /* follows HTTP's numbers */
    const char *reason;  /* stable word for programs */
    const char *message; /* one sentence for people */
    bool is_temporary;   /* the same request may work later */
};

const struct refusal_info *refusal_info(enum refusal refusal);

#endif
