/* journal_port — what a protocol plugin tells whoever watches over the server.
 *
 * Shape:    a table of functions that lwshost provides for each vhost (host_hooks.h, `watch`).
 *           Other hosts have none: `journal` is NULL then, and what is notable goes to lws's log as
 *           a notice, the rest as information.
 * Owns:     nothing.
 * Borrows:  the event and its texts, during a call.
 * Calls up: lws's log.
 */
#ifndef LWSHOST_JOURNAL_PORT_H
#define LWSHOST_JOURNAL_PORT_H

#include "event.h"

#include <libwebsockets.h>

struct lwshost_journal {
    /* Something has happened. No texts of messages and no secrets. */
    void (*event)(const struct lwshost_journal *journal, const struct event *event);

    /* The request that `wsi` carries is over; from LWS_CALLBACK_HTTP_DROP_PROTOCOL.
     * status: of the answer; 0: there was none. bytes: of its body, as far as they were sent.
     * client: whose request it was, canonical text; NULL: the plugin doesn't know better than the
     * host. */
    void (*answered)(const struct lwshost_journal *journal, struct lws *wsi, unsigned status,
                     uint64_t bytes, const char *client);
};

/* who: the protocol, for lws's log. */
void journal_event(const struct lwshost_journal *journal, const char *who,
                   const struct event *event);

/* Does nothing without a journal: lws, where it was built for that, has an access log itself. */
void journal_answered(const struct lwshost_journal *journal, struct lws *wsi, unsigned status,
                      uint64_t bytes, const char *client);

#endif
