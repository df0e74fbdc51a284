/* request — one HTTP request of the protocol: what it asks, its lookups, its answer.
 *
 * Shape:    lives in lws's per-session memory: all zero when a transaction begins, dropped when it
 *           ends. Reading, then asking, then answering.
 * Owns:     query, body, batch and reply, until request_drop.
 * Borrows:  the vhost's state.
 * Calls up: libwebsockets; each function returns what the lws callback returns.
 * Not here: the callback itself and the vhost's life (ip_info).
 */
#ifndef LWSHOST_IP_INFO_REQUEST_H
#define LWSHOST_IP_INFO_REQUEST_H

#include "batch.h"
#include "http_stream.h"
#include "journal_port.h"
#include "rate.h"
#include "tally.h"

#include <libwebsockets.h>

/* What a request asks for instead of addresses (endpoints.h). */
enum endpoint { ENDPOINT_NONE, ENDPOINT_HEALTH, ENDPOINT_METRICS, ENDPOINT_OPENAPI };

/* What requests need of their vhost. */
struct request_host {
    const struct settings *settings;
    struct flights *flights;
    struct lookup_service *service;
    const struct fetch_client *client;
    const struct lwshost_journal *journal; /* NULL: nobody watches */
    struct tally tally;
    struct rate *rate; /* NULL: no bound */
    unsigned open;     /* requests that have no whole answer yet */
    bool is_broken, is_stopping;
};

struct request {
    struct request_host *host; /* NULL: not counted among the open ones */
    struct lws *wsi;
    struct query query; /* while the body is read */
    struct bytes body;
    struct batch *batch;
    lws_sorted_usec_list_t deadline;
    struct http_reply reply;
    struct http_stream stream;
    size_t *order; /* of the answers, as they came; while lines are streamed */
    size_t answered, written;
    uint64_t arrived_us;
    unsigned long deadline_ms;
    enum endpoint endpoint;
    char client[IP_ADDR_TEXT_BYTES]; /* who asks, for the log; empty: not known */
    bool wants_body;                 /* the body is the question, not something to skip */
    bool is_of_caller;               /* what is asked is about the caller itself */
    bool may_write;                  /* inside a callback in which an answer may go out at once */
    bool closes;                     /* the connection is of no use after the answer */
};

/* LWS_CALLBACK_HTTP; `path` is what is behind the mount point. */
int request_begin(struct request *request, struct request_host *host, struct lws *wsi,
                  const char *path, size_t len);

/* LWS_CALLBACK_HTTP_BODY */
int request_body(struct request *request, const void *data, size_t len);

/* LWS_CALLBACK_HTTP_BODY_COMPLETION */
int request_body_end(struct request *request);

/* LWS_CALLBACK_HTTP_WRITEABLE */
int request_writable(struct request *request);

/* LWS_CALLBACK_HTTP_DROP_PROTOCOL: the transaction has ended, one way or the other. */
void request_drop(struct request *request);

#endif
