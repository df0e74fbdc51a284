/* chain — one question goes from provider to provider until one answers.
 *
 * Shape:    the providers in order, each asked as often as its `attempts` say while that may help,
 *           within the question's deadline. What ends the chain is an answer: found, reserved,
 *           `not_found`, `invalid_ip`; or short memory. Every other failure goes on to the next
 *           provider; the outcome is the last one's. Each attempt is noted in the outcome.
 * Owns:     each question under way, until its completion; what is remembered of the providers.
 * Borrows:  the providers, as long as the chains live; `outcome` of the caller until done.
 * Calls up: the ports; `done` once, never before chain_start returns.
 * Not here: special addresses and whoever else has asked the same (lookup), HTTP (fetch).
 */
#ifndef LWSHOST_IP_INFO_CHAIN_H
#define LWSHOST_IP_INFO_CHAIN_H

#include "event.h"
#include "gate.h"
#include "settings.h"

/* What a chain needs from the world; tests put their own here. */
struct chain_ports {
    enum fetch_error (*fetch)(void *opaque, const struct fetch_request *request,
                              fetch_done_fn *done, void *done_opaque);
    uint64_t (*now_us)(void *opaque);
    int64_t (*now_s)(void *opaque);                         /* since 1970 */
    void (*event)(void *opaque, const struct event *event); /* tell who watches; NULL: nobody */
    void *opaque;
};

/* Of one vhost. */
struct chains {
    const struct settings *settings;
    struct chain_ports ports;
    struct gate gates[SETTINGS_MAX_PROVIDERS]; /* as settings->providers */
    uint64_t attempts[SETTINGS_MAX_PROVIDERS]; /* since the start */
    uint64_t failures[SETTINGS_MAX_PROVIDERS]; /* of them */
};

struct chain_question {
    struct ip_addr addr; /* a public one */
    struct settings_chain providers;
    const char *lang; /* NULL or empty: the providers' own */
    uint64_t deadline_us;
    uint64_t requester; /* see fetch.h */
};

typedef void chain_done_fn(void *opaque);

/* Returns 0, or -1 when memory is short; chains_fini is due either way. */
int chains_init(struct chains *chains, const struct settings *settings,
                const struct chain_ports *ports);
void chains_fini(struct chains *chains);

/* Answer `question` into `outcome`, which is empty but for its kind and must stay where it is until
 * then. Returns true when it is answered already and `done` will not be called, false when `done`
 * will be called once. */
bool chain_start(struct chains *chains, const struct chain_question *question,
                 struct outcome *outcome, chain_done_fn *done, void *opaque);

#endif
