/* settings — the options of the protocol on one vhost, read and compiled.
 *
 * Shape:    plain values, and the providers in the order in which they are asked. Flat options of a
 *           provider are called `<provider>:<key>`.
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
#include "text_template.h"

#define SETTINGS_MAX_PROVIDERS 16
#define SETTINGS_MAX_PROVIDER_OPTIONS 128

struct settings {
    const char *provider_names; /* comma list; NULL: nobody is asked */
    unsigned long deadline_ms, timeout_ms;
    unsigned long max_ips, max_ips_post, max_body_bytes;
    unsigned long lanes, max_inflight, max_queue;
    unsigned long max_reply_bytes;
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

    struct option_value flat[SETTINGS_MAX_PROVIDER_OPTIONS]; /* `<provider>:<key>` as they came */
    size_t flat_count;
};

/* The table of the options that belong to no provider. */
extern const struct option settings_table[];
extern const size_t settings_rows;

/* The option_family_fn for `<provider>:<key>`; `out` is a struct settings. */
int settings_family(void *out, const char *name, const char *value, struct problem *problem);

/* Make providers and templates of what was read into `settings`, which was all zero before.
 * Returns 0, or -1 with `problem` filled; settings_fini is still due. */
int settings_compile(struct settings *settings, struct problem *problem);

/* The one who is asked: the provider called `name`, or the first for an empty name; NULL in
 * `provider` for nobody, which is what "local" means. Returns -1 when there is no such name. */
int settings_provider(const struct settings *settings, const char *name,
                      const struct provider **provider);

/* Free what settings_compile made. */
void settings_fini(struct settings *settings);

#endif
