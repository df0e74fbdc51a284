/* http_response — one HTTP response, read from the bytes of an HTTP/1 connection as they come, or
 * put together of what HTTP/2 brings.
 *
 * Shape:    status line, the few header fields that matter here, the body whole. Bodies by length,
 *           chunked (extensions and trailers are skipped), and until the connection closes; interim
 *           (1xx) responses are skipped. Head at most HTTP_RESPONSE_MAX_HEAD_BYTES, body at most
 *           `max_body_bytes`.
 * Owns:     the body and the unfinished line, until http_response_fini.
 * Borrows:  nothing after a call returns.
 * Calls up: nothing.
 * Not here: the connection (fetch_link), HTTP/2's frames (h2_session).
 */
#ifndef LWSHOST_HTTP_RESPONSE_H
#define LWSHOST_HTTP_RESPONSE_H

#include "bytes.h"

#include <stdbool.h>
#include <stdint.h>

/* Status lines and fields together, interim responses included; each line of a chunk; trailers. */
#define HTTP_RESPONSE_MAX_HEAD_BYTES 16384
#define HTTP_RESPONSE_RETRY_AFTER_BYTES 40
#define HTTP_RESPONSE_REASON_BYTES 64 /* of the reason phrase and its NUL; a longer one is cut */
#define HTTP_RESPONSE_MAX_WANTED 3
#define HTTP_RESPONSE_WANTED_BYTES 64 /* of a value and its NUL; a longer one counts as missing */

enum http_response_result {
    HTTP_RESPONSE_MORE, /* not all of it is here */
    HTTP_RESPONSE_DONE,
    HTTP_RESPONSE_BAD, /* not HTTP/1, or broken off */
    HTTP_RESPONSE_TOO_LARGE,
    HTTP_RESPONSE_NO_MEMORY,
};

enum http_response_state {
    HTTP_RESPONSE_STATUS,
    HTTP_RESPONSE_FIELDS,
    HTTP_RESPONSE_LENGTH,     /* `left` bytes of body to come */
    HTTP_RESPONSE_CHUNK_SIZE, /* a line */
    HTTP_RESPONSE_CHUNK,      /* `left` bytes of chunk to come */
    HTTP_RESPONSE_CHUNK_END,  /* the empty line behind a chunk */
    HTTP_RESPONSE_TRAILERS,
    HTTP_RESPONSE_UNTIL_CLOSE,
    HTTP_RESPONSE_COMPLETE,
};

struct http_response {
    unsigned code;                           /* 0 until the status line is here */
    char reason[HTTP_RESPONSE_REASON_BYTES]; /* may be empty; bytes as they came */
    bool keeps_alive;
    bool is_to_head; /* set it behind http_response_begin: there is no body, whatever is said */
    char retry_after[HTTP_RESPONSE_RETRY_AFTER_BYTES]; /* as it was sent; empty when it was not */
    const char *const *wanted_names;                   /* NULL-terminated; or NULL */
    char wanted[HTTP_RESPONSE_MAX_WANTED][HTTP_RESPONSE_WANTED_BYTES]; /* empty: not sent */
    struct bytes body;

    enum http_response_state state;
    size_t max_body_bytes;
    size_t head_bytes; /* so far */
    uint64_t left;
    bool has_length, is_chunked, is_http_1_0, says_close;
    struct bytes line; /* the line that is being read */
};

/* Begin a response. Memory that `response` has from a former one is used again; all zero is fine.
 * wanted_names: the fields whose values are kept in `wanted`, at most HTTP_RESPONSE_MAX_WANTED and
 *         a NULL, borrowed until the response is whole; or NULL for none. Of a field that comes
 *         more than once the last counts. */
void http_response_begin(struct http_response *response, size_t max_body_bytes,
                         const char *const *wanted_names);

/* Read `len` bytes. Bytes behind the end of the response make it not keep the connection alive.
 * Not to be called again after anything but HTTP_RESPONSE_MORE. */
enum http_response_result http_response_feed(struct http_response *response, const char *data,
                                             size_t len);

/* The connection has closed. Returns HTTP_RESPONSE_DONE when that is how the body ends, else
 * HTTP_RESPONSE_BAD. */
enum http_response_result http_response_close(struct http_response *response);

/* The same for HTTP/2, where http_response_begin is followed by fields, the end of their block, any
 * more blocks (interim responses and trailers are skipped), and the body by http_response_feed. */

/* Take a field of the head or a trailer, ":status" included; what is forbidden in HTTP/2 has been
 * refused before. */
enum http_response_result http_response_field(struct http_response *response, const char *name,
                                              size_t name_len, const char *value);

/* A block of fields is whole. */
enum http_response_result http_response_end_fields(struct http_response *response);

/* True when not a single byte of it has come. */
bool http_response_is_untouched(const struct http_response *response);

/* How long the Retry-After field asks to wait, in seconds, a day at most; 0 when there is none or
 * it says nothing that can be understood. now: seconds since 1970, for the form that is a date. */
unsigned http_response_retry_after_s(const struct http_response *response, int64_t now);

void http_response_fini(struct http_response *response);

#endif
