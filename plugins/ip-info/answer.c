#include "answer.h"

#include "answer_csv.h"
#include "answer_result.h"
#include "answer_text.h"

#include <limits.h>
#include <stdio.h>
#include <string.h>

#define RESULT_BYTES 192

struct counts {
    size_t succeeded, failed;
    unsigned retry_after_s; /* the shortest of the failures' */
    unsigned codes;         /* a bit for each code that failed */
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
            if (outcomes[n].retry_after_s &&
                (!counts.retry_after_s || outcomes[n].retry_after_s < counts.retry_after_s))
                counts.retry_after_s = outcomes[n].retry_after_s;
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
        answer_result(json, query, n, &outcomes[n]);
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
    /* Enough for most, so that it does not grow in many steps. */
    json.has_failed = bytes_reserve(&answer->body, 128 + query->count * RESULT_BYTES) != 0;
    json_out_open(&json, '{');
    if (answer->status != 200)
        write_problem(&json, counts, answer->status, deadline_ms);
    if (query->form == QUERY_SINGLE) {
        answer_result(&json, query, 0, &outcomes[0]);
    } else {
        write_counts(&json, counts);
        write_results(&json, query, outcomes);
    }
    json_out_close(&json, '}');
    return json.has_failed || bytes_append_str(&answer->body, "\n") ? -1 : 0;
}

/* How long nothing of it can be out of date. */
static unsigned freshness(const struct outcome *outcomes, size_t total)
{
    unsigned fresh_s = UINT_MAX;
    size_t n;

    for (n = 0; n < total; n++)
        if (outcomes[n].kind == IP_KIND_PUBLIC && outcomes[n].fresh_s < fresh_s)
            fresh_s = outcomes[n].fresh_s;
    return fresh_s;
}

static int make_field(const struct query *query, const struct outcome *outcome,
                      struct answer *answer)
{
    char ip[IP_ADDR_TEXT_BYTES];
    const char *value = answer_value(&query->questions[0], outcome, query->field, ip);

    answer->content_type = "text/plain; charset=utf-8";
    if (!value) {
        answer->status = 204;
        answer->content_type = NULL;
        return 0;
    }
    return bytes_append_str(&answer->body, value) || bytes_append_str(&answer->body, "\n") ? -1 : 0;
}

int answer_line(const struct query *query, size_t n, const struct outcome *outcome,
                struct bytes *out)
{
    struct json_out json = {.out = out};

    json_out_open(&json, '{');
    if (query->form == QUERY_NAMED) {
        json_out_key(&json, "name");
        json_out_string(&json, query->questions[n].name);
    } else {
        json_out_key(&json, "index");
        json_out_number(&json, n);
    }
    answer_result(&json, query, n, outcome);
    json_out_close(&json, '}');
    return json.has_failed || bytes_append_str(out, "\n") ? -1 : 0;
}

int answer_last_line(const struct query *query, const struct outcome *outcomes, struct bytes *out)
{
    const struct counts counts = count(outcomes, query->count);
    struct json_out json = {.out = out};

    json_out_open(&json, '{');
    write_counts(&json, &counts);
    json_out_close(&json, '}');
    return json.has_failed || bytes_append_str(out, "\n") ? -1 : 0;
}

/* Where all is there at once. */
static int make_ndjson(const struct query *query, const struct outcome *outcomes,
                       struct answer *answer)
{
    size_t n;

    answer->status = 200;
    answer->content_type = ANSWER_NDJSON_TYPE;
    for (n = 0; n < query->count; n++)
        if (answer_line(query, n, &outcomes[n], &answer->body))
            return -1;
    return answer_last_line(query, outcomes, &answer->body);
}

int answer_make(const struct query *query, const struct outcome *outcomes,
                const struct answer_style *style, unsigned long deadline_ms, struct answer *answer)
{
    struct counts counts = count(outcomes, query->count);

    memset(answer, 0, sizeof(*answer));
    answer->is_lookup = true;
    answer->is_complete = counts.failed == 0;
    answer->status = status_of(query, &counts, style);
    answer->retry_after_s = counts.retry_after_s;
    answer->fresh_s = counts.failed ? 0 : freshness(outcomes, query->count);
    if (query->field >= 0 && answer->is_complete)
        return make_field(query, &outcomes[0], answer);
    switch (query->format) {
    case QUERY_FORMAT_TEXT:
        answer->content_type = "text/plain; charset=utf-8";
        return answer_text(query, outcomes, style, &answer->body);
    case QUERY_FORMAT_HTML:
        answer->content_type = "text/html; charset=utf-8";
        return answer_text(query, outcomes, style, &answer->body);
    case QUERY_FORMAT_CSV:
        answer->content_type = "text/csv; charset=utf-8; header=present";
        return answer_csv(query, outcomes, &answer->body);
    case QUERY_FORMAT_NDJSON:
        return make_ndjson(query, outcomes, answer);
    case QUERY_FORMAT_JSON:
    case QUERY_FORMAT_AUTO:
        break;
    }
    return make_json(query, outcomes, &counts, deadline_ms, answer);
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
