/* lookup — one question about one address: it ends with exactly one outcome.
 *
 * Shape:    special addresses are answered at once by their kind; for a public one the provider is
 *           asked. A service per vhost holds what all lookups need.
 * Owns:     each lookup, from lookup_start to its completion.
 * Borrows:  settings and ports, as long as the service is used; `outcome` of the caller until done.
 * Calls up: the ports `fetch` and `now_us`; `done` once, never before lookup_start returns.
 * Not here: many questions of one request (batch), HTTP to providers (fetch).
 */
#ifndef LWSHOST_LOOKUP_H
#define LWSHOST_LOOKUP_H

#include "fetch.h"
#include "outcome.h"
#include "settings.h"

/* What a lookup needs from the world; tests put their own here. */
struct lookup_ports {
    enum fetch_error (*fetch)(void *opaque, const struct fetch_request *request,
                              fetch_done_fn *done, void *done_opaque);
    uint64_t (*now_us)(void *opaque);
    void *opaque;
};

struct lookup_service {
    const struct settings *settings;
    struct lookup_ports ports;
};

struct lookup_question {
    struct ip_addr addr;
    const struct provider *provider; /* who is asked; NULL: nobody */
    uint64_t deadline_us;
};

typedef void lookup_done_fn(void *opaque);

/* Answer `question` into `outcome`, which must stay where it is until then.
 * Returns true when it is answered already and `done` will not be called, false when `done` will be
 * called once. */
bool lookup_start(const struct lookup_service *service, const struct lookup_question *question,
                  struct outcome *outcome, lookup_done_fn *done, void *opaque);

#endif
