#include "answer.h"

#include "answer_text.h"
#include "json_out.h"

#include <stdio.h>
#include <string.h>

struct counts {
    size_t succeeded, failed;
    unsigned codes; /* a bit for each code that failed */
};

static struct counts count(const struct outcome *outcomes, size_t total)
{
    struct counts counts = {0};
    size_t n;

    for (n = 0; n < total; n++) {
        if (outcomes[n].code == OUTCOME_FOUND) {
            counts.succeeded++;
        } else {
            counts.failed++;
            counts.codes |= 1u << outcomes[n].code;
        }
    }
    return counts;
}

static unsigned status_of(const struct query *query, const struct counts *counts,
                          const struct answer_style *style)
{
    if (counts->failed == 0 || (counts->succeeded && !query->is_strict))
        return 200;
    return outcome_status(counts->codes, style->upstream_error_status);
}

static void write_record(struct json_out *json, const struct record *record)
{
    unsigned n;

    for (n = 0; n < RECORD_FIELD_COUNT; n++) {
        const char *value = record_get(record, (enum record_field)n);

        if (!value)
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

static void write_ip(struct json_out *json, const struct question *question)
{
    char ip[IP_ADDR_TEXT_BYTES];

    json_out_key(json, "ip");
    if (!question->is_valid) {
        json_out_string(json, question->text);
        return;
    }
    ip_addr_format(&question->addr, ip);
    json_out_string(json, ip);
    if (strcmp(ip, question->text) != 0) {
        json_out_key(json, "query");
        json_out_string(json, question->text);
    }
}

/* The members of one result, without the braces: in the single form others stand beside them. */
static void write_members(struct json_out *json, const struct question *question,
                          const struct outcome *outcome)
{
    bool is_ok = outcome->code == OUTCOME_FOUND;

    write_ip(json, question);
    json_out_key(json, "ok");
    json_out_literal(json, is_ok ? "true" : "false");
    if (question->is_valid) {
        json_out_key(json, "kind");
        json_out_string(json, ip_kind_name(outcome->kind));
    }
    if (!is_ok) {
        write_error(json, outcome);
        return;
    }
    if (outcome->record)
        write_record(json, outcome->record);
    json_out_key(json, "source");
    json_out_string(json, outcome->source);
}

static void write_results(struct json_out *json, const struct query *query,
                          const struct outcome *outcomes)
{
    bool is_named = query->form == QUERY_NAMED;
    size_t n;

    json_out_key(json, "results");
    json_out_open(json, is_named ? '{' : '[');
    for (n = 0; n < query->count; n++) {
        if (is_named)
            json_out_key(json, query->questions[n].name);
        json_out_open(json, '{');
        write_members(json, &query->questions[n], &outcomes[n]);
        json_out_close(json, '}');
    }
    json_out_close(json, is_named ? '}' : ']');
}

static void write_problem(struct json_out *json, const struct counts *counts, unsigned status,
                          unsigned long deadline_ms)
{
    char detail[96];

    snprintf(detail, sizeof(detail), "%zu of %zu lookups succeeded within %lu ms",
             counts->succeeded, counts->succeeded + counts->failed, deadline_ms);
    json_out_key(json, "type");
    json_out_string(json, "urn:ip-info:problem:lookup-failed");
    json_out_key(json, "title");
    json_out_string(json, counts->succeeded ? "Not every lookup succeeded" : "No lookup succeeded");
    json_out_key(json, "status");
    json_out_number(json, status);
    json_out_key(json, "detail");
    json_out_string(json, detail);
}

static void write_counts(struct json_out *json, const struct counts *counts)
{
    json_out_key(json, "complete");
    json_out_literal(json, counts->failed ? "false" : "true");
    json_out_key(json, "count");
    json_out_number(json, counts->succeeded + counts->failed);
    json_out_key(json, "succeeded");
    json_out_number(json, counts->succeeded);
    json_out_key(json, "failed");
    json_out_number(json, counts->failed);
}

static int make_json(const struct query *query, const struct outcome *outcomes,
                     const struct counts *counts, unsigned long deadline_ms, struct answer *answer)
{
    struct json_out json = {.out = &answer->body};

    answer->content_type = answer->status == 200 ? "application/json" : "application/problem+json";
    json_out_open(&json, '{');
    if (answer->status != 200)
        write_problem(&json, counts, answer->status, deadline_ms);
    if (query->form == QUERY_SINGLE) {
        write_members(&json, &query->questions[0], &outcomes[0]);
    } else {
        write_counts(&json, counts);
        write_results(&json, query, outcomes);
    }
    json_out_close(&json, '}');
    return json.has_failed || bytes_append_str(&answer->body, "\n") ? -1 : 0;
}

int answer_make(const struct query *query, const struct outcome *outcomes,
                const struct answer_style *style, unsigned long deadline_ms, struct answer *answer)
{
    struct counts counts = count(outcomes, query->count);

    memset(answer, 0, sizeof(*answer));
    answer->is_lookup = true;
    answer->is_complete = counts.failed == 0;
    answer->status = status_of(query, &counts, style);
    if (query->format == QUERY_FORMAT_JSON)
        return make_json(query, outcomes, &counts, deadline_ms, answer);
    answer->content_type = query->format == QUERY_FORMAT_HTML ? "text/html; charset=utf-8"
                                                              : "text/plain; charset=utf-8";
    return answer_text(query, outcomes, style, &answer->body);
}

int answer_refuse(unsigned status, const char *detail, struct answer *answer)
{
    struct json_out json = {.out = &answer->body};

    memset(answer, 0, sizeof(*answer));
    answer->status = status;
    answer->content_type = "application/problem+json";
    json_out_open(&json, '{');
    json_out_key(&json, "type");
    json_out_string(&json, "about:blank");
    json_out_key(&json, "title");
    json_out_string(&json, "The request can't be answered");
    json_out_key(&json, "status");
    json_out_number(&json, status);
    json_out_key(&json, "detail");
    json_out_string(&json, detail);
    json_out_close(&json, '}');
    return json.has_failed || bytes_append_str(&answer->body, "\n") ? -1 : 0;
}

void answer_fini(struct answer *answer) { bytes_fini(&answer->body); }
