/* sse — server-sent events (HTML Living Standard, 9.2): a room's messages as an event stream.
 *
 * Shape:    one function an event; each appends whole lines to `out`. `data` is the object that
 *           WebSocket clients get, on one line. `id` is `epoch:offset`: all that a client needs to
 *           come back without a gap.
 * Owns:     nothing.
 * Borrows:  its arguments, during a call.
 * Calls up: nothing.
 * Not here: who listens (listener.h).
 *
 * The writers return 0, or -1 when memory is short; `out` may hold half an event then.
 */
#ifndef CHAT_SSE_H
#define CHAT_SSE_H

#include "bytes.h"
#include "message.h"
#include "store.h"

/* A comment: it keeps the way open and tells the client nothing. */
#define SSE_KEEP_ALIVE ":\n\n"

/* Where a client is: what it has got everything of, up to and with that number. */
struct sse_place {
    char epoch[STORE_EPOCH_BYTES];
    uint64_t offset;
};

/* Read what an `id` said. Returns 0, or -1 with `out` untouched when it is none of ours. */
int sse_place_read(const char *text, size_t len, struct sse_place *out);

/* The beginning of a stream: where the client is from now on, so that it can come back before
 * anything was said, and how long it waits for that. No event: a client sees nothing of it. */
int sse_begin(struct bytes *out, const char *epoch, uint64_t offset);

/* `event: message`, or `announcement`, as wire_message writes it. */
int sse_message(struct bytes *out, const char *room, const char *epoch,
                const struct message *message, bool is_replay);

/* `event: gap`: what was said after the client's last `id` is not there any more. missed: how many
 * messages, NULL when that is not known. offset: of the room's newest message. */
int sse_gap(struct bytes *out, const char *room, const char *epoch, uint64_t offset,
            const uint64_t *missed);

/* `event: room_closed`, the last one: `object` is that of wire_room_closed. */
int sse_room_closed(struct bytes *out, const struct bytes *object);

#endif
