/* origin — whether the page that opened a WebSocket may talk to this server (RFC 6454, RFC 6455
 * section 10.2).
 *
 * Shape:    one decision over three texts.
 * Owns:     nothing.
 * Borrows:  its arguments, during a call.
 * Calls up: nothing.
 */
#ifndef CHAT_ORIGIN_H
#define CHAT_ORIGIN_H

#include "problem.h"

#include <stdbool.h>

/* Check the option: "same", "any", or exact origins separated by commas, each with its scheme.
 * Returns 0, or -1 with `problem` filled under the name "origins". */
int origin_check_option(const char *allowed, struct problem *problem);

/* allowed: an option that origin_check_option took. origin, host: the header fields, or NULL.
 * A request without Origin comes from no browser and is let in. "same" compares host and port with
 * Host, default ports left out; a list stands instead of "same".
 * Returns true when the request may go on. */
bool origin_is_allowed(const char *allowed, const char *origin, const char *host);

#endif
