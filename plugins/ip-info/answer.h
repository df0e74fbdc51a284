/* answer — what a request gets: status, type and body, made of a query and its outcomes.
 *
 * Shape:    JSON (an envelope, or one bare object in the single form), NDJSON, CSV, text or HTML as
 *           the tutorial writes them, or the bare value of one field; an error is
 * application/problem+json (RFC 9457), in text and HTML the same lines as otherwise with the error
 * status. Owns:     the body, until answer_fini. Borrows:  nothing after a call returns;
 * content_type is a literal. Calls up: nothing. Not here: sending it (ip_info), the lines of text
 * and HTML (answer_text).
 */
#ifndef LWSHOST_ANSWER_H
#define LWSHOST_ANSWER_H

#include "bytes.h"
#include "outcome.h"
#include "query.h"
#include "text_template.h"

struct answer {
    unsigned status;
    const char *content_type;
    bool is_complete; /* every lookup succeeded */
    unsigned fresh_s; /* how long it may be kept, UINT_MAX for ever; 0 when it is not complete */
    unsigned retry_after_s; /* of a 503: when the first of the failures may be over; 0: not known */
    bool is_lookup;         /* made by answer_make: X-Ip-Info-Complete belongs to it */
    struct bytes body;
};

/* How answers look on one vhost. */
struct answer_style {
    const struct text_template *ok;
    const char *error_text;
    unsigned upstream_error_status;
};

/* Make the answer of a query that ended with `outcomes`; query->format is not AUTO.
 * Returns 0, or -1 when memory is short; answer_fini is due either way. */
int answer_make(const struct query *query, const struct outcome *outcomes,
                const struct answer_style *style, unsigned long deadline_ms, struct answer *answer);

#define ANSWER_NDJSON_TYPE "application/x-ndjson"

/* One answer as a line of NDJSON with its index or name, for a format that is sent as answers come,
 * and the line behind the last one, which sums up. Return 0, or -1 when memory is short. */
int answer_line(const struct query *query, size_t n, const struct outcome *outcome,
                struct bytes *out);
int answer_last_line(const struct query *query, const struct outcome *outcomes, struct bytes *out);

/* Make the answer of a request that is refused before any lookup. Returns as answer_make. */
int answer_refuse(unsigned status, const char *detail, struct answer *answer);

void answer_fini(struct answer *answer);

#endif
