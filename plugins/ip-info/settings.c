#include "settings.h"

#include "preset.h"

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
    NUMBER("deadline-ms", deadline_ms, "2000", 50, 60000, "ms", "for the whole request"),
    NUMBER("timeout-ms", timeout_ms, "800", 50, 60000, "ms", "for one attempt at one provider"),
    NUMBER("max-ips", max_ips, "32", 1, 64, "addresses", "in one GET"),
    NUMBER("max-ips-post", max_ips_post, "100", 1, 1000, "addresses", "in one POST"),
    NUMBER("max-body", max_body_bytes, "16384", 64, 1048576, "bytes", "of one POST"),
    NUMBER("lanes", lanes, "8", 1, 256, NULL, "connections to one provider at once"),
    NUMBER("max-inflight", max_inflight, "64", 0, 65536, "lookups",
           "at providers at once; 0 for no bound but the lanes"),
    NUMBER("max-queue", max_queue, "256", 0, 65536, "lookups", "waiting for one provider"),
    NUMBER("max-reply", max_reply_bytes, "65536", 256, 1048576, "bytes",
           "of one provider's answer"),
    NUMBER("cache-entries", cache_entries, "10000", 0, 10000000, "answers",
           "kept for the next who ask; 0: none"),
    NUMBER("cache-bytes", cache_bytes, "16777216", 0, 4294967295, "bytes", "of kept answers"),
    NUMBER("cache-ttl", cache_ttl_s, "86400", 0, 31536000, "s", "that an answer is given again"),
    NUMBER("cache-negative-ttl", cache_negative_ttl_s, "600", 0, 31536000, "s",
           "the same, of an address that the provider does not know"),
    NUMBER("stale-ttl", stale_ttl_s, "0", 0, 31536000, "s",
           "that an old answer may stand in when nobody gives a new one"),
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

static const struct option provider_table[] = {
    {.name = "url", .offset = offsetof(struct provider, url_text), .min = 1, .max = 1024},
    {.name = "ok", .offset = offsetof(struct provider, ok_text), .min = 1, .max = 254},
    {.name = "map", .offset = offsetof(struct provider, map_texts[0]), .min = 1, .max = 1024},
    {.name = "map2", .offset = offsetof(struct provider, map_texts[1]), .min = 1, .max = 1024},
    {.name = "lang", .offset = offsetof(struct provider, lang), .min = 2, .max = 8},
    {.name = "tls-ca", .offset = offsetof(struct provider, tls_ca), .min = 1, .max = 254},
    {.name = "private", .type = OPTION_FLAG, .offset = offsetof(struct provider, is_private)},
    {.name = "lanes",
     .type = OPTION_NUMBER,
     .offset = offsetof(struct provider, lanes),
     .min = 1,
     .max = 256},
    {.name = "timeout-ms",
     .type = OPTION_NUMBER,
     .offset = offsetof(struct provider, timeout_ms),
     .min = 50,
     .max = 60000,
     .unit = "ms"},
};

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

static const char *key_of(const char *name, const struct provider *provider)
{
    size_t len = strlen(provider->name);

    return strncmp(name, provider->name, len) == 0 && name[len] == ':' ? name + len + 1 : NULL;
}

/* A problem of one key, `url`, is one of the option `sina:url`. */
static int blame(const struct provider *provider, const struct problem *inner,
                 struct problem *problem)
{
    char path[sizeof(inner->path)];

    snprintf(path, sizeof(path), "%s:%.*s", provider->name, 120, inner->path);
    return problem_set(problem, path, "%s", inner->text);
}

static int read_provider(struct settings *settings, struct provider *provider,
                         struct problem *problem)
{
    struct option_value values[SETTINGS_MAX_PROVIDER_OPTIONS];
    struct problem inner = {0};
    size_t count = 0, n;

    preset_apply(provider);
    provider->lanes = settings->lanes;
    provider->timeout_ms = settings->timeout_ms;
    for (n = 0; n < settings->flat_count; n++) {
        const char *key = key_of(settings->flat[n].name, provider);

        if (key) {
            values[count].name = key;
            values[count++].value = settings->flat[n].value;
        }
    }
    if (options_read(provider_table, sizeof(provider_table) / sizeof(provider_table[0]), values,
                     count, NULL, provider, &inner) ||
        provider_compile(provider, &inner))
        return blame(provider, &inner, problem);
    return 0;
}

static bool is_same(const char *a, const char *b)
{
    return a == b || (a && b && strcmp(a, b) == 0);
}

/* Providers on one server share its connections, so they can't trust it differently. */
static int check_shared(const struct provider *first, const struct provider *second,
                        struct problem *problem)
{
    char path[PROVIDER_NAME_BYTES + 16];
    bool is_trust = !is_same(first->tls_ca, second->tls_ca);

    if (!url_same_origin(&first->url, &second->url) ||
        (!is_trust && first->is_private == second->is_private))
        return 0;
    snprintf(path, sizeof(path), "%s:%s", second->name, is_trust ? "tls-ca" : "private");
    return problem_set(problem, path, "must be that of \"%s\", which is on the same server",
                       first->name);
}

static int add_provider(struct settings *settings, const char *name, size_t len,
                        struct problem *problem)
{
    struct provider *provider = &settings->providers[settings->provider_count];
    size_t n;

    if (len == 0 || len >= PROVIDER_NAME_BYTES ||
        strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789-") < len)
        return problem_set(problem, "providers",
                           "\"%.*s\" is not a name: 1 to 32 of a-z, 0-9 and \"-\"", (int)len, name);
    if (len == 5 && memcmp(name, "local", 5) == 0)
        return problem_set(problem, "providers", "\"local\" means nobody, it can't be a provider");
    if (settings->provider_count == SETTINGS_MAX_PROVIDERS)
        return problem_set(problem, "providers", "more than %d names", SETTINGS_MAX_PROVIDERS);
    for (n = 0; n < settings->provider_count; n++)
        if (strlen(settings->providers[n].name) == len &&
            memcmp(settings->providers[n].name, name, len) == 0)
            return problem_set(problem, "providers", "\"%.*s\" is named twice", (int)len, name);
    memset(provider, 0, sizeof(*provider));
    memcpy(provider->name, name, len);
    settings->provider_count++;
    if (read_provider(settings, provider, problem))
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
            if (key_of(settings->flat[n].name, &settings->providers[p]))
                break;
        if (p == settings->provider_count)
            return problem_set(problem, settings->flat[n].name,
                               "\"%.*s\" is not named in \"providers\"",
                               (int)strcspn(settings->flat[n].name, ":"), settings->flat[n].name);
    }
    return 0;
}

int settings_compile(struct settings *settings, struct problem *problem)
{
    const char *name = settings->provider_names;
    struct problem inner = {0};

    while (name) {
        size_t len = strcspn(name, ",");

        if (add_provider(settings, name, len, problem))
            return -1;
        name = name[len] ? name + len + 1 : NULL;
    }
    if (ip_nets_parse(&settings->trusted_proxies, settings->trusted_proxies_text, "trusted-proxies",
                      problem) ||
        ip_nets_parse(&settings->admin_net, settings->admin_net_text, "admin-net", problem))
        return -1;
    settings->ok_template = text_template_new(settings->text_ok, &inner);
    if (!settings->ok_template)
        return problem_set(problem, "text-ok", "%s", inner.text);
    return check_flat(settings, problem);
}

int settings_provider(const struct settings *settings, const char *name,
                      const struct provider **provider)
{
    size_t n;

    *provider = NULL;
    if (strcmp(name, "local") == 0)
        return 0;
    for (n = 0; n < settings->provider_count; n++) {
        if (!name[0] || strcmp(settings->providers[n].name, name) == 0) {
            *provider = &settings->providers[n];
            return 0;
        }
    }
    return name[0] ? -1 : 0;
}

void settings_fini(struct settings *settings)
{
    size_t n;

    for (n = 0; n < settings->provider_count; n++)
        provider_fini(&settings->providers[n]);
    settings->provider_count = 0;
    text_template_free(settings->ok_template);
    settings->ok_template = NULL;
}
