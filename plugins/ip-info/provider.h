/* provider — one source of answers: how to ask it, and how to read what it says.
 *
 * Shape:    a URL template with `{ip}` and `{lang}`, a condition for "it answered", an expression
 *           per field of the common schema, a table from its own error texts to our codes.
 * Owns:     the compiled expressions, until provider_fini.
 * Borrows:  the option texts, as long as the provider lives.
 * Calls up: nothing.
 * Not here: sending (fetch), reading the options (provider_options).
 */
#ifndef LWSHOST_PROVIDER_H
#define LWSHOST_PROVIDER_H

#include "bytes.h"
#include "expr.h"
#include "outcome.h"
#include "url.h"

#define PROVIDER_NAME_BYTES 33 /* 32 and a NUL */

/* What a provider's own error text means. */
struct provider_error {
    const char *text;
    enum outcome_code code; /* OUTCOME_FOUND: the address is reserved, which is an answer */
};

struct provider {
    char name[PROVIDER_NAME_BYTES];
    const char *url_text;     /* the template */
    const char *ok_text;      /* the condition, or NULL: whatever is JSON is an answer */
    const char *map_texts[2]; /* space-separated field=expression; the second may be NULL */
    const char *message_text; /* where the provider's own error text is, or NULL */
    const char *lang;         /* for `{lang}`; NULL: the template must not use it */
    const char *tls_ca;       /* a PEM file of more authorities to trust, or NULL */
    bool is_private;          /* may be at a loopback or private address */
    unsigned long lanes;      /* connections at once */
    unsigned long timeout_ms; /* for one attempt */
    const struct provider_error *errors;
    size_t error_count;

    /* What provider_compile makes of the texts. */
    struct url url; /* of the template; its target still holds the placeholders */
    struct condition *ok;
    struct expr *message;
    struct expr *fields[RECORD_FIELD_COUNT];
};

/* Compile the texts. Returns 0, or -1 with `problem` filled: `path` is the key, "url", "ok", "map",
 * "map2", "message" or "private"; provider_fini is still due. */
int provider_compile(struct provider *provider, struct problem *problem);

/* Append the URL that asks about `ip` (canonical text) to `out`. Returns 0, or -1 when memory is
 * short. */
int provider_url(const struct provider *provider, const char *ip, struct bytes *out);

/* Understand an HTTP answer. Fills `outcome` with a record or a failure; `source` is the provider.
 * retry_after_s: as the answer's header said, 0 when it did not. */
void provider_read(const struct provider *provider, unsigned status, unsigned retry_after_s,
                   const char *body, size_t body_bytes, struct outcome *outcome);

/* Free what was compiled. */
void provider_fini(struct provider *provider);

#endif
