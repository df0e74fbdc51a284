/* room_log — what a room sends, as finished WebSocket frames (or, for event streams, as bytes) in a
 * bounded ring that any number of readers read, each from a cursor of its own.
 *
 * Shape:    one run of `capacity` bytes. A position counts every byte that was ever appended, so it
 *           only grows; its place in the ring is the position modulo the capacity. A frame is
 *           never torn at the end of the ring: what is left there is skipped, and counted.
 * Owns:     the ring, until room_log_free.
 * Borrows:  nothing; what is appended is copied.
 * Calls up: nothing.
 * Not here: who reads (member.h, room.h); the past of a room (store.h).
 */
#ifndef CHAT_ROOM_LOG_H
#define CHAT_ROOM_LOG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct room_log;

enum room_log_read {
    ROOM_LOG_NOTHING, /* the cursor is at the head */
    ROOM_LOG_FRAMES,  /* there is something to hand out */
    ROOM_LOG_LOST,    /* newer frames have pushed out what the cursor stands at */
};

/* A run of whole frames, good until the next append. */
struct frames {
    const uint8_t *bytes;
    size_t len;
};

/* Returns an empty log, or NULL when memory is short. The memory is touched as it fills. */
struct room_log *room_log_new(size_t capacity);

void room_log_free(struct room_log *log);

/* Append `len` bytes as one text frame; the oldest frames make room, whoever still wanted them.
 * Returns 0, or -1 when the frame is larger than the ring. */
int room_log_append(struct room_log *log, const void *payload, size_t len);

/* Append bytes as they are: for a log that is no WebSocket's, and is read with
 * room_log_read_bytes. Returns as room_log_append. */
int room_log_append_bytes(struct room_log *log, const void *bytes, size_t len);

/* Put the head so far on that every cursor has lost its place: a frame is missing. */
void room_log_break(struct room_log *log);

/* Where the next frame will stand: the cursor of a reader who wants what comes from now on. */
uint64_t room_log_head(const struct room_log *log);

/* Bytes that a reader at the cursor has still to read, or as many as the ring has when its place
 * was overwritten. */
size_t room_log_behind(const struct room_log *log, uint64_t cursor);

/* Bytes of the ring that may have been written to: the memory that it takes. */
size_t room_log_used(const struct room_log *log);

/* Whether the cursor's place was overwritten. */
bool room_log_is_lost(const struct room_log *log, uint64_t cursor);

/* Hand out what stands at the cursor, whole frames in one contiguous run of at most `max` bytes
 * (but always at least one frame), and move the cursor past it. */
enum room_log_read room_log_read(const struct room_log *log, uint64_t *cursor, size_t max,
                                 struct frames *out);

/* As room_log_read, from a log of bytes: exactly `max` of them, or what is there in one run. */
enum room_log_read room_log_read_bytes(const struct room_log *log, uint64_t *cursor, size_t max,
                                       struct frames *out);

#endif
