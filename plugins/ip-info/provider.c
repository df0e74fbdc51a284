#include "provider.h"

#include <stdio.h>
#include <string.h>

static int check_placeholders(const struct provider *provider, struct problem *problem)
{
    const char *at = provider->url.target;

    if (!strstr(at, "{ip}"))
        return problem_set(problem, NULL, "has no {ip} behind the host");
    for (at = strchr(at, '{'); at; at = strchr(at + 1, '{')) {
        if (strncmp(at, "{ip}", 4) == 0 || (strncmp(at, "{lang}", 6) == 0 && provider->lang))
            continue;
        if (strncmp(at, "{lang}", 6) == 0)
            return problem_set(problem, NULL, "{lang} needs the option \"lang\"");
        return problem_set(problem, NULL, "unknown placeholder \"%.*s\"",
                           (int)(strcspn(at, "}") + (strchr(at, '}') != NULL)), at);
    }
    return 0;
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
    if (url_parse(provider->url_text, &provider->url, problem) ||
        check_placeholders(provider, problem)) {
        if (problem && !problem->path[0])
            snprintf(problem->path, sizeof(problem->path), "url");
        return -1;
    }
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

static int compile_maps(struct provider *provider, struct problem *problem)
{
    static const char *const keys[] = {"map", "map2"};
    size_t n;

    if (!provider->map_texts[0])
        return problem_set(problem, "map", "is missing");
    for (n = 0; n < 2; n++) {
        if (provider->map_texts[n] && compile_map(provider, provider->map_texts[n], problem)) {
            if (problem)
                snprintf(problem->path, sizeof(problem->path), "%s", keys[n]);
            return -1;
        }
    }
    return 0;
}

int provider_compile(struct provider *provider, struct problem *problem)
{
    if (compile_url(provider, problem) || compile_maps(provider, problem))
        return -1;
    if (provider->ok_text && !(provider->ok = condition_new(provider->ok_text, problem))) {
        if (problem)
            snprintf(problem->path, sizeof(problem->path), "ok");
        return -1;
    }
    if (provider->message_text &&
        !(provider->message =
              expr_new(provider->message_text, strlen(provider->message_text), problem))) {
        if (problem)
            snprintf(problem->path, sizeof(problem->path), "message");
        return -1;
    }
    return 0;
}

int provider_url(const struct provider *provider, const char *ip, struct bytes *out)
{
    const char *at = provider->url_text, *brace;

    while ((brace = strchr(at, '{'))) {
        bool is_ip = brace[1] == 'i';

        if (bytes_append(out, at, (size_t)(brace - at)) ||
            bytes_append_str(out, is_ip ? ip : provider->lang))
            return -1;
        at = strchr(brace, '}') + 1;
    }
    return bytes_append_str(out, at);
}

static void read_fields(const struct provider *provider, const json_t *root,
                        struct outcome *outcome)
{
    char room[RECORD_FIELD_COUNT][RECORD_MAX_VALUE_BYTES + 1], value[EXPR_VALUE_BYTES];
    const char *values[RECORD_FIELD_COUNT];
    unsigned n;

    for (n = 0; n < RECORD_FIELD_COUNT; n++) {
        const struct expr *expr = provider->fields[n];
        bool is_known = expr && expr_eval(expr, root, provider->lang, value) == 0 &&
                        record_normalise((enum record_field)n, value, room[n]) == 0;

        values[n] = is_known ? room[n] : NULL;
    }
    outcome->record = record_new(values);
    if (!outcome->record)
        outcome_fail(outcome, OUTCOME_INTERNAL, "out of memory");
}

/* The provider said no: in its own words, if we know where they are and what they mean. */
static void read_refusal(const struct provider *provider, const json_t *root,
                         struct outcome *outcome)
{
    char message[EXPR_VALUE_BYTES];
    size_t n;

    if (!provider->message || expr_eval(provider->message, root, provider->lang, message)) {
        outcome_fail(outcome, OUTCOME_UPSTREAM_REFUSED, "the provider did not answer the question");
        return;
    }
    for (n = 0; n < provider->error_count; n++) {
        if (strcmp(message, provider->errors[n].text) != 0)
            continue;
        if (provider->errors[n].code == OUTCOME_FOUND)
            outcome->kind = IP_KIND_RESERVED;
        else
            outcome_fail(outcome, provider->errors[n].code, "the provider does not know it");
        return;
    }
    outcome_fail(outcome, OUTCOME_UPSTREAM_REFUSED, "the provider did not answer the question");
}

static void read_json(const struct provider *provider, const char *body, size_t body_bytes,
                      struct outcome *outcome)
{
    bool has_mark = body_bytes >= 3 && memcmp(body, "\xef\xbb\xbf", 3) == 0;
    json_t *root =
        json_loadb(has_mark ? body + 3 : body, has_mark ? body_bytes - 3 : body_bytes, 0, NULL);

    if (!root)
        outcome_fail(outcome, OUTCOME_BAD_JSON, "the answer is not JSON");
    else if (provider->ok && !condition_holds(provider->ok, root))
        read_refusal(provider, root, outcome);
    else
        read_fields(provider, root, outcome);
    json_decref(root);
}

void provider_read(const struct provider *provider, unsigned status, unsigned retry_after_s,
                   const char *body, size_t body_bytes, struct outcome *outcome)
{
    outcome->source = provider->name;
    if (status == 200 || status == 201) {
        read_json(provider, body, body_bytes, outcome);
        return;
    }
    outcome->upstream_status = status;
    outcome->retry_after_s = retry_after_s;
    if (status >= 300 && status < 400)
        outcome_fail(outcome, OUTCOME_REDIRECTED, "the provider redirects, which is not followed");
    else if (status == 429)
        outcome_fail(outcome, OUTCOME_QUOTA, "the provider's quota is used up");
    else
        outcome_fail(outcome, OUTCOME_UPSTREAM_STATUS, "the provider answered with status %u",
                     status);
}

void provider_fini(struct provider *provider)
{
    unsigned n;

    condition_free(provider->ok);
    expr_free(provider->message);
    provider->ok = NULL;
    provider->message = NULL;
    for (n = 0; n < RECORD_FIELD_COUNT; n++) {
        expr_free(provider->fields[n]);
        provider->fields[n] = NULL;
    }
}
