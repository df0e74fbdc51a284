#include "json_text.h"
#include "provider.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define DEFAULT_PAUSE_S 60
#define MAX_PAUSE_S 86400

static const char refusal[] = "the provider did not answer the question";

static void read_fields(const struct provider *provider, const json_t *root, const char *lang,
                        struct outcome *outcome)
{
    char room[RECORD_FIELD_COUNT][RECORD_MAX_VALUE_BYTES + 1], value[EXPR_VALUE_BYTES];
    const char *values[RECORD_FIELD_COUNT];
    unsigned n;

    for (n = 0; n < RECORD_FIELD_COUNT; n++) {
        const struct expr *expr = provider->fields[n];
        bool is_known = expr && expr_eval(expr, root, lang, provider->absent, value) == 0 &&
                        record_normalise((enum record_field)n, value, room[n]) == 0;

        values[n] = is_known ? room[n] : NULL;
    }
    outcome->record = record_new(values);
    if (!outcome->record)
        outcome_fail(outcome, OUTCOME_INTERNAL, "out of memory");
}

static const char *detail_of(enum outcome_code code)
{
    switch (code) {
    case OUTCOME_NOT_FOUND:
        return "the provider does not know it";
    case OUTCOME_INVALID_IP:
        return "the provider does not take it for an address";
    case OUTCOME_QUOTA:
        return "the provider's quota is used up";
    default:
        return refusal;
    }
}

/* The provider says no in its own words. Returns true when we know what they mean. */
static bool read_message(const struct provider *provider, const json_t *root, const char *lang,
                         struct outcome *outcome)
{
    char message[EXPR_VALUE_BYTES];
    size_t n;

    if (!provider->message || expr_eval(provider->message, root, lang, NULL, message))
        return false;
    for (n = 0; n < provider->error_count; n++) {
        enum outcome_code code = provider->errors[n].code;

        if (strcmp(message, provider->errors[n].text) != 0)
            continue;
        if (code == OUTCOME_FOUND)
            outcome->kind = IP_KIND_RESERVED;
        else
            outcome_fail(outcome, code, "%s", detail_of(code));
        return true;
    }
    return false;
}

static json_t *parse(const struct fetch_response *response)
{
    const char *body = response->body;
    size_t bytes = response->body_bytes;
    size_t mark = bytes >= 3 && memcmp(body, "\xef\xbb\xbf", 3) == 0 ? 3 : 0;

    return json_text_load(body + mark, bytes - mark, 0, NULL);
}

static void read_json(const struct provider *provider, const struct fetch_response *response,
                      const char *lang, struct outcome *outcome)
{
    json_t *root = parse(response);

    if (!root)
        outcome_fail(outcome, OUTCOME_BAD_JSON, "the answer is not JSON");
    else if (provider->reserved && condition_holds(provider->reserved, root))
        outcome->kind = IP_KIND_RESERVED;
    else if (!provider->ok || condition_holds(provider->ok, root))
        read_fields(provider, root, lang, outcome);
    else if (!read_message(provider, root, lang, outcome))
        outcome_fail(outcome, OUTCOME_UPSTREAM_REFUSED, "%s", refusal);
    json_decref(root);
}

/* "application/json; charset=utf-8", "application/problem+json" */
static bool is_json(const char *type)
{
    size_t len = strcspn(type, "; \t");

    return (len == 16 && strncasecmp(type, "application/json", 16) == 0) ||
           (len > 5 && strncasecmp(type + len - 5, "+json", 5) == 0);
}

/* Some explain an error status in JSON. Returns true when that says more than the status. */
static bool read_explanation(const struct provider *provider, const struct fetch_response *response,
                             const char *lang, struct outcome *outcome)
{
    bool is_understood = false;
    json_t *root = NULL;

    if (provider->message && is_json(response->wanted[PROVIDER_WANTED_TYPE]))
        root = parse(response);
    if (root)
        is_understood = read_message(provider, root, lang, outcome);
    json_decref(root);
    return is_understood;
}

void provider_read(const struct provider *provider, const struct fetch_response *response,
                   const char *lang, struct outcome *outcome)
{
    unsigned status = response->code;

    outcome->source = provider->name;
    if (status == 200 || status == 201) {
        read_json(provider, response, lang, outcome);
        return;
    }
    outcome->upstream_status = status;
    outcome->retry_after_s = response->retry_after_s;
    if (status >= 300 && status < 400) {
        outcome_fail(outcome, OUTCOME_REDIRECTED, "the provider redirects, which is not followed");
    } else if (status == 429) {
        outcome_fail(outcome, OUTCOME_QUOTA, "%s", detail_of(OUTCOME_QUOTA));
    } else if (status >= 400 && read_explanation(provider, response, lang, outcome)) {
        if (outcome->code == OUTCOME_FOUND)
            outcome->upstream_status = outcome->retry_after_s = 0;
    } else {
        outcome_fail(outcome, OUTCOME_UPSTREAM_STATUS, "the provider answered with status %u",
                     status);
    }
}

/* What a reset field says: seconds, or a time. */
static unsigned reset_s(const char *text, int64_t now)
{
    char *end;
    long long value = strtoll(text, &end, 10);

    if (end == text || *end || text[0] < '0' || text[0] > '9')
        return DEFAULT_PAUSE_S;
    if (value > 1000000000)
        value -= now;
    if (value < 1)
        value = 1;
    return value < MAX_PAUSE_S ? (unsigned)value : MAX_PAUSE_S;
}

unsigned provider_pause_s(const struct provider *provider, const struct fetch_response *response,
                          const struct outcome *outcome, int64_t now)
{
    const char *left = response->wanted[PROVIDER_WANTED_REMAINING];

    if (provider->remaining_field && left[0] && strspn(left, "0") == strlen(left))
        return reset_s(response->wanted[PROVIDER_WANTED_RESET], now);
    if (outcome->code == OUTCOME_QUOTA)
        return response->retry_after_s ? response->retry_after_s : DEFAULT_PAUSE_S;
    return response->code == 503 ? response->retry_after_s : 0;
}
