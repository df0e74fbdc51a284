/* h2_session — the client side of one HTTP/2 connection that somebody else reads and writes.
 *
 * Shape:    bytes of the peer go in (feed), bytes for the peer come out (output); requests go in
 *           (send), ended streams come out (next_ended), each once. A response goes where one of
 *           HTTP/1 would: into its http_response, with the same bounds for head and body; trailers
 *           and interim (1xx) responses are skipped. Server push is switched off, PING and
 *           SETTINGS are answered. A peer that sends H2_SESSION_MAX_WASTE frames that bring no
 *           response further is shown the door (ENHANCE_YOUR_CALM), so that neither memory nor time
 *           is at its mercy. The frames, their windows and the compression are libnghttp2's.
 * Owns:     libnghttp2's session and the output.
 * Borrows:  scheme and authority, as long as the session lives; each stream, its request and its
 *           response, until it has ended or is cancelled.
 * Calls up: nothing.
 * Not here: the connection and who waits for it (fetch_link, fetch_lane), deadlines (fetch).
 */
#ifndef LWSHOST_H2_SESSION_H
#define LWSHOST_H2_SESSION_H

#include "bytes.h"
#include "dlist.h"
#include "fetch.h"
#include "http_response.h"

#define H2_SESSION_MAX_WASTE 10000
#define H2_SESSION_WINDOW_BYTES (1024 * 1024) /* of all streams together; of one it is 64 KiB */

struct h2_session;

enum h2_end {
    H2_END_DONE,      /* the response is whole */
    H2_END_REFUSED,   /* the peer has not begun with the request: it may be sent again */
    H2_END_CLOSED,    /* reset, not HTTP, or the connection has ended before the response */
    H2_END_TOO_LARGE, /* body or head */
    H2_END_NO_MEMORY,
};

/* One request and its response; a member of its owner. All zero is one that is not under way. */
struct h2_stream {
    struct dlist_node link; /* among the open ones, or the ended ones */
    struct h2_session *session;
    int32_t id;
    enum h2_end end; /* when it is handed out by h2_session_next_ended */
    const struct fetch_request *request;
    struct http_response *response;
    size_t sent; /* bytes of the request's body */
};

/* Begin: the preface is in the output. scheme: "http" or "https"; authority: host, and port if it
 * is not the scheme's. Returns NULL when memory is short. */
struct h2_session *h2_session_new(const char *scheme, const char *authority);

/* Streams that are under way are forgotten. NULL is fine. */
void h2_session_free(struct h2_session *session);

/* Read `len` bytes of the peer. Returns 0, or -1 when the connection is of no use any more: write
 * what there is, take the ended streams, and close it. */
int h2_session_feed(struct h2_session *session, const void *data, size_t len);

/* True when the connection is of no use any more. */
bool h2_session_is_over(const struct h2_session *session);

/* What is to be sent; look after each of the other calls, write it, and clear it. */
struct bytes *h2_session_output(struct h2_session *session);

/* Send a request that fetch_head finds sound. stream: not under way; response: begun.
 * target: path and query, empty for "/". Returns 0, or -1 when memory is short or the peer takes
 * no more; the stream is not under way then. */
int h2_session_send(struct h2_session *session, struct h2_stream *stream,
                    const struct fetch_request *request, const char *target,
                    struct http_response *response);

/* Nobody waits for the response any more; the peer is told. Harmless when it is not under way. */
void h2_session_cancel(struct h2_stream *stream);

/* The next stream that has ended; NULL when there is none. It is not under way any more. */
struct h2_stream *h2_session_next_ended(struct h2_session *session);

/* The connection has ended, and so have all streams. */
void h2_session_close(struct h2_session *session);

/* Tell the peer that nothing more comes. */
void h2_session_leave(struct h2_session *session);

/* True when one more request may be sent now: the peer says how many streams there may be at once,
 * and until it has said so there is one. */
bool h2_session_has_room(const struct h2_session *session);

/* True when no more requests can be sent at all; those under way may still be answered. */
bool h2_session_is_leaving(const struct h2_session *session);

/* True when the peer has answered the preface. */
bool h2_session_is_settled(const struct h2_session *session);

/* How many streams are under way. */
size_t h2_session_count(const struct h2_session *session);

#endif
