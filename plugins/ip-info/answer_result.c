#include "answer_result.h"

#include <string.h>

static void write_record(struct json_out *json, const struct query *query,
                         const struct record *record)
{
    unsigned n;

    for (n = 0; n < RECORD_FIELD_COUNT; n++) {
        const char *value = record_get(record, (enum record_field)n);

        if (!value || !query_wants(query, (int)n))
            continue;
        json_out_key(json, record_field_name((enum record_field)n));
        if (record_field_type((enum record_field)n) == RECORD_TEXT)
            json_out_string(json, value);
        else
            json_out_literal(json, value);
    }
}

static void write_error(struct json_out *json, const struct outcome *outcome)
{
    json_out_key(json, "error");
    json_out_open(json, '{');
    json_out_key(json, "code");
    json_out_string(json, outcome_code_name(outcome->code));
    json_out_key(json, "detail");
    json_out_string(json, outcome->detail);
    if (outcome->source) {
        json_out_key(json, "provider");
        json_out_string(json, outcome->source);
    }
    if (outcome->upstream_status) {
        json_out_key(json, "status");
        json_out_number(json, outcome->upstream_status);
    }
    if (outcome->retry_after_s) {
        json_out_key(json, "retry_after");
        json_out_number(json, outcome->retry_after_s);
    }
    json_out_close(json, '}');
}

static void write_ip(struct json_out *json, const struct query *query,
                     const struct question *question)
{
    char ip[IP_ADDR_TEXT_BYTES];

    json_out_key(json, "ip");
    if (!question->is_valid) {
        json_out_string(json, question->text);
        return;
    }
    ip_addr_format(&question->addr, ip);
    json_out_string(json, ip);
    if (query_wants(query, ANSWER_FIELD_QUERY) && strcmp(ip, question->text) != 0) {
        json_out_key(json, "query");
        json_out_string(json, question->text);
    }
}

static void write_flag(struct json_out *json, const char *name, bool value)
{
    json_out_key(json, name);
    json_out_literal(json, value ? "true" : "false");
}

/* How the answer came about. */
/* Who was asked for it, and how that ended. */
static void write_attempts(struct json_out *json, const struct outcome *outcome)
{
    unsigned n;

    json_out_key(json, "attempts");
    json_out_open(json, '[');
    for (n = 0; n < outcome->attempt_count && n < OUTCOME_MAX_ATTEMPTS; n++) {
        const struct outcome_attempt *attempt = &outcome->attempts[n];

        json_out_open(json, '{');
        json_out_key(json, "provider");
        json_out_string(json, attempt->provider);
        json_out_key(json, "code");
        json_out_string(json, outcome_code_name(attempt->code));
        json_out_key(json, "ms");
        json_out_number(json, attempt->ms);
        json_out_close(json, '}');
    }
    json_out_close(json, ']');
}

static void write_meta(struct json_out *json, const struct outcome *outcome)
{
    write_flag(json, "cached", outcome->is_cached);
    if (outcome->is_cached) {
        json_out_key(json, "age");
        json_out_number(json, outcome->age_s);
    }
    json_out_key(json, "ms");
    json_out_number(json, outcome->elapsed_ms);
    if (outcome->attempt_count)
        write_attempts(json, outcome);
}

void answer_result(struct json_out *json, const struct query *query, size_t n,
                   const struct outcome *outcome)
{
    const struct question *question = &query->questions[n];
    bool is_ok = outcome->code == OUTCOME_FOUND;

    write_ip(json, query, question);
    write_flag(json, "ok", is_ok);
    if (question->is_valid && query_wants(query, ANSWER_FIELD_KIND)) {
        json_out_key(json, "kind");
        json_out_string(json, ip_kind_name(outcome->kind));
    }
    if (!is_ok) {
        write_error(json, outcome);
    } else {
        if (outcome->record)
            write_record(json, query, outcome->record);
        if (query_wants(query, ANSWER_FIELD_SOURCE)) {
            json_out_key(json, "source");
            json_out_string(json, outcome->source);
        }
        if (outcome->is_stale)
            write_flag(json, "stale", true);
    }
    if (query->is_meta)
        write_meta(json, outcome);
}

const char *answer_value(const struct question *question, const struct outcome *outcome, int field,
                         char ip[IP_ADDR_TEXT_BYTES])
{
    bool is_ok = outcome->code == OUTCOME_FOUND;

    if (question->is_valid)
        ip_addr_format(&question->addr, ip);
    switch (field) {
    case ANSWER_FIELD_IP:
        return question->is_valid ? ip : question->text;
    case ANSWER_FIELD_QUERY:
        return question->is_valid && strcmp(ip, question->text) != 0 ? question->text : NULL;
    case ANSWER_FIELD_OK:
        return is_ok ? "true" : "false";
    case ANSWER_FIELD_KIND:
        return question->is_valid ? ip_kind_name(outcome->kind) : NULL;
    case ANSWER_FIELD_SOURCE:
        return is_ok ? outcome->source : NULL;
    case ANSWER_FIELD_STALE:
        return outcome->is_stale ? "true" : NULL;
    case ANSWER_FIELD_ERROR:
        return is_ok ? NULL : outcome_code_name(outcome->code);
    default:
        return is_ok && outcome->record ? record_get(outcome->record, (enum record_field)field)
                                        : NULL;
    }
}
