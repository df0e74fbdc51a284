#include "settings.h"

#include "preset.h"

#include <stdio.h>
#include <string.h>

#define TEXT(name_, member_, max_, help_)                                                          \
    {                                                                                              \
        .name = (name_), .offset = offsetof(struct provider, member_), .min = 1, .max = (max_),    \
        .help = (help_)                                                                            \
    }
#define NUMBER(name_, member_, min_, max_, unit_, help_)                                           \
    {                                                                                              \
        .name = (name_), .type = OPTION_NUMBER, .offset = offsetof(struct provider, member_),      \
        .min = (min_), .max = (max_), .unit = (unit_), .help = (help_)                             \
    }

const struct option settings_provider_table[] = {
    TEXT("url", url_text, 1024, "where it is asked, with {ip}"),
    TEXT("ok", ok_text, 254, "the condition for \"it answered\""),
    TEXT("map", map_texts[0], 1024, "fields of the answer"),
    TEXT("map2", map_texts[1], 1024, "more of them"),
    TEXT("lang", lang_text, 254, "how it calls languages"),
    TEXT("tls-ca", tls_ca, 254, "authorities to trust beside the system's"),
    {.name = "private",
     .type = OPTION_FLAG,
     .offset = offsetof(struct provider, is_private),
     .help = "whether it may have a loopback or private address"},
    {.name = "h2",
     .type = OPTION_FLAG,
     .offset = offsetof(struct provider, wants_h2),
     .help = "whether HTTP/2 is offered to it"},
    NUMBER("lanes", lanes, 1, 256, NULL, "connections to it at once"),
    NUMBER("timeout-ms", timeout_ms, 50, 60000, "ms", "for one attempt"),
    NUMBER("quota-per-min", per_minute, 1, 60000, "per minute", "lookups"),
};
const size_t settings_provider_rows =
    sizeof(settings_provider_table) / sizeof(settings_provider_table[0]);

const char *settings_key_of(const char *option, const struct provider *provider)
{
    size_t len = strlen(provider->name);

    return strncmp(option, provider->name, len) == 0 && option[len] == ':' ? option + len + 1
                                                                           : NULL;
}

/* The provider's own options, without its name. Returns how many. */
static size_t own_options(const struct settings *settings, const struct provider *provider,
                          struct option_value values[SETTINGS_MAX_PROVIDER_OPTIONS])
{
    size_t count = 0, n;

    for (n = 0; n < settings->flat_count; n++) {
        const char *key = settings_key_of(settings->flat[n].name, provider);

        if (key) {
            values[count].name = key;
            values[count++].value = settings->flat[n].value;
        }
    }
    return count;
}

static bool has_option(const struct option_value *values, size_t count, const char *key)
{
    size_t n;

    for (n = 0; n < count; n++)
        if (strcmp(values[n].name, key) == 0)
            return true;
    return false;
}

static void choose(unsigned long *value, unsigned long given)
{
    if (given != SETTINGS_NOT_GIVEN)
        *value = given;
}

static void apply_common(const struct settings *settings, struct provider *provider)
{
    choose(&provider->timeout_ms, settings->timeout_ms);
    choose(&provider->lanes, settings->lanes);
    choose(&provider->attempts, settings->attempts);
    choose(&provider->max_reply_bytes, settings->max_reply_bytes);
    choose(&provider->breaker_failures, settings->breaker_failures);
    choose(&provider->breaker_open_ms, settings->breaker_open_ms);
    choose(&provider->ttl_s, settings->cache_ttl_s);
    choose(&provider->negative_ttl_s, settings->cache_negative_ttl_s);
}

static void apply_defaults(struct provider *provider)
{
    provider->timeout_ms = 800;
    provider->lanes = 8;
    provider->attempts = 2;
    provider->max_reply_bytes = 65536;
    provider->breaker_failures = 5;
    provider->breaker_open_ms = 30000;
    provider->ttl_s = 86400;
    provider->negative_ttl_s = 600;
}

/* A problem of one key, `url`, is one of the option `sina:url`. */
static int blame_option(const struct provider *provider, const struct problem *inner,
                        struct problem *problem)
{
    char path[sizeof(inner->path)];

    snprintf(path, sizeof(path), "%s:%.*s", provider->name, 120, inner->path);
    return problem_set(problem, path, "%s", inner->text);
}

/* Where was it written that `inner` complains about? */
static int blame(const struct settings *settings, const struct provider *provider,
                 const struct option_value *values, size_t count, struct problem *inner,
                 struct problem *problem)
{
    char key[sizeof(inner->path)];
    struct suggestion suggestion;

    snprintf(key, sizeof(key), "%.*s", (int)strcspn(inner->path, "."), inner->path);
    if (strcmp(key, "private") == 0 && has_option(values, count, "url"))
        return blame_option(provider, inner, problem);
    if (!has_option(values, count, key) && settings->file &&
        providers_file_has(settings->file, provider->name, NULL))
        return providers_file_blame(settings->file, provider->name, inner, problem);
    suggestion_init(&suggestion, provider->name);
    preset_offer(&suggestion);
    if (!provider->url_text && suggestion.best)
        return problem_set(problem, settings->provider_names ? "providers" : "providers-file",
                           "\"%s\" has no url (did you mean \"%s\"?)", provider->name,
                           suggestion.best);
    return blame_option(provider, inner, problem);
}

int settings_read_provider(const struct settings *settings, struct provider *provider,
                           struct problem *problem)
{
    struct option_value values[SETTINGS_MAX_PROVIDER_OPTIONS];
    size_t count = own_options(settings, provider, values);
    struct problem inner = {0};

    preset_apply(provider,
                 has_option(values, count, "url") ||
                     (settings->file && providers_file_has(settings->file, provider->name, "url")));
    apply_defaults(provider);
    if (settings->file && providers_file_apply(settings->file, provider, problem))
        return -1;
    apply_common(settings, provider);
    if (has_option(values, count, "http2")) {
        problem_set(&inner, "http2",
                    "providers are asked over HTTP/1.1 only: more \"lanes\" ask in parallel");
        return blame_option(provider, &inner, problem);
    }
    if (options_read(settings_provider_table, settings_provider_rows, values, count, NULL, provider,
                     &inner))
        return blame_option(provider, &inner, problem);
    if (provider_compile(provider, &inner))
        return blame(settings, provider, values, count, &inner, problem);
    return 0;
}
