/* guesses — how often the people of one address may be wrong about a secret or a PIN.
 *
 * Shape:    a bucket of `guesses` for each address, which refills within a minute; sockets and HTTP
 *           take from the same one. Who has used it up is not judged any more, right or wrong.
 * Owns:     nothing; the buckets are the world's.
 * Borrows:  its arguments, during a call.
 * Calls up: the port's clock.
 * Not here: whether a secret is right (access.h).
 */
#ifndef CHAT_GUESSES_H
#define CHAT_GUESSES_H

#include "world.h"

/* How long the people of that address have to wait until a secret of theirs is looked at, in ms; 0:
 * they need not. address: as of a connection; NULL is an address, too. */
uint64_t guesses_wait_ms(const struct world *world, const char *address);

/* One of theirs was wrong. */
void guesses_count(struct world *world, const char *address);

#endif
