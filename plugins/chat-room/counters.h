/* counters — what has happened in a chat since it began, in numbers.
 *
 * Shape:    plain integers that only grow, all zero at first. One addition where the thing happens,
 *           and none for each member that a message reaches.
 * Owns:     nothing.
 * Borrows:  nothing.
 * Calls up: nothing.
 * Not here: how they are written (metrics.h), what can be counted when somebody asks (there, too).
 */
#ifndef CHAT_COUNTERS_H
#define CHAT_COUNTERS_H

#include "refusal.h"

#include <stdint.h>

/* What a connection speaks. */
enum conn_mode { CONN_JSON, CONN_TEXT, CONN_MODES };

/* Why a handshake was answered with another status than 101. */
enum rejection {
    REJECTION_STOPPING,
    REJECTION_PATH,
    REJECTION_ORIGIN,
    REJECTIONS,
};

/* What came of a `since`. */
enum recovery {
    RECOVERY_WHOLE,   /* everything was replayed */
    RECOVERY_GAP,     /* so many are missing */
    RECOVERY_UNKNOWN, /* another epoch, or a number that was never given */
    RECOVERIES,
};

/* What somebody who was too slow had not read. */
enum eviction {
    EVICTION_LOG,   /* its place in the room's log was overwritten */
    EVICTION_QUEUE, /* answers, more than client-queue-bytes */
    EVICTION_PAST,  /* the past was forgotten while it was still reading it */
    EVICTIONS,
};

/* A list that a client got only the first page of. */
enum cut_list { CUT_PARTICIPANTS, CUT_HISTORY, CUT_LISTS };

enum closer {
    CLOSER_SERVER, /* we sent a Close frame first */
    CLOSER_CLIENT, /* the peer did */
    CLOSER_NOBODY, /* the connection just ended */
};

/* One kind of end. code 0: all others of that closer. */
struct close_kind {
    enum closer closer;
    unsigned code;
};

#define CLOSE_KINDS 24
#define ANSWER_KINDS 20

/* The statuses of answers over HTTP; 0: there was none, and the last one, 1, all others. */
extern const unsigned answer_statuses[ANSWER_KINDS];

extern const struct close_kind close_kinds[CLOSE_KINDS];

struct counters {
    uint64_t connections[CONN_MODES]; /* that were opened, those over a limit included */
    uint64_t closes[CLOSE_KINDS];     /* one for each connection that is over */
    uint64_t rejections[REJECTIONS];
    uint64_t answers[ANSWER_KINDS];
    uint64_t errors[REFUSAL_KINDS]; /* requests that were refused, told or not */
    uint64_t recoveries[RECOVERIES];
    uint64_t evictions[EVICTIONS];
    uint64_t cuts[CUT_LISTS];
    uint64_t received_messages[CONN_MODES], received_bytes; /* of whole WebSocket messages */
    uint64_t messages;                                      /* that were kept, and shown */
    uint64_t duplicates;                                    /* of which the cid was known */
    uint64_t whispers;                                      /* one for each recipient */
    uint64_t joins, leaves;
    uint64_t untold;     /* of these, because the room is above presence-limit */
    uint64_t events;     /* appended to a log */
    uint64_t deliveries; /* these times the members that were there to read it */
    uint64_t writes, sent_bytes;
    uint64_t pings;
};

/* Count the end of a connection. */
void counters_closed(struct counters *counters, enum closer closer, unsigned code);

/* Count a request over HTTP that is over. */
void counters_answered(struct counters *counters, unsigned status);

#endif
