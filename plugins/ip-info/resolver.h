/* resolver — names to addresses without holding up the loop: getaddrinfo(3) in worker threads.
 *
 * Shape:    a thread for each question, so that a name that takes its time holds up no other; a
 *           list of results that the loop collects. The caller bounds how many questions are open.
 * Owns:     threads, questions and results, until resolver_free, which waits for nobody: a thread
 *           that is still asking the system is left to itself, and frees its question when it
 *           comes back. The code that it comes back to, a plugin's as a rule, stays loaded for it.
 * Borrows:  nothing.
 * Calls up: `wake`, from the threads, never after resolver_free began: it may do nothing but wake
 *           the loop. The answer functions are called on the loop's thread by resolver_drain.
 * Not here: who may be spoken to (fetch), how long an answer is good (fetch).
 */
#ifndef LWSHOST_RESOLVER_H
#define LWSHOST_RESOLVER_H

#include "ip_addr.h"

#include <stddef.h>

#define RESOLVER_MAX_ADDRESSES 8 /* of one name; the system's order is kept */

struct resolver;

typedef void resolver_wake_fn(void *opaque);

/* count is 0 when the name has no address or could not be resolved. */
typedef void resolver_answer_fn(void *opaque, const struct ip_addr *addresses, size_t count);

/* Returns NULL when memory is short. */
struct resolver *resolver_new(resolver_wake_fn *wake, void *opaque);

/* Ask for the addresses of `host`. Returns 0 when `answer` will be called once, or -1 when memory
 * or threads are short. */
int resolver_ask(struct resolver *resolver, const char *host, resolver_answer_fn *answer,
                 void *opaque);

/* Deliver the results that are there. */
void resolver_drain(struct resolver *resolver);

/* Stop; what is unanswered stays so. NULL is fine. */
void resolver_free(struct resolver *resolver);

#endif
