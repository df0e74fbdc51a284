/* ws_frame — WebSocket frames as a server sends them (RFC 6455 section 5.2): unmasked,
 * unfragmented.
 *
 * Shape:    pure functions over bytes.
 * Owns:     nothing.
 * Borrows:  its arguments, during a call.
 * Calls up: nothing.
 * Not here: frames from clients; libwebsockets takes those apart (see rx_buf for their pieces).
 */
#ifndef CHAT_WS_FRAME_H
#define CHAT_WS_FRAME_H

#include <stddef.h>
#include <stdint.h>

#define WS_FRAME_HEAD_MAX 10
#define WS_CLOSE_REASON_MAX                                                                        \
    123 /* RFC 6455 5.5: a control frame holds 125 bytes, 2 are the code                           \
         */
#define WS_CLOSE_FRAME_MAX (2 + 2 + WS_CLOSE_REASON_MAX)

enum ws_opcode { WS_TEXT = 0x1, WS_BINARY = 0x2, WS_CLOSE = 0x8, WS_PING = 0x9 };

/* Write the head of a frame of `len` payload bytes. Returns the bytes of the head. */
size_t ws_frame_head(uint8_t out[WS_FRAME_HEAD_MAX], enum ws_opcode opcode, uint64_t len);

/* Write a whole Close frame. reason: UTF-8, cut at a character when longer than fits.
 * Returns the bytes of the frame. */
size_t ws_frame_close(uint8_t out[WS_CLOSE_FRAME_MAX], unsigned code, const char *reason);

/* Measure the frame at `bytes`, which must be whole and one of ours.
 * head: set to the bytes before the payload. Returns the bytes of the frame, head included. */
size_t ws_frame_measure(const uint8_t *bytes, size_t *head);

/* How many of `len` bytes, a run of whole frames, are whole frames within `max` bytes; the first
 * frame counts even when it is larger than `max`. */
size_t ws_frame_fit(const uint8_t *bytes, size_t len, size_t max);

#endif
