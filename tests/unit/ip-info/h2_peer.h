/* h2_peer — the server's side of an HTTP/2 connection in memory, for tests.
 *
 * Shape:    what the client sends is read by libnghttp2; what goes back is written by it, too, or
 *           frame by frame, so that it can be wrong.
 * Owns:     everything in it, until h2_peer_fini.
 * Borrows:  nothing.
 * Calls up: cmocka's assertions.
 */
#ifndef LWSHOST_TEST_H2_PEER_H
#define LWSHOST_TEST_H2_PEER_H

#include "bytes.h"
#include "h2_session.h"

#include <nghttp2/nghttp2.h>

#define H2_PEER_MAX_REQUESTS 256

struct h2_peer_request {
    int32_t id;
    struct bytes head; /* a line for each field */
    size_t body_bytes;
    bool is_whole;
    bool is_reset;
    uint32_t reset; /* the code that the client gave */
};

struct h2_peer {
    nghttp2_session *engine;
    struct bytes out;
    struct h2_peer_request requests[H2_PEER_MAX_REQUESTS];
    size_t count;
    size_t pongs;
    uint32_t farewell; /* the code of the client's GOAWAY */
    bool has_farewell;
};

/* A peer that allows `streams` at once, with windows of `window` bytes. In place: it must not move.
 */
void h2_peer_init(struct h2_peer *peer, uint32_t streams, uint32_t window);
void h2_peer_fini(struct h2_peer *peer);

/* Carry bytes both ways until nothing moves, `piece` at a time towards the client. Returns what the
 * last h2_session_feed has. */
int h2_peer_carry(struct h2_peer *peer, struct h2_session *session, size_t piece);

/* Any frame, right or wrong. */
void h2_peer_frame(struct h2_peer *peer, uint8_t type, uint8_t flags, int32_t id,
                   const void *payload, size_t len);

/* HEADERS; fields: "name: value" lines, each with its newline. The block ends with them. */
void h2_peer_headers(struct h2_peer *peer, uint8_t flags, int32_t id, const char *fields);

void h2_peer_data(struct h2_peer *peer, uint8_t flags, int32_t id, const char *text);
void h2_peer_reset(struct h2_peer *peer, int32_t id, uint32_t code);
void h2_peer_goaway(struct h2_peer *peer, int32_t last_id, uint32_t code);

/* What libnghttp2 says for us, because it has to know: settings, and whole answers, status 200 and
 * the text, which is borrowed until it has been carried. */
void h2_peer_setting(struct h2_peer *peer, int32_t name, uint32_t value);
void h2_peer_answer(struct h2_peer *peer, int32_t id, const char *text);

#endif
