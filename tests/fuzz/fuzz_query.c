/* A request to ip-info: path, parameters, Accept and body; then an answer in the format it asked
 * for, which must be one: JSON that parses, lines that can be counted. */
#include "fuzz.h"

#include "accept.h"
#include "answer.h"

#include <stdlib.h>
#include <string.h>

static void read_parameters(struct query *query, char *text)
{
    char *next, *value;

    for (; text; text = next) {
        next = strchr(text, '&');
        if (next)
            *next++ = '\0';
        value = strchr(text, '=');
        if (query_parameter(query, text, value ? (size_t)(value - text) : strlen(text),
                            value ? value + 1 : "", value ? strlen(value + 1) : 0))
            return;
    }
}

static void check_query(const struct query *query)
{
    char ip[IP_ADDR_TEXT_BYTES];
    struct ip_addr addr;
    size_t n, other;

    FUZZ_CHECK(query->count >= 1 && query->count <= query->max_questions);
    FUZZ_CHECK(!query->error_text[0] && query->form != QUERY_NONE && query->form != QUERY_BODY);
    FUZZ_CHECK(query->form != QUERY_SINGLE || query->count == 1);
    for (n = 0; n < query->count; n++) {
        const struct question *question = &query->questions[n];

        FUZZ_CHECK(fuzz_is_printable(question->text, strlen(question->text)));
        FUZZ_CHECK((question->name[0] != '\0') == (query->form == QUERY_NAMED));
        if (question->is_valid) {
            ip_addr_format(&question->addr, ip);
            FUZZ_CHECK(!ip_addr_parse(ip, strlen(ip), &addr));
        }
        for (other = 0; query->form == QUERY_NAMED && other < n; other++)
            FUZZ_CHECK(strcmp(query->questions[other].name, question->name));
    }
    FUZZ_CHECK(fuzz_is_printable(query->lang, strlen(query->lang)));
    FUZZ_CHECK(fuzz_is_printable(query->provider, strlen(query->provider)));
}

/* What nobody could send has to come out well all the same. */
static struct record *some_record(unsigned kind)
{
    static const char *const samples[] = {"Nürnberg \"\\", "=1+1",     "a,b\r\nc",
                                          "<b>&amp;</b>",  "\x01\x7f", "-12.5",
                                          "1e3",           "007",      "\xe4\xb8\xad"};
    static char room[RECORD_FIELD_COUNT][RECORD_MAX_VALUE_BYTES + 1];
    const char *values[RECORD_FIELD_COUNT];
    struct record *record;
    unsigned n;

    for (n = 0; n < RECORD_FIELD_COUNT; n++) {
        const char *text = samples[(n + kind) % (sizeof(samples) / sizeof(samples[0]))];

        values[n] = record_normalise((enum record_field)n, text, room[n]) ? NULL : room[n];
    }
    record = record_new(values);
    FUZZ_CHECK(record);
    return record;
}

static void fill_outcomes(const struct query *query, struct outcome *outcomes, unsigned seed)
{
    size_t n;

    for (n = 0; n < query->count; n++) {
        struct outcome *outcome = &outcomes[n];
        unsigned code = (seed + (unsigned)n * (seed & 7)) % OUTCOME_CODE_COUNT;

        outcome->kind =
            query->questions[n].is_valid ? ip_class_of(&query->questions[n].addr) : IP_KIND_PUBLIC;
        outcome->source = code || seed & 32 ? "somebody" : NULL;
        if (code && !(seed & 64))
            outcome_fail(outcome, (enum outcome_code)code, "it did not work");
        else if (seed & 32)
            outcome->record = some_record(seed + (unsigned)n);
        else
            outcome->source = "local";
        outcome_note(outcome, "somebody", 3);
        outcome->is_stale = seed & 128;
    }
}

static size_t count_lines(const struct bytes *body)
{
    size_t n, lines = 0;

    for (n = 0; n < body->len; n++)
        lines += body->data[n] == '\n';
    return lines;
}

static void check_results(const struct query *query, const json_t *answer)
{
    const json_t *results = json_object_get(answer, "results");
    size_t n;

    if (query->form == QUERY_SINGLE) {
        fuzz_json_text(answer, "ip");
        FUZZ_CHECK(json_is_boolean(json_object_get(answer, "ok")));
        return;
    }
    FUZZ_CHECK(query->form == QUERY_NAMED ? json_object_size(results) == query->count
                                          : json_array_size(results) == query->count);
    for (n = 0; n < query->count; n++)
        fuzz_json_text(query->form == QUERY_NAMED
                           ? json_object_get(results, query->questions[n].name)
                           : json_array_get(results, n),
                       "ip");
}

static void check_answer(const struct query *query, const struct answer *answer)
{
    struct fuzz_input lines = {(const uint8_t *)answer->body.data, answer->body.len};
    size_t len;
    char *line;

    FUZZ_CHECK(answer->status >= 200 && answer->status < 600);
    FUZZ_CHECK(answer->is_complete || !answer->fresh_s);
    if (answer->status == 204) {
        FUZZ_CHECK(query->field >= 0 && !answer->body.len);
    } else if (strstr(answer->content_type, "json") && query->format != QUERY_FORMAT_NDJSON) {
        json_t *json = fuzz_json(answer->body.data, answer->body.len);

        check_results(query, json);
        json_decref(json);
    } else if (query->format == QUERY_FORMAT_NDJSON) {
        FUZZ_CHECK(count_lines(&answer->body) == query->count + 1);
        while (lines.left) {
            line = fuzz_text(&lines, '\n', &len);
            json_decref(fuzz_json(line, len));
            free(line);
        }
    } else if (query->format == QUERY_FORMAT_HTML && query->field < 0) {
        FUZZ_CHECK(!strstr(answer->body.data, "<b>"));
    }
}

static void answer(const struct query *query, unsigned seed)
{
    struct outcome *outcomes = calloc(query->count, sizeof(*outcomes));
    struct problem problem = {0};
    struct text_template *line = text_template_new("{country}: {city|region}", &problem);
    const struct answer_style style = {line, "nothing", 502};
    struct answer made;
    size_t n;

    FUZZ_CHECK(outcomes && line);
    fill_outcomes(query, outcomes, seed);
    FUZZ_CHECK(!answer_make(query, outcomes, &style, 2000, &made));
    check_answer(query, &made);
    answer_fini(&made);
    for (n = 0; n < query->count; n++)
        outcome_fini(&outcomes[n]);
    text_template_free(line);
    free(outcomes);
}

static void refuse(const struct query *query)
{
    struct answer made;
    json_t *json;

    FUZZ_CHECK(query->error_status >= 400 && query->error_status < 500 && query->error_text[0]);
    FUZZ_CHECK(!answer_refuse(query->error_status, query->error_text, &made));
    json = fuzz_json(made.body.data, made.body.len);
    FUZZ_CHECK(!strcmp(fuzz_json_text(json, "detail"), query->error_text));
    json_decref(json);
    answer_fini(&made);
}

/* Two bytes, then three lines: path, parameters (decoded already), Accept; then a body. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const struct ip_addr caller = {{[10] = 0xff, [11] = 0xff, [12] = 192, [15] = 1}};
    struct fuzz_input input = {data, size};
    unsigned settings = fuzz_byte(&input), seed = fuzz_byte(&input);
    char *path, *parameters, *accept, *body;
    size_t path_len, body_len;
    struct query query;
    int result;

    path = fuzz_text(&input, '\n', &path_len);
    parameters = fuzz_text(&input, '\n', NULL);
    accept = fuzz_text(&input, '\n', NULL);
    body = fuzz_rest(&input, &body_len);
    query_init(&query, 1 + settings % 32);
    result = query_path(&query, path, path_len);
    if (!result)
        read_parameters(&query, parameters);
    if (query.format == QUERY_FORMAT_AUTO)
        query.format = accept_choose(accept);
    if (!query.error_status && body_len)
        query_body(&query, body, body_len);
    result = query_finish(&query, settings & 128 ? &caller : NULL);
    FUZZ_CHECK((result != 0) == (query.error_status != 0));
    if (result) {
        refuse(&query);
    } else {
        check_query(&query);
        answer(&query, seed);
    }
    query_fini(&query);
    free(path);
    free(parameters);
    free(accept);
    free(body);
    return 0;
}
