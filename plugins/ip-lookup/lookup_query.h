/* lookup_query — what one lookup asks: the parameters of the request, checked.
 *
 * Shape:    a fixed struct; lookup_query_init, lookup_query_take for each `name=value`, then
 *           lookup_query_finish.
 * Owns:     nothing.
 * Borrows:  nothing after a call returns.
 * Calls up: nothing.
 * Not here: %-decoding and cutting at `&`; that is done by whoever has the request.
 */
#ifndef LWSHOST_LOOKUP_QUERY_H
#define LWSHOST_LOOKUP_QUERY_H

#include "geo_db.h"
#include "ip_addr.h"
#include "problem.h"

#include <stdbool.h>
#include <stddef.h>

enum lookup_format {
    LOOKUP_JSON,   /* the tutorial's service: ret, country, province, city … */
    LOOKUP_NATIVE, /* one result object as ip-info answers it */
};

struct lookup_query {
    struct ip_addr addr;
    enum lookup_format format;
    char language[GEO_DB_LANGUAGE_BYTES]; /* empty: the one of the options */
    bool has_addr, has_format;
};

/* Begin with nothing asked. */
void lookup_query_init(struct lookup_query *query);

/* Take `len` bytes of `name=value`, decoded. Names other than ip, format and lang are ignored.
 * Returns 0, or -1 with `problem` filled: a bad value, or one given twice. */
int lookup_query_take(struct lookup_query *query, const char *text, size_t len,
                      struct problem *problem);

/* The request has no more parameters. Returns 0, or -1 with `problem` filled: no address. */
int lookup_query_finish(const struct lookup_query *query, struct problem *problem);

/* True for a language tag of ASCII letters, digits and inner hyphens, 2 to 23 bytes. */
bool lookup_is_language(const char *text, size_t len);

#endif
