/* url — the parts of an absolute http or https URL that a client needs.
 *
 * Shape:    a plain struct of places in the text.
 * Owns:     nothing.
 * Borrows:  the text, as long as the struct is used.
 * Calls up: nothing.
 * Not here: relative URLs, userinfo, fragments; all are refused.
 */
#ifndef LWSHOST_URL_H
#define LWSHOST_URL_H

#include "problem.h"

#include <stdbool.h>
#include <stddef.h>

#define URL_HOST_BYTES 254 /* the longest DNS name and a NUL */

struct url {
    bool is_tls;
    char host[URL_HOST_BYTES]; /* without the brackets of an IPv6 address */
    unsigned port;             /* filled in when the text has none */
    const char *authority;     /* host and port as they are written */
    size_t authority_bytes;
    const char *target; /* path and query; empty when there is none */
};

/* Read a NUL-terminated URL of printable ASCII.
 * Returns 0, or -1 with `problem` filled (its path is left alone). */
int url_parse(const char *text, struct url *url, struct problem *problem);

/* True when `other` goes to the same scheme, host and port, spelt the same way. */
bool url_same_origin(const struct url *url, const struct url *other);

#endif
