/* fetch_head — what a request looks like at the beginning of an HTTP/1.1 message, and which
 * requests can't be one.
 *
 * Shape:    functions.
 * Owns:     nothing.
 * Borrows:  nothing after a call returns.
 * Calls up: nothing.
 * Not here: connections (fetch_link), HTTP/2 (h2_session).
 */
#ifndef LWSHOST_FETCH_HEAD_H
#define LWSHOST_FETCH_HEAD_H

#include "bytes.h"
#include "fetch.h"

#include <stdbool.h>

/* True when `name` can be the name of a field that a caller sets: a token, and not one of those
 * that say where a message ends or what becomes of the connection. */
bool fetch_head_takes_name(const char *name);

/* True when the request can be written: its method is a token other than CONNECT, its fields have
 * names as above, and values without control characters. */
bool fetch_head_is_sound(const struct fetch_request *request);

/* True when the method may be sent twice with the effect of once (RFC 9110 9.2.2). */
bool fetch_head_is_idempotent(const struct fetch_request *request);

/* True when the request says how long its body is, 0 bytes included. */
bool fetch_head_says_length(const struct fetch_request *request);

/* Append request line and fields. authority: the Host; target: path and query, empty for "/".
 * Returns 0, or -1 when memory is short. */
int fetch_head_write(const struct fetch_request *request, const char *authority, const char *target,
                     struct bytes *out);

#endif
