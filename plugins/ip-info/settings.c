#include "settings.h"

#include <stdio.h>
#include <string.h>

#define NUMBER(name_, member_, fallback_, min_, max_, unit_, help_)                                \
    {                                                                                              \
        .name = (name_), .type = OPTION_NUMBER, .offset = offsetof(struct settings, member_),      \
        .fallback = (fallback_), .min = (min_), .max = (max_), .unit = (unit_), .help = (help_)    \
    }
#define TEXT(name_, member_, fallback_, help_)                                                     \
    {                                                                                              \
        .name = (name_), .type = OPTION_TEXT, .offset = offsetof(struct settings, member_),        \
        .fallback = (fallback_), .min = 1, .max = 254, .help = (help_)                             \
    }

const struct option settings_table[] = {
    TEXT("providers", provider_names, NULL, "who is asked, by name; a comma list"),
    TEXT("providers-file", providers_path, NULL, "a JSON file of providers"),
    NUMBER("deadline-ms", deadline_ms, "2000", 50, 60000, "ms", "for the whole request"),
    NUMBER("timeout-ms", timeout_ms, NULL, 50, 60000, "ms", "for one attempt at one provider"),
    NUMBER("max-ips", max_ips, "32", 1, 64, "addresses", "in one GET"),
    NUMBER("max-ips-post", max_ips_post, "100", 1, 1000, "addresses", "in one POST"),
    NUMBER("max-body", max_body_bytes, "16384", 64, 1048576, "bytes", "of one POST"),
    NUMBER("lanes", lanes, NULL, 1, 256, NULL, "connections to one provider at once"),
    NUMBER("max-inflight", max_inflight, "64", 0, 65536, "lookups",
           "at providers at once; 0 for no bound but the lanes"),
    NUMBER("max-queue", max_queue, "256", 0, 65536, "lookups", "waiting for one provider"),
    NUMBER("max-reply", max_reply_bytes, NULL, 256, 1048576, "bytes", "of one provider's answer"),
    NUMBER("cache-entries", cache_entries, "10000", 0, 10000000, "answers",
           "kept for the next who ask; 0: none"),
    NUMBER("cache-bytes", cache_bytes, "16777216", 0, 4294967295, "bytes", "of kept answers"),
    NUMBER("cache-ttl", cache_ttl_s, NULL, 0, 31536000, "s", "that an answer is given again"),
    NUMBER("cache-negative-ttl", cache_negative_ttl_s, NULL, 0, 31536000, "s",
           "the same, of an address that the provider does not know"),
    NUMBER("stale-ttl", stale_ttl_s, "0", 0, 31536000, "s",
           "that an old answer may stand in when nobody gives a new one"),
    NUMBER("attempts", attempts, NULL, 1, 5, NULL, "at one provider for one lookup"),
    NUMBER("breaker-failures", breaker_failures, NULL, 0, 1000, "failures",
           "in a row, after which a provider is left alone; 0: never"),
    NUMBER("breaker-open-ms", breaker_open_ms, NULL, 100, 300000, "ms", "that it is left alone"),
    NUMBER("upstream-error-status", upstream_error_status, "502", 500, 599, NULL,
           "when every lookup failed at the providers"),
    NUMBER("client-max-age", client_max_age_s, "300", 0, 31536000, "s",
           "that a client may keep an answer; 0: not at all"),
    {.name = "cache-public",
     .type = OPTION_FLAG,
     .offset = offsetof(struct settings, cache_public),
     .fallback = "0",
     .help = "whether shared caches may keep answers"},
    TEXT("cors-origin", cors_origin, NULL,
         "sites whose pages may ask: * for all, or a list of origins"),
    NUMBER("rate", rate, "120", 0, 1000000, "addresses per minute",
           "that one client may ask for; 0: no bound"),
    NUMBER("burst", burst, "120", 1, 1000000, "addresses", "of them at once"),
    TEXT("trusted-proxies", trusted_proxies_text, NULL,
         "networks whose word on the client's address is taken"),
    {.name = "forwarded-header",
     .type = OPTION_CHOICE,
     .offset = offsetof(struct settings, forwarded_header),
     .fallback = "x-forwarded-for",
     .choices = client_header_words,
     .help = "where trusted proxies say it"},
    TEXT("admin-net", admin_net_text, "127.0.0.0/8, ::1, unix",
         "networks that see the metrics and have no rate"),
    TEXT("text-ok", text_ok, "国家：{country} 省份: {region} 城市: {city}",
         "one answer in text and HTML"),
    TEXT("text-error", text_error, "查询IP信息错误", "one failure in text and HTML"),
};
const size_t settings_rows = sizeof(settings_table) / sizeof(settings_table[0]);

void settings_init(struct settings *settings)
{
    memset(settings, 0, sizeof(*settings));
    settings->timeout_ms = settings->lanes = settings->max_reply_bytes = SETTINGS_NOT_GIVEN;
    settings->attempts = settings->breaker_failures = SETTINGS_NOT_GIVEN;
    settings->breaker_open_ms = SETTINGS_NOT_GIVEN;
    settings->cache_ttl_s = settings->cache_negative_ttl_s = SETTINGS_NOT_GIVEN;
}

int settings_family(void *out, const char *name, const char *value, struct problem *problem)
{
    struct settings *settings = out;

    if (!strchr(name, ':'))
        return 0;
    if (settings->flat_count == SETTINGS_MAX_PROVIDER_OPTIONS)
        return problem_set(problem, name, "more than %d options of providers",
                           SETTINGS_MAX_PROVIDER_OPTIONS);
    settings->flat[settings->flat_count].name = name;
    settings->flat[settings->flat_count++].value = value;
    return 1;
}

static bool is_same(const char *a, const char *b)
{
    return a == b || (a && b && strcmp(a, b) == 0);
}

/* Providers on one server share its connections, so they can't trust it differently, or want
 * others.
 */
static int check_shared(const struct provider *first, const struct provider *second,
                        struct problem *problem)
{
    const char *key = !is_same(first->tls_ca, second->tls_ca)   ? "tls-ca"
                      : first->is_private != second->is_private ? "private"
                      : first->wants_h2 != second->wants_h2     ? "h2"
                                                                : NULL;
    char path[PROVIDER_NAME_BYTES + 16];

    if (!key || !url_same_origin(&first->url, &second->url))
        return 0;
    snprintf(path, sizeof(path), "%s:%s", second->name, key);
    return problem_set(problem, path, "must be that of \"%s\", which is on the same server",
                       first->name);
}

/* where: the option that names it, "providers" or "providers-file". */
static int add_provider(struct settings *settings, const char *name, size_t len, const char *where,
                        struct problem *problem)
{
    struct provider *provider = &settings->providers[settings->provider_count];
    size_t n;

    if (len == 0 || len >= PROVIDER_NAME_BYTES ||
        strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789-") < len)
        return problem_set(problem, where, "\"%.*s\" is not a name: 1 to 32 of a-z, 0-9 and \"-\"",
                           (int)len, name);
    if (len == 5 && memcmp(name, "local", 5) == 0)
        return problem_set(problem, where, "\"local\" means nobody, it can't be a provider");
    if (settings->provider_count == SETTINGS_MAX_PROVIDERS)
        return problem_set(problem, where, "more than %d names", SETTINGS_MAX_PROVIDERS);
    for (n = 0; n < settings->provider_count; n++)
        if (strlen(settings->providers[n].name) == len &&
            memcmp(settings->providers[n].name, name, len) == 0)
            return problem_set(problem, where, "\"%.*s\" is named twice", (int)len, name);
    memset(provider, 0, sizeof(*provider));
    memcpy(provider->name, name, len);
    settings->provider_count++;
    if (settings_read_provider(settings, provider, problem))
        return -1;
    for (n = 0; &settings->providers[n] < provider; n++)
        if (check_shared(&settings->providers[n], provider, problem))
            return -1;
    return 0;
}

/* Nothing may be configured for a provider that is not asked: it is most likely misspelt. */
static int check_flat(const struct settings *settings, struct problem *problem)
{
    size_t n, p;

    for (n = 0; n < settings->flat_count; n++) {
        for (p = 0; p < settings->provider_count; p++)
            if (settings_key_of(settings->flat[n].name, &settings->providers[p]))
                break;
        if (p == settings->provider_count)
            return problem_set(problem, settings->flat[n].name,
                               "\"%.*s\" is not named in \"providers\"",
                               (int)strcspn(settings->flat[n].name, ":"), settings->flat[n].name);
    }
    return 0;
}

static bool has_provider(const struct settings *settings, const char *name)
{
    size_t n;

    for (n = 0; n < settings->provider_count; n++)
        if (strcmp(settings->providers[n].name, name) == 0)
            return true;
    return false;
}

/* Those of the option `providers`, or of the file's `order`. */
static int add_chain(struct settings *settings, struct problem *problem)
{
    const char *name = settings->provider_names;
    size_t n;

    while (name) {
        size_t len = strcspn(name, ",");

        if (add_provider(settings, name, len, "providers", problem))
            return -1;
        name = name[len] ? name + len + 1 : NULL;
    }
    if (settings->provider_names || !settings->file)
        return 0;
    for (n = 0; (name = providers_file_order(settings->file, n)); n++)
        if (add_provider(settings, name, strlen(name), "providers-file", problem))
            return -1;
    return 0;
}

/* The others of the file, which can be asked by name; without an order all of them are in the
 * chain. */
static int add_others(struct settings *settings, struct problem *problem)
{
    bool has_chain = settings->provider_names || settings->provider_count;
    const char *name;
    size_t n;

    settings->chain_count = settings->provider_count;
    for (n = 0; settings->file && (name = providers_file_name(settings->file, n)); n++) {
        if (has_provider(settings, name))
            continue;
        if (add_provider(settings, name, strlen(name), "providers-file", problem))
            return -1;
    }
    if (!has_chain)
        settings->chain_count = settings->provider_count;
    return 0;
}

int settings_compile(struct settings *settings, struct problem *problem)
{
    struct problem inner = {0};

    if (settings->providers_path &&
        !(settings->file = providers_file_read(settings->providers_path, problem)))
        return -1;
    if (add_chain(settings, problem) || add_others(settings, problem))
        return -1;
    if (ip_nets_parse(&settings->trusted_proxies, settings->trusted_proxies_text, "trusted-proxies",
                      problem) ||
        ip_nets_parse(&settings->admin_net, settings->admin_net_text, "admin-net", problem))
        return -1;
    settings->ok_template = text_template_new(settings->text_ok, &inner);
    if (!settings->ok_template)
        return problem_set(problem, "text-ok", "%s", inner.text);
    return check_flat(settings, problem);
}

int settings_chain(const struct settings *settings, const char *name, struct settings_chain *chain)
{
    size_t n;

    chain->first = settings->providers;
    chain->count = name[0] ? 0 : settings->chain_count;
    if (!name[0] || strcmp(name, "local") == 0)
        return 0;
    for (n = 0; n < settings->provider_count; n++) {
        if (strcmp(settings->providers[n].name, name) == 0) {
            chain->first = &settings->providers[n];
            chain->count = 1;
            return 0;
        }
    }
    return -1;
}

void settings_fini(struct settings *settings)
{
    size_t n;

    for (n = 0; n < settings->provider_count; n++)
        provider_fini(&settings->providers[n]);
    settings->provider_count = 0;
    providers_file_free(settings->file);
    settings->file = NULL;
    text_template_free(settings->ok_template);
    settings->ok_template = NULL;
}
