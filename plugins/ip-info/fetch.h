/* fetch — an asynchronous HTTP client: give it a request, it calls you back once with the response.
 *
 * What a coroutine framework writes as `response = await client.fetch(request)` is here
 * fetch_start(client, &request, on_response, me) and a function `on_response(me, response)`:
 * nothing waits in between, so a thousand requests can be under way in one thread.
 *
 * Shape:    a client has origins (scheme, host, port), fixed when it starts; an origin has lanes,
 *           each of which carries one request at a time: over HTTP/1.1 on a connection of its own
 *           that is kept open, over HTTP/2 as a stream of one connection for all. Connections are
 *           raw ones of libwebsockets. Its own HTTP client is not used, because it either opens a
 *           connection for each request or puts requests behind each other, and what it reuses it
 *           hands from one object to the next, which leaks a watcher each time on its libuv loop
 *           (4.1 to 5.0). Responses are held whole, up to `max_reply_bytes`; redirects are not
 *           followed.
 * Owns:     lanes, connections, copies of what is asked, until fetch_client_free.
 * Borrows:  method, headers, body and wanted names of a request, until its completion (the URL is
 *           copied); `tls_ca` of an origin, until fetch_client_add_origin returns.
 * Calls up: `done`, on the loop's thread, exactly once for each request that was started, never
 *           before fetch_start returns. It may start other requests, but not free the client.
 *           There is no taking back: who goes away before the response leaves somebody behind who
 *           takes it (tests/integration/plugins/fetch_req.h counts holders).
 * Not here: what the answers mean (provider), which question is asked (lookup).
 *
 * A plugin that uses it links `ip_info_fetch`, makes a client in LWS_CALLBACK_PROTOCOL_INIT, hands
 * LWS_CALLBACK_EVENT_WAIT_CANCELLED to fetch_client_wake, and frees the client in
 * LWS_CALLBACK_PROTOCOL_DESTROY. Of libwebsockets fetch needs nothing but its public functions.
 *
 * A request goes out once, but for three cases: the next address of the name is tried when there
 * is no connection to the one before; a request that finds that the server has just closed the
 * kept connection goes out once more on a new one, if its method may be repeated (RFC 9110 9.2.2:
 * GET, HEAD, OPTIONS, PUT, DELETE, TRACE), and not a byte of a response had come; and one of which
 * an HTTP/2 server says that it has not begun with it (REFUSED_STREAM, or above the last stream of
 * a GOAWAY: RFC 9113 8.7) goes out once more, whatever its method.
 */
#ifndef LWSHOST_FETCH_H
#define LWSHOST_FETCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct lws_context;
struct fetch_client;

enum fetch_error {
    FETCH_OK,
    FETCH_TIMEOUT,
    FETCH_CONNECT_FAILED,
    FETCH_TLS_FAILED,
    FETCH_DNS_FAILED,
    FETCH_CLOSED,      /* the connection ended before the response did, or it was not HTTP */
    FETCH_TOO_LARGE,   /* longer than max_reply_bytes */
    FETCH_QUEUE_FULL,  /* at once, or when those who wait for less have taken the place */
    FETCH_NO_ORIGIN,   /* not one of the client's origins, or not a URL */
    FETCH_BAD_REQUEST, /* no request that could be sent: see struct fetch_request */
    FETCH_NO_MEMORY,
    FETCH_STOPPED, /* the client is being freed */
};

struct fetch_header {
    const char *name;
    const char *value; /* without control characters */
};

#define FETCH_MAX_WANTED 3

struct fetch_request {
    const char *method; /* "GET", "HEAD", "POST", …: any token but CONNECT */
    const char *url;    /* absolute */
    /* Beside Host and Content-Length. Fields that say where a message ends or what becomes of the
     * connection (Transfer-Encoding, Connection, Expect, …) are refused. */
    const struct fetch_header *headers;
    size_t header_count;
    /* May be NULL; sent whole, with its length. A response that comes before all of it has gone out
     * is read then. */
    const void *body;
    size_t body_bytes;
    const char *const *wanted; /* names of response fields, FETCH_MAX_WANTED and a NULL; or NULL */
    uint64_t not_before_us;    /* it takes no lane before that; 0 for at once */
    uint64_t deadline_us;      /* lws_now_usecs() at which it has failed, queueing included */
    size_t max_reply_bytes;    /* of the body */
    uint64_t requester;        /* requesters take turns when they wait for lanes; any number */
};

/* Everything in it is borrowed until `done` returns. With an error other than FETCH_OK code, reason
 * and body may hold what had come until then. */
struct fetch_response {
    enum fetch_error error;
    unsigned code;      /* HTTP status; 0 when none came */
    const char *reason; /* the phrase behind it, "Not Found"; as it came, empty when none did, as
                           always with HTTP/2; with FETCH_TLS_FAILED what is wrong, "certificate
                           has expired", or empty */
    const char *body;   /* NUL-terminated; empty of a HEAD */
    size_t body_bytes;
    const char *wanted[FETCH_MAX_WANTED]; /* values of the fields; empty when they were not sent */
    bool was_waiting;       /* timed out while others had all the lanes, and was never sent */
    unsigned retry_after_s; /* of the Retry-After header in seconds; 0 when there is none */
};

typedef void fetch_done_fn(void *opaque, const struct fetch_response *response);

/* Make a client whose lanes belong to `context`.
 * max_inflight: requests on lanes at once over all origins; 0 for no bound but the lanes.
 * Returns NULL when memory is short. */
struct fetch_client *fetch_client_new(struct lws_context *context, size_t max_inflight);

/* Complete what is under way with FETCH_STOPPED and free the client; NULL is fine. Connections that
 * libwebsockets still has to close are its own from here on. */
void fetch_client_free(struct fetch_client *client);

struct fetch_origin_info {
    const char *url; /* any URL of the origin */
    size_t max_lanes, max_queue;
    bool allows_private; /* may be, or resolve to, loopback and private addresses */
    const char *tls_ca;  /* a PEM file of authorities to trust beside the system's; or NULL */
    /* Put all requests on one connection, as streams of HTTP/2, as many at once as there are lanes
     * and as the server allows. With https the server chooses (ALPN), and may choose HTTP/1.1; it
     * is asked again when there is no connection left. With http it must speak HTTP/2 from the
     * first byte on ("prior knowledge", RFC 9113 3.3). */
    bool h2;
};

/* Let the client speak to an origin. For one that it knows already the larger bounds count; whom it
 * trusts, where it may be, and `h2` can't be changed, the caller has seen to that.
 * Returns FETCH_OK, FETCH_NO_MEMORY, FETCH_NO_ORIGIN when the URL is none, FETCH_TLS_FAILED when
 * `tls_ca` can't be read. */
enum fetch_error fetch_client_add_origin(struct fetch_client *client,
                                         const struct fetch_origin_info *info);

/* Start a request, or have it start by itself later.
 * Returns FETCH_OK when `done` will be called, anything else when it will not: FETCH_QUEUE_FULL,
 * FETCH_NO_ORIGIN, FETCH_BAD_REQUEST, FETCH_NO_MEMORY. */
enum fetch_error fetch_start(struct fetch_client *client, const struct fetch_request *request,
                             fetch_done_fn *done, void *opaque);

struct fetch_stats {
    size_t connections, waiting;       /* now */
    size_t h2_connections, h2_streams; /* of HTTP/2, and the requests under way on them */
    uint64_t opened, stale,
        queue_full; /* since the start: tried connections, free retries, refusals */
};

void fetch_client_stats(const struct fetch_client *client, struct fetch_stats *stats);

/* To be called on LWS_CALLBACK_EVENT_WAIT_CANCELLED: resolved names are waiting. */
void fetch_client_wake(struct fetch_client *client);

#endif
