/* fetch_req — HTTP requests that ask somebody else before they answer: the tutorial's req_a, req_b
 * and req_c, and relay, which asks whatever it is told to. Built for the tests only, and an example
 * of how a plugin uses fetch.
 *
 * Shape:    one struct for each request; what a coroutine would keep on its stack is in it.
 * Owns:     a req is held by its HTTP transaction and by each fetch under way; the last one frees.
 * Borrows:  the host, as long as the plugin's vhost lives, which is longer than any req.
 * Calls up: req_is_answered, on the loop's thread, never before req_begin returns.
 * Not here: libwebsockets (fetch_test).
 */
#ifndef LWSHOST_TEST_FETCH_REQ_H
#define LWSHOST_TEST_FETCH_REQ_H

#include "bytes.h"
#include "fetch.h"

#include <stdbool.h>

#define REQ_PARTS 2
#define REQ_HEADERS 4

struct req_host {
    struct fetch_client *client;
    const char *upstream; /* "http://…", without a path */
    uint64_t (*now_us)(void);
};

struct req;

/* What one fetch has brought. */
struct req_part {
    struct req *req;
    enum fetch_error error;
    struct bytes body;
};

struct req {
    const struct req_host *host;
    void *transaction; /* whoever waits for the answer; NULL when he has gone */
    unsigned holders;
    int at; /* where req_c goes on, see REQ_AWAIT */
    unsigned open;
    struct req_part parts[REQ_PARTS];
    void *told; /* relay: the JSON, from which the fetch borrows */
    struct fetch_header headers[REQ_HEADERS];
    bool is_answered;
    unsigned status;
    struct bytes answer;
};

/* Returns NULL when memory is short. */
struct req *req_new(const struct req_host *host, void *transaction);

/* Begin: path is "req_a", "req_b", "req_c" or "relay", which reads its body. */
void req_begin(struct req *req, const char *path, const struct bytes *body);

/* One holder less. NULL is fine. */
void req_release(struct req *req);

/* In fetch_test.c: `req->transaction` may answer now. */
void req_is_answered(struct req *req);

#endif
