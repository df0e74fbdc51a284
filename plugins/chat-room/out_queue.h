/* out_queue — the frames that are for one connection only: replies, replayed messages, pings.
 *
 * Shape:    whole WebSocket frames one behind the other, bounded by the caller's limit; all-zero is
 *           a valid empty one.
 * Owns:     the bytes, until they are handed out or out_queue_fini.
 * Borrows:  nothing.
 * Calls up: nothing.
 * Not here: what a room sends to all of its members (room_log.h).
 */
#ifndef CHAT_OUT_QUEUE_H
#define CHAT_OUT_QUEUE_H

#include "bytes.h"
#include "ws_frame.h"

#include <stdbool.h>

struct out_queue {
    struct bytes frames;
    size_t sent; /* bytes of `frames` that are handed out */
};

/* Append a frame. Returns 0, or -1 when more than `limit` bytes would wait then, or memory is
 * short; the queue is untouched then. */
int out_queue_add(struct out_queue *queue, enum ws_opcode opcode, const void *payload, size_t len,
                  size_t limit);

/* Append a finished frame, whatever the bound: a Close frame must get in. Returns 0 or -1. */
int out_queue_add_finished(struct out_queue *queue, const void *frame, size_t len);

size_t out_queue_waiting(const struct out_queue *queue);

/* The bytes that wait, at most about `max` (whole frames, at least one), and count them as handed
 * out. Good until the next call. Returns their number. */
size_t out_queue_take(struct out_queue *queue, size_t max, const void **bytes);

/* What was taken is sent: give its memory back. Most connections are idle, and hold none then. */
void out_queue_tidy(struct out_queue *queue);

/* Forget everything; frees the memory. */
void out_queue_fini(struct out_queue *queue);

#endif
