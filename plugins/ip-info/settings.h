/* settings — the options of the protocol on one vhost, read and compiled.
 *
 * Shape:    plain values, and the providers: those that are asked, in their order, then those that
 *           are asked by name only. Flat options of a provider are called `<provider>:<key>`. Later
 *           wins: presets, the file's defaults, the file's provider, options for all, options of a
 *           provider.
 * Owns:     the providers, until settings_fini.
 * Borrows:  the option texts, as long as the settings live.
 * Calls up: nothing.
 * Not here: where options come from (pvo_options).
 */
#ifndef LWSHOST_IP_INFO_SETTINGS_H
#define LWSHOST_IP_INFO_SETTINGS_H

#include "forwarded.h"
#include "options.h"
#include "provider.h"
#include "providers_file.h"
#include "text_template.h"

#define SETTINGS_MAX_PROVIDERS 16
#define SETTINGS_MAX_PROVIDER_OPTIONS 128

#define SETTINGS_NOT_GIVEN ((unsigned long)-1)

/* Who is asked, in this order. */
struct settings_chain {
    const struct provider *first;
    size_t count;
};

struct settings {
    const char *provider_names; /* comma list, or NULL */
    const char *providers_path; /* of the providers file, or NULL */
    unsigned long deadline_ms;
    unsigned long max_ips, max_ips_post, max_body_bytes;
    unsigned long max_inflight, max_queue;
    /* For all providers that say nothing else; SETTINGS_NOT_GIVEN: see settings_read_provider. */
    unsigned long timeout_ms, lanes, attempts, max_reply_bytes;
    unsigned long breaker_failures, breaker_open_ms;
    unsigned long cache_entries, cache_bytes;
    unsigned long cache_ttl_s, cache_negative_ttl_s, stale_ttl_s;
    unsigned long upstream_error_status;
    unsigned long client_max_age_s;
    bool cache_public;
    const char *cors_origin; /* NULL: no other site's pages */
    unsigned long rate, burst;
    const char *trusted_proxies_text, *admin_net_text;
    unsigned forwarded_header; /* enum client_header */
    struct ip_nets trusted_proxies, admin_net;
    const char *text_ok, *text_error;

    struct text_template *ok_template;
    struct provider providers[SETTINGS_MAX_PROVIDERS];
    size_t provider_count;
    size_t chain_count;          /* so many of them are asked one after the other */
    struct providers_file *file; /* or NULL */

    struct option_value flat[SETTINGS_MAX_PROVIDER_OPTIONS]; /* `<provider>:<key>` as they came */
    size_t flat_count;
};

/* The table of the options that belong to no provider. */
extern const struct option settings_table[];
extern const size_t settings_rows;

/* That of the options of one provider, behind its name; the defaults are its preset's, or those of
 * the options for all. */
extern const struct option settings_provider_table[];
extern const size_t settings_provider_rows;

/* Make `settings` ready for the options to be read into. */
void settings_init(struct settings *settings);

/* The option_family_fn for `<provider>:<key>`; `out` is a struct settings. */
int settings_family(void *out, const char *name, const char *value, struct problem *problem);

/* Make providers and templates of what was read into `settings`.
 * Returns 0, or -1 with `problem` filled; settings_fini is still due. */
int settings_compile(struct settings *settings, struct problem *problem);

/* Who is asked: the provider called `name`, or all of the chain for an empty name; nobody for
 * "local". Returns -1 when there is no such name. */
int settings_chain(const struct settings *settings, const char *name, struct settings_chain *chain);

/* What is behind the provider's name in the name of an option of its own; else NULL. */
const char *settings_key_of(const char *option, const struct provider *provider);

/* Fill in and compile `provider`, which has its name, from all levels. Returns 0, or -1 with
 * `problem` filled: what is wrong is said where it was written. */
int settings_read_provider(const struct settings *settings, struct provider *provider,
                           struct problem *problem);

/* Free what settings_compile made. */
void settings_fini(struct settings *settings);

#endif
