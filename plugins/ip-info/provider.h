/* provider — one source of answers: how to ask it, and how to read what it says.
 *
 * Shape:    the texts and numbers that presets, the providers file and options put in, and what
 *           provider_compile makes of them.
 * Owns:     what is compiled, until provider_fini; the secrets in it are wiped then.
 * Borrows:  the texts, as long as the provider lives.
 * Calls up: nothing; provider_compile reads secrets (pattern).
 * Not here: sending (fetch), who is asked when (chain), where the texts come from (settings).
 */
#ifndef LWSHOST_PROVIDER_H
#define LWSHOST_PROVIDER_H

#include "bytes.h"
#include "expr.h"
#include "fetch.h"
#include "outcome.h"
#include "pattern.h"
#include "url.h"

#define PROVIDER_NAME_BYTES 33 /* 32 and a NUL */
#define PROVIDER_MAX_ERRORS 32
#define PROVIDER_MAX_HEADERS 8
#define PROVIDER_MAX_LANGS 32
#define PROVIDER_LANG_BYTES 24

/* What a provider's own error text means. */
struct provider_error {
    const char *text;
    enum outcome_code code; /* OUTCOME_FOUND: the address is reserved, which is an answer */
};

struct provider_header {
    const char *name;
    const char *text; /* the pattern of its value */
};

/* How the provider calls a language. */
struct provider_lang {
    char lang[PROVIDER_LANG_BYTES]; /* empty: any */
    char value[PROVIDER_LANG_BYTES];
};

enum provider_family { PROVIDER_ANY_FAMILY, PROVIDER_V4_ONLY, PROVIDER_V6_ONLY };

struct provider {
    char name[PROVIDER_NAME_BYTES];
    const char *url_text;      /* a pattern */
    const char *ok_text;       /* the condition, or NULL: whatever is JSON is an answer */
    const char *reserved_text; /* the condition for "the address is reserved", or NULL */
    const char *message_text;  /* where the provider's own error text is, or NULL */
    const char *map_texts[2];  /* space-separated field=expression; each may be NULL */
    const char *field_texts[RECORD_FIELD_COUNT]; /* the same one by one, if map_texts[0] is NULL */
    const char *lang_text;                       /* an option's text for `langs`, or NULL */
    struct provider_lang langs[PROVIDER_MAX_LANGS]; /* the first stands for all others */
    size_t lang_count;                              /* 0: languages are called as they are */
    struct provider_error errors[PROVIDER_MAX_ERRORS];
    size_t error_count;
    struct provider_header headers[PROVIDER_MAX_HEADERS];
    size_t header_count;
    bool skips_unset_headers;    /* a header whose variable is not set is left out */
    const char *basic_auth_text; /* the pattern of `user:password`, or NULL */
    char absent[EXPR_MAX_ABSENT][EXPR_ABSENT_BYTES]; /* values that mean "unknown"; empty ends */
    enum provider_family family;
    unsigned long per_second, per_minute; /* 0: no bound */
    const char *remaining_field;          /* response fields: how many are left, or NULL */
    const char *reset_field;              /* and until when that holds, or NULL */
    const char *notice;                   /* what a person has to know who configures it, or NULL */
    const char *tls_ca;                   /* a PEM file of more authorities to trust, or NULL */
    bool is_private;                      /* may be at a loopback or private address */
    bool wants_h2;                        /* one connection for all requests, if the server can */
    unsigned long lanes;                  /* requests at once */
    unsigned long timeout_ms;             /* for one attempt */
    unsigned long attempts;               /* for one question */
    unsigned long max_reply_bytes;
    unsigned long breaker_failures, breaker_open_ms;
    unsigned long ttl_s, negative_ttl_s; /* how long an answer is good */

    /* What provider_compile makes of the texts. */
    struct url url; /* of the pattern; its target still holds the placeholders */
    struct pattern *url_pattern;
    struct pattern *header_patterns[PROVIDER_MAX_HEADERS]; /* NULL: left out */
    char *header_values[PROVIDER_MAX_HEADERS];             /* of those that are always the same */
    char *authorization;                                   /* the value made of basic_auth_text */
    struct condition *ok, *reserved;
    struct expr *message;
    struct expr *fields[RECORD_FIELD_COUNT];
    const char *wanted[FETCH_MAX_WANTED + 1]; /* response fields */
    char missing[PATTERN_MISSING_BYTES]; /* a variable that is not set; it can't be asked then */
};

/* The places of `wanted`. */
enum { PROVIDER_WANTED_TYPE, PROVIDER_WANTED_REMAINING, PROVIDER_WANTED_RESET };

/* Compile the texts. Returns 0, or -1 with `problem` filled: `path` is the member of the providers
 * file, "url", "ok", "map.city", …, or "map" and "map2" of the options; provider_fini is still due.
 */
int provider_compile(struct provider *provider, struct problem *problem);

/* How the provider calls the language that was asked for; `asked` may be NULL or empty. */
const char *provider_lang(const struct provider *provider, const char *asked);

/* One request. All zero is an empty one; it can be used again. */
struct provider_request {
    struct bytes text; /* the URL, and header values that depend on the question */
    const char *url;
    struct fetch_header headers[PROVIDER_MAX_HEADERS + 3];
    size_t header_count;
};

/* Make the request that asks about `ip` (canonical text) in `lang`, which provider_lang has said.
 * Returns 0, or -1 when memory is short. */
int provider_ask(const struct provider *provider, const char *ip, const char *lang,
                 struct provider_request *request);
void provider_request_fini(struct provider_request *request);

/* Understand an HTTP answer, whose error is FETCH_OK. Fills `outcome` with a record or a failure;
 * `source` is the provider. */
void provider_read(const struct provider *provider, const struct fetch_response *response,
                   const char *lang, struct outcome *outcome);

/* How long the provider asks to be left alone: by Retry-After, by what it said is left, by its
 * default of 60 s when it says that it had enough. 0 when it does not.
 * now: seconds since 1970, for a reset that is a time. */
unsigned provider_pause_s(const struct provider *provider, const struct fetch_response *response,
                          const struct outcome *outcome, int64_t now);

/* Free what was compiled. */
void provider_fini(struct provider *provider);

#endif
