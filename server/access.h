/* access — each HTTP request from its headers to its end: counted, and a line of the access log.
 *
 * Shape:    one entry for each request that is under way. Requests begin with
 *           LWS_CALLBACK_FILTER_HTTP_CONNECTION, which comes to the host for all of them. How they
 *           end lws does not say everywhere: plugins that know lwshost tell it (journal_port.h),
 *           front tells it of its own answers, and of what lws answers by itself the status is
 *           deduced from the mount. That of other plugins stays unknown.
 * Owns:     the entries, until access_fini.
 * Borrows:  the sites.
 * Calls up: libwebsockets; the journal of the server.
 * Not here: WebSockets, which the plugins tell of.
 */
#ifndef LWSHOST_ACCESS_H
#define LWSHOST_ACCESS_H

#include "dlist.h"
#include "hash_map.h"

#include <libwebsockets.h>
#include <stdbool.h>

struct server;
struct site;

struct access {
    struct server *server;
    struct hash_map entries;
    struct dlist under_way, over; /* over: unless something follows in this turn */
    lws_sorted_usec_list_t settle;
};

void access_init(struct access *access, struct server *server);

/* Forget all entries, after the context was destroyed; harmless when it was never initialised. */
void access_fini(struct access *access);

/* A request has its headers. One of the same connection that has not ended ends now. */
void access_begin(struct access *access, const struct site *site, struct lws *wsi);

/* lws is about to serve the request as one for a file. */
void access_is_file(struct access *access, struct lws *wsi);

/* The request is being answered. bytes: of the body; negative: not known yet. */
void access_answer(struct access *access, struct lws *wsi, unsigned status, long long bytes);

/* The request may be over, for lws has bound the connection to front; or it will bind it again in
 * this very turn, and access_is_file or access_answer follows. */
void access_may_be_over(struct access *access, const struct site *site, struct lws *wsi);

/* The request is over. Harmless when there is none. client: NULL, or who it was. */
void access_end(struct access *access, struct lws *wsi, const char *client);

#endif
