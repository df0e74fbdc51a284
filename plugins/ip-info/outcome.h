/* outcome — how one lookup ended: with a record, or with one code of a closed list.
 *
 * Shape:    a plain struct; all zero is "found, public, nothing known".
 * Owns:     one reference to the record, given back by outcome_fini.
 * Borrows:  `source`: a provider's name, or a literal; lives as long as the plugin's vhost.
 * Calls up: nothing.
 * Not here: the words around it (answer).
 */
#ifndef LWSHOST_OUTCOME_H
#define LWSHOST_OUTCOME_H

#include "ip_class.h"
#include "record.h"

#include <stdbool.h>

enum outcome_code {
    OUTCOME_FOUND, /* also for special addresses, whose kind is the answer */
    OUTCOME_INVALID_IP,
    OUTCOME_NOT_FOUND,
    OUTCOME_UNSUPPORTED_FAMILY,
    OUTCOME_TIMEOUT,
    OUTCOME_CONNECT_FAILED,
    OUTCOME_TLS_FAILED,
    OUTCOME_DNS_FAILED,
    OUTCOME_UPSTREAM_STATUS,
    OUTCOME_UPSTREAM_REFUSED, /* the provider answered that it does not answer */
    OUTCOME_UPSTREAM_CLOSED,  /* reset, closed before or within the answer, not HTTP */
    OUTCOME_BAD_JSON,
    OUTCOME_TOO_LARGE,
    OUTCOME_REDIRECTED,
    OUTCOME_QUOTA,
    OUTCOME_CIRCUIT_OPEN,
    OUTCOME_QUEUE_FULL,
    OUTCOME_NO_PROVIDER,
    OUTCOME_INTERNAL, /* memory was short */
    OUTCOME_CODE_COUNT
};

/* One attempt at one provider. */
struct outcome_attempt {
    const char *provider;
    enum outcome_code code;
    unsigned ms; /* that it took; 0 for one that was not even sent */
};

/* More attempts than these are counted, but not kept. */
#define OUTCOME_MAX_ATTEMPTS 8

struct outcome {
    enum outcome_code code;
    enum ip_kind kind;
    struct record *record;    /* NULL when there is nothing but the kind */
    const char *source;       /* who said so: a provider, "local", or NULL for nobody */
    unsigned upstream_status; /* the provider's HTTP status where that is the point, else 0 */
    unsigned retry_after_s;   /* 0 when not known */
    struct outcome_attempt attempts[OUTCOME_MAX_ATTEMPTS]; /* in their order */
    unsigned attempt_count;
    unsigned elapsed_ms; /* from the question to the answer */
    unsigned age_s;      /* of a kept answer */
    unsigned fresh_s;    /* how long it may still be given again */
    bool is_cached;      /* it was given before */
    bool is_stale;       /* past its time to live: nobody could give a newer one */
    char detail[121];    /* one short English sentence without secrets; empty when found */
};

/* The code's name in answers, like "invalid_ip". */
const char *outcome_code_name(enum outcome_code code);

/* The code called `name`, or OUTCOME_CODE_COUNT when there is none. */
enum outcome_code outcome_code_find(const char *name);

/* Note an attempt at `provider`, which ended with the outcome's present code. */
void outcome_note(struct outcome *outcome, const char *provider, unsigned ms);

/* Make `outcome` a failure with a printf-style detail. kind and source stay as they are. */
void outcome_fail(struct outcome *outcome, enum outcome_code code, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* The HTTP status of an answer whose failures have the codes in `failed` (a bit per code, 1 <<
 * code) when no lookup succeeded.
 * upstream_error_status: what stands for 502. */
unsigned outcome_status(unsigned failed, unsigned upstream_error_status);

/* Give the record back. The outcome can be used again. */
void outcome_fini(struct outcome *outcome);

#endif
