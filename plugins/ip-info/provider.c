#include "provider.h"

#include "fetch_head.h"

#include <openssl/evp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Say where inside the provider the problem is. Returns -1. */
static int at(struct problem *problem, const char *key, const char *member)
{
    if (problem && !problem->path[0])
        snprintf(problem->path, sizeof(problem->path), "%s%s%s", key, member ? "." : "",
                 member ? member : "");
    return -1;
}

/* A literal target is judged here; a name is judged when it is resolved. */
static int check_target(const struct provider *provider, struct problem *problem)
{
    struct ip_addr addr;
    const char *host = provider->url.host;
    bool is_ours = strcmp(host, "localhost") == 0;

    if (ip_addr_parse(host, strlen(host), &addr) == 0)
        is_ours = ip_class_of(&addr) != IP_KIND_PUBLIC;
    if (is_ours && !provider->is_private)
        return problem_set(problem, "private",
                           "\"%s\" is a loopback or private address: say \"1\" if that is meant",
                           host);
    return 0;
}

static int compile_url(struct provider *provider, struct problem *problem)
{
    if (!provider->url_text)
        return problem_set(problem, "url", "is missing");
    if (url_parse(provider->url_text, &provider->url, problem))
        return at(problem, "url", NULL);
    provider->url_pattern =
        pattern_new(provider->url_text, PATTERN_URL, provider->missing, problem);
    if (!provider->url_pattern)
        return at(problem, "url", NULL);
    if (!pattern_has_ip(provider->url_pattern))
        return problem_set(problem, "url", "has no {ip} behind the host");
    return check_target(provider, problem);
}

static int compile_field(struct provider *provider, const char *text, size_t len,
                         struct problem *problem)
{
    const char *equals = memchr(text, '=', len);
    size_t name_bytes = equals ? (size_t)(equals - text) : len;
    enum record_field field = record_field_find(text, name_bytes);

    if (!equals)
        return problem_set(problem, NULL, "\"%.*s\" is not field=expression", (int)len, text);
    if (field == RECORD_FIELD_COUNT)
        return problem_set(problem, NULL, "unknown field \"%.*s\"", (int)name_bytes, text);
    if (provider->fields[field])
        return problem_set(problem, NULL, "field \"%s\" is given twice", record_field_name(field));
    provider->fields[field] = expr_new(equals + 1, len - name_bytes - 1, problem);
    return provider->fields[field] ? 0 : -1;
}

static int compile_map(struct provider *provider, const char *text, struct problem *problem)
{
    size_t len;

    for (text += strspn(text, " "); *text; text += len + strspn(text + len, " ")) {
        len = strcspn(text, " ");
        if (compile_field(provider, text, len, problem))
            return -1;
    }
    return 0;
}

/* The map of the providers file. Returns how many fields it has, or -1. */
static int compile_fields(struct provider *provider, struct problem *problem)
{
    int count = 0;
    unsigned n;

    for (n = 0; n < RECORD_FIELD_COUNT; n++) {
        const char *text = provider->field_texts[n];

        if (!text)
            continue;
        provider->fields[n] = expr_new(text, strlen(text), problem);
        if (!provider->fields[n])
            return at(problem, "map", record_field_name((enum record_field)n));
        count++;
    }
    return count;
}

static int compile_maps(struct provider *provider, struct problem *problem)
{
    static const char *const keys[] = {"map", "map2"};
    int count = provider->map_texts[0] ? 1 : compile_fields(provider, problem);
    size_t n;

    if (count < 0)
        return -1;
    if (count == 0)
        return problem_set(problem, "map", "is missing");
    for (n = 0; n < 2; n++)
        if (provider->map_texts[n] && compile_map(provider, provider->map_texts[n], problem))
            return at(problem, keys[n], NULL);
    return 0;
}

static int compile_condition(const char *text, const char *key, struct condition **condition,
                             struct problem *problem)
{
    if (text && !(*condition = condition_new(text, problem)))
        return at(problem, key, NULL);
    return 0;
}

/* `zh-CN` for all, or `en=en zh=zh-CN`. */
static int read_langs(struct provider *provider, struct problem *problem)
{
    const char *text = provider->lang_text;
    size_t len;

    if (!text)
        return 0;
    provider->lang_count = 0;
    for (text += strspn(text, " "); *text; text += len + strspn(text + len, " ")) {
        struct provider_lang *row = &provider->langs[provider->lang_count];
        const char *value = strchr(text, '=');

        len = strcspn(text, " ");
        if (value && value >= text + len)
            value = NULL;
        if (provider->lang_count == PROVIDER_MAX_LANGS)
            return problem_set(problem, "lang", "more than %d languages", PROVIDER_MAX_LANGS);
        if (len >= 2 * PROVIDER_LANG_BYTES)
            return problem_set(problem, "lang", "\"%.*s\" is too long", (int)len, text);
        snprintf(row->lang, sizeof(row->lang), "%.*s", value ? (int)(value - text) : 0, text);
        value = value ? value + 1 : text;
        snprintf(row->value, sizeof(row->value), "%.*s", (int)(text + len - value), value);
        provider->lang_count++;
    }
    return 0;
}

/* The values go into URLs as they are. */
static int check_langs(const struct provider *provider, struct problem *problem)
{
    static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_";
    size_t n;

    for (n = 0; n < provider->lang_count; n++) {
        const char *value = provider->langs[n].value;

        if (!value[0] || strspn(value, plain) != strlen(value))
            return problem_set(problem, "lang", "\"%s\" is not a language", value);
        if (provider->lang_count > 1 && !provider->langs[n].lang[0])
            return problem_set(problem, "lang",
                               "\"%s\" is neither alone nor of the form asked=called", value);
    }
    return 0;
}

static int compile_header(struct provider *provider, size_t n, struct problem *problem)
{
    const struct provider_header *header = &provider->headers[n];
    char missing[PATTERN_MISSING_BYTES];
    struct pattern *pattern;
    struct bytes value = {0};

    if (!fetch_head_takes_name(header->name))
        return problem_set(problem, NULL, "can't be the name of a header");
    if (strpbrk(header->text, "\r\n"))
        return problem_set(problem, NULL, "has control characters in it");
    pattern = pattern_new(header->text, PATTERN_HEADER, missing, problem);
    if (!pattern)
        return -1;
    if (missing[0]) {
        pattern_free(pattern);
        if (!provider->skips_unset_headers)
            snprintf(provider->missing, sizeof(provider->missing), "%s", missing);
        return 0;
    }
    provider->header_patterns[n] = pattern;
    if (pattern_has_ip(pattern) || pattern_has_lang(pattern))
        return 0;
    if (pattern_write(pattern, "", "", &value))
        return problem_set(problem, NULL, "out of memory");
    provider->header_values[n] = bytes_steal(&value);
    return 0;
}

static int compile_headers(struct provider *provider, struct problem *problem)
{
    size_t n;

    for (n = 0; n < provider->header_count; n++)
        if (compile_header(provider, n, problem))
            return at(problem, "headers", provider->headers[n].name);
    return 0;
}

/* Basic authentication, RFC 7617. */
static int encode_auth(struct provider *provider, const struct bytes *plain,
                       struct problem *problem)
{
    static const char scheme[] = "Basic ";
    size_t room = sizeof(scheme) + (plain->len + 2) / 3 * 4;

    if (!memchr(plain->data, ':', plain->len))
        return problem_set(problem, "basic_auth", "is not of the form user:password");
    provider->authorization = calloc(1, room);
    if (!provider->authorization)
        return problem_set(problem, "basic_auth", "out of memory");
    memcpy(provider->authorization, scheme, sizeof(scheme) - 1);
    EVP_EncodeBlock((unsigned char *)provider->authorization + sizeof(scheme) - 1,
                    (const unsigned char *)plain->data, (int)plain->len);
    return 0;
}

static int compile_auth(struct provider *provider, struct problem *problem)
{
    char missing[PATTERN_MISSING_BYTES];
    struct pattern *pattern;
    struct bytes plain = {0};
    int result = 0;

    if (!provider->basic_auth_text)
        return 0;
    pattern = pattern_new(provider->basic_auth_text, PATTERN_HEADER, missing, problem);
    if (!pattern)
        return at(problem, "basic_auth", NULL);
    if (missing[0])
        memcpy(provider->missing, missing, sizeof(missing));
    else if (pattern_has_ip(pattern) || pattern_has_lang(pattern))
        result = problem_set(problem, "basic_auth", "takes {env:NAME} and {file:/path} only");
    else if (pattern_write(pattern, "", "", &plain) || !plain.data)
        result = problem_set(problem, "basic_auth", "out of memory");
    else
        result = encode_auth(provider, &plain, problem);
    if (plain.data)
        explicit_bzero(plain.data, plain.capacity);
    bytes_fini(&plain);
    pattern_free(pattern);
    return result;
}

int provider_compile(struct provider *provider, struct problem *problem)
{
    provider->wanted[PROVIDER_WANTED_TYPE] = "content-type";
    provider->wanted[PROVIDER_WANTED_REMAINING] =
        provider->remaining_field ? provider->remaining_field : "";
    provider->wanted[PROVIDER_WANTED_RESET] = provider->reset_field ? provider->reset_field : "";
    if (compile_url(provider, problem) || compile_maps(provider, problem) ||
        compile_condition(provider->ok_text, "ok", &provider->ok, problem) ||
        compile_condition(provider->reserved_text, "reserved", &provider->reserved, problem) ||
        read_langs(provider, problem) || check_langs(provider, problem) ||
        compile_headers(provider, problem) || compile_auth(provider, problem))
        return -1;
    if (provider->message_text &&
        !(provider->message =
              expr_new(provider->message_text, strlen(provider->message_text), problem)))
        return at(problem, "message", NULL);
    return 0;
}

static void wipe(char **text)
{
    if (*text)
        explicit_bzero(*text, strlen(*text));
    free(*text);
    *text = NULL;
}

void provider_fini(struct provider *provider)
{
    unsigned n;

    pattern_free(provider->url_pattern);
    provider->url_pattern = NULL;
    for (n = 0; n < PROVIDER_MAX_HEADERS; n++) {
        pattern_free(provider->header_patterns[n]);
        provider->header_patterns[n] = NULL;
        wipe(&provider->header_values[n]);
    }
    wipe(&provider->authorization);
    condition_free(provider->ok);
    condition_free(provider->reserved);
    expr_free(provider->message);
    provider->ok = provider->reserved = NULL;
    provider->message = NULL;
    for (n = 0; n < RECORD_FIELD_COUNT; n++) {
        expr_free(provider->fields[n]);
        provider->fields[n] = NULL;
    }
}
