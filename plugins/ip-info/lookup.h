/* lookup — one question about one address: it ends with exactly one outcome.
 *
 * Shape:    special addresses are answered at once by their kind; about a public one the providers
 *           are asked in order (chain). A service per vhost holds what all lookups need.
 * Owns:     the service's chains, until lookup_service_fini.
 * Borrows:  settings, as long as the service is used; `outcome` of the caller until done.
 * Calls up: the ports; `done` once, never before lookup_start returns.
 * Not here: many questions of one request (batch), HTTP to providers (fetch).
 */
#ifndef LWSHOST_LOOKUP_H
#define LWSHOST_LOOKUP_H

#include "chain.h"

struct lookup_service {
    struct chains chains;
};

struct lookup_question {
    struct ip_addr addr;
    struct settings_chain providers; /* who is asked in this order; none: nobody */
    char lang[PROVIDER_LANG_BYTES];  /* of the names in the answer; empty: the providers' own */
    uint64_t deadline_us;
    uint64_t requester; /* see fetch.h; of equal questions the first one's counts */
};

typedef void lookup_done_fn(void *opaque);

/* Returns 0, or -1 when memory is short; lookup_service_fini is due either way. */
int lookup_service_init(struct lookup_service *service, const struct settings *settings,
                        const struct chain_ports *ports);

/* No lookup may be under way. All zero is fine. */
void lookup_service_fini(struct lookup_service *service);

/* Answer `question` into `outcome`, which must stay where it is until then.
 * Returns true when it is answered already and `done` will not be called, false when `done` will be
 * called once. */
bool lookup_start(struct lookup_service *service, const struct lookup_question *question,
                  struct outcome *outcome, lookup_done_fn *done, void *opaque);

#endif
