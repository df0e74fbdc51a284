#include "answer.h"

#include "alloc_fail.h"
#include "fixture.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

struct made {
    struct query query;
    struct outcome outcomes[4];
    struct answer answer;
    struct text_template *template;
};

/* A query of the given form about `list`, each found with a city, but those in `failed` (a bit per
 * place), which have `code`. */
static struct made make(enum query_form form, enum query_format format, const char *list,
                        unsigned failed, enum outcome_code code, bool is_strict)
{
    struct made made = {0};
    const char *values[RECORD_FIELD_COUNT] = {NULL};
    struct answer_style style = {.error_text = "<error>", .upstream_error_status = 502};
    size_t n;

    values[RECORD_CITY] = "a \"<&>'\" 京";
    values[RECORD_LATITUDE] = "0";
    query_init(&made.query, 4);
    assert_int_equal(query_parameter(&made.query, "ip", 2, list, strlen(list)), 0);
    made.query.form = form;
    made.query.format = format;
    made.query.is_strict = is_strict;
    for (n = 0; n < made.query.count; n++) {
        made.query.questions[n].name[0] = (char)('a' + n);
        made.outcomes[n].source = "x";
        if (form != QUERY_NAMED)
            made.query.questions[n].name[0] = 0;
        if (failed & 1u << n)
            outcome_fail(&made.outcomes[n], code, "why");
        else
            made.outcomes[n].record = record_new(values);
    }
    style.ok = made.template = text_template_new("City: {city}", NULL);
    assert_int_equal(answer_make(&made.query, made.outcomes, &style, 2000, &made.answer), 0);
    return made;
}

static void fini(struct made *made)
{
    size_t n;

    for (n = 0; n < made->query.count; n++)
        outcome_fini(&made->outcomes[n]);
    query_fini(&made->query);
    answer_fini(&made->answer);
    text_template_free(made->template);
}

#define CITY "\"city\":\"a \\\"<&>'\\\" 京\",\"latitude\":0"

static void a_list_has_an_envelope(void **state)
{
    struct made made = make(QUERY_LIST, QUERY_FORMAT_JSON, "1.0.0.1,::ffff:1.0.0.2,1.0.0.3", 4,
                            OUTCOME_TIMEOUT, false);

    (void)state;
    assert_int_equal(made.answer.status, 200);
    assert_false(made.answer.is_complete);
    assert_true(made.answer.is_lookup);
    assert_string_equal(made.answer.content_type, "application/json");
    assert_string_equal(
        made.answer.body.data,
        "{\"complete\":false,\"count\":3,\"succeeded\":2,\"failed\":1,\"results\":["
        "{\"ip\":\"1.0.0.1\",\"ok\":true,\"kind\":\"public\"," CITY ",\"source\":\"x\"},"
        "{\"ip\":\"1.0.0.2\",\"query\":\"::ffff:1.0.0.2\",\"ok\":true,\"kind\":\"public\"," CITY
        ",\"source\":\"x\"},"
        "{\"ip\":\"1.0.0.3\",\"ok\":false,\"kind\":\"public\",\"error\":{\"code\":\"timeout\","
        "\"detail\":\"why\",\"provider\":\"x\"}}]}\n");
    fini(&made);
}

static void names_stand_in_front(void **state)
{
    struct made made = make(QUERY_NAMED, QUERY_FORMAT_JSON, "1.0.0.1", 0, OUTCOME_FOUND, false);

    (void)state;
    assert_true(made.answer.is_complete);
    assert_string_equal(
        made.answer.body.data,
        "{\"complete\":true,\"count\":1,\"succeeded\":1,\"failed\":0,\"results\":{\"a\":{"
        "\"ip\":\"1.0.0.1\",\"ok\":true,\"kind\":\"public\"," CITY ",\"source\":\"x\"}}}\n");
    fini(&made);
}

static void a_total_failure_is_a_problem(void **state)
{
    struct made made = make(QUERY_LIST, QUERY_FORMAT_JSON, "1.0.0.1", 1, OUTCOME_TIMEOUT, false);

    (void)state;
    assert_int_equal(made.answer.status, 504);
    assert_string_equal(made.answer.content_type, "application/problem+json");
    assert_string_equal(
        made.answer.body.data,
        "{\"type\":\"urn:ip-info:problem:lookup-failed\",\"title\":\"No lookup succeeded\","
        "\"status\":504,\"detail\":\"0 of 1 lookups succeeded within 2000 ms\","
        "\"complete\":false,\"count\":1,\"succeeded\":0,\"failed\":1,\"results\":[{\"ip\":"
        "\"1.0.0.1\",\"ok\":false,\"kind\":\"public\",\"error\":{\"code\":\"timeout\",\"detail\":"
        "\"why\",\"provider\":\"x\"}}]}\n");
    fini(&made);
    made = make(QUERY_SINGLE, QUERY_FORMAT_JSON, "word", 1, OUTCOME_INVALID_IP, false);
    assert_int_equal(made.answer.status, 400);
    assert_string_equal(
        made.answer.body.data,
        "{\"type\":\"urn:ip-info:problem:lookup-failed\",\"title\":\"No lookup succeeded\","
        "\"status\":400,\"detail\":\"0 of 1 lookups succeeded within 2000 ms\",\"ip\":\"word\","
        "\"ok\":false,\"error\":{\"code\":\"invalid_ip\",\"detail\":\"why\",\"provider\":\"x\"}}"
        "\n");
    fini(&made);
}

static void strict_takes_the_status_of_what_failed(void **state)
{
    struct made made =
        make(QUERY_LIST, QUERY_FORMAT_JSON, "1.0.0.1,1.0.0.2", 2, OUTCOME_QUOTA, true);

    (void)state;
    assert_int_equal(made.answer.status, 503);
    assert_non_null(strstr(made.answer.body.data, "\"title\":\"Not every lookup succeeded\""));
    fini(&made);
}

static void text_and_html(void **state)
{
    struct made made =
        make(QUERY_LIST, QUERY_FORMAT_TEXT, "1.0.0.1,1.0.0.2", 2, OUTCOME_TIMEOUT, false);

    (void)state;
    assert_string_equal(made.answer.content_type, "text/plain; charset=utf-8");
    assert_string_equal(made.answer.body.data,
                        "1.0.0.1:\nCity: a \"<&>'\" 京\n1.0.0.2:\n<error>\n");
    fini(&made);
    made = make(QUERY_NAMED, QUERY_FORMAT_HTML, "1.0.0.1,1.0.0.2", 2, OUTCOME_TIMEOUT, false);
    assert_string_equal(made.answer.body.data,
                        "a:<br/>City: a &quot;&lt;&amp;&gt;&#39;&quot; 京<br/>"
                        "b:<br/>&lt;error&gt;<br/>");
    fini(&made);
    made = make(QUERY_SINGLE, QUERY_FORMAT_TEXT, "1.0.0.1", 0, OUTCOME_FOUND, false);
    assert_string_equal(made.answer.body.data, "City: a \"<&>'\" 京\n");
    fini(&made);
    made = make(QUERY_SINGLE, QUERY_FORMAT_HTML, "1.0.0.1", 1, OUTCOME_TIMEOUT, false);
    assert_int_equal(made.answer.status, 504);
    assert_string_equal(made.answer.content_type, "text/html; charset=utf-8");
    assert_string_equal(made.answer.body.data, "&lt;error&gt;");
    fini(&made);
}

static void remake(struct made *made)
{
    struct answer_style style = {
        .ok = made->template, .error_text = "<error>", .upstream_error_status = 502};

    answer_fini(&made->answer);
    assert_int_equal(answer_make(&made->query, made->outcomes, &style, 2000, &made->answer), 0);
}

static void only_what_is_wanted(void **state)
{
    struct made made = make(QUERY_SINGLE, QUERY_FORMAT_JSON, "::ffff:1.0.0.1", 0, 0, false);

    (void)state;
    made.query.has_fields = true;
    made.query.fields = 1u << RECORD_LATITUDE;
    remake(&made);
    assert_string_equal(made.answer.body.data, "{\"ip\":\"1.0.0.1\",\"ok\":true,\"latitude\":0}\n");
    fini(&made);
}

static void how_it_came_about(void **state)
{
    struct made made = make(QUERY_SINGLE, QUERY_FORMAT_JSON, "1.0.0.1", 0, 0, false);

    (void)state;
    made.query.is_meta = true;
    made.outcomes[0].is_cached = made.outcomes[0].is_stale = true;
    made.outcomes[0].age_s = 90;
    made.outcomes[0].elapsed_ms = 7;
    remake(&made);
    assert_string_equal(made.answer.body.data,
                        "{\"ip\":\"1.0.0.1\",\"ok\":true,\"kind\":\"public\"," CITY
                        ",\"source\":\"x\",\"stale\":true,\"cached\":true,\"age\":90,\"ms\":7}\n");
    made.outcomes[0].is_cached = made.outcomes[0].is_stale = false;
    outcome_note(&made.outcomes[0], "x", 7);
    remake(&made);
    assert_string_equal(made.answer.body.data,
                        "{\"ip\":\"1.0.0.1\",\"ok\":true,\"kind\":\"public\"," CITY
                        ",\"source\":\"x\",\"cached\":false,\"ms\":7,\"attempts\":["
                        "{\"provider\":\"x\",\"code\":\"found\",\"ms\":7}]}\n");
    fini(&made);
}

static void one_field_is_bare_text(void **state)
{
    struct made made = make(QUERY_SINGLE, QUERY_FORMAT_JSON, "1.0.0.1", 0, 0, false);

    (void)state;
    made.query.field = RECORD_LATITUDE;
    remake(&made);
    assert_int_equal(made.answer.status, 200);
    assert_string_equal(made.answer.content_type, "text/plain; charset=utf-8");
    assert_string_equal(made.answer.body.data, "0\n");
    made.query.field = ANSWER_FIELD_KIND;
    remake(&made);
    assert_string_equal(made.answer.body.data, "public\n");
    made.query.field = RECORD_COUNTRY;
    remake(&made);
    assert_int_equal(made.answer.status, 204);
    assert_int_equal(made.answer.body.len, 0);
    outcome_fini(&made.outcomes[0]);
    outcome_fail(&made.outcomes[0], OUTCOME_TIMEOUT, "why");
    remake(&made);
    assert_int_equal(made.answer.status, 504);
    assert_string_equal(made.answer.content_type, "application/problem+json");
    fini(&made);
}

static void as_lines(void **state)
{
    struct made made =
        make(QUERY_LIST, QUERY_FORMAT_NDJSON, "1.0.0.1,1.0.0.2", 2, OUTCOME_TIMEOUT, false);
    struct bytes line = {0};

    (void)state;
    assert_int_equal(made.answer.status, 200);
    assert_string_equal(made.answer.content_type, "application/x-ndjson");
    assert_string_equal(
        made.answer.body.data,
        "{\"index\":0,\"ip\":\"1.0.0.1\",\"ok\":true,\"kind\":\"public\"," CITY
        ",\"source\":\"x\"}\n"
        "{\"index\":1,\"ip\":\"1.0.0.2\",\"ok\":false,\"kind\":\"public\",\"error\":{\"code\":"
        "\"timeout\",\"detail\":\"why\",\"provider\":\"x\"}}\n"
        "{\"complete\":false,\"count\":2,\"succeeded\":1,\"failed\":1}\n");
    made.query.form = QUERY_NAMED;
    strcpy(made.query.questions[1].name, "rep4");
    assert_int_equal(answer_line(&made.query, 1, &made.outcomes[1], &line), 0);
    assert_int_equal(strncmp(line.data, "{\"name\":\"rep4\",\"ip\"", 19), 0);
    bytes_fini(&line);
    fini(&made);
}

static void as_a_table(void **state)
{
    struct made made =
        make(QUERY_NAMED, QUERY_FORMAT_CSV, "1.0.0.1,1.0.0.2", 2, OUTCOME_TIMEOUT, false);
    const char *values[RECORD_FIELD_COUNT] = {
        [RECORD_CITY] = "=HYPERLINK(1)", [RECORD_LATITUDE] = "-1.5"};

    (void)state;
    made.query.has_fields = true;
    made.query.fields = 1u << RECORD_CITY | 1u << RECORD_LATITUDE;
    remake(&made);
    assert_string_equal(made.answer.body.data, "name,ip,ok,city,latitude,error\r\n"
                                               "a,1.0.0.1,true,\"a \"\"<&>'\"\" 京\",0,\r\n"
                                               "b,1.0.0.2,false,,,timeout\r\n");
    outcome_fini(&made.outcomes[0]);
    made.outcomes[0].record = record_new(values);
    remake(&made);
    assert_non_null(strstr(made.answer.body.data, "a,1.0.0.1,true,\"'=HYPERLINK(1)\",-1.5,\r\n"));
    made.query.has_fields = false;
    made.query.form = QUERY_LIST;
    remake(&made);
    assert_int_equal(strncmp(made.answer.body.data, "ip,query,ok,kind,country,", 25), 0);
    fini(&made);
}

static void it_is_fresh_as_long_as_each_answer(void **state)
{
    struct made made = make(QUERY_LIST, QUERY_FORMAT_JSON, "1.0.0.1,1.0.0.2", 0, 0, false);

    (void)state;
    made.outcomes[0].fresh_s = 60;
    made.outcomes[1].fresh_s = 40;
    remake(&made);
    assert_int_equal(made.answer.fresh_s, 40);
    outcome_fail(&made.outcomes[1], OUTCOME_TIMEOUT, "why");
    remake(&made);
    assert_int_equal(made.answer.fresh_s, 0);
    fini(&made);
}

static void refusals_are_problems(void **state)
{
    struct answer answer;

    (void)state;
    assert_int_equal(answer_refuse(422, "more than \"32\"", &answer), 0);
    assert_int_equal(answer.status, 422);
    assert_false(answer.is_lookup);
    assert_string_equal(answer.body.data,
                        "{\"type\":\"about:blank\",\"title\":\"The request can't be answered\","
                        "\"status\":422,\"detail\":\"more than \\\"32\\\"\"}\n");
    answer_fini(&answer);
    alloc_fail_arm(0);
    assert_int_equal(answer_refuse(422, "x", &answer), -1);
    assert_true(alloc_fail_disarm());
    answer_fini(&answer);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(a_list_has_an_envelope),
                                       cmocka_unit_test(names_stand_in_front),
                                       cmocka_unit_test(a_total_failure_is_a_problem),
                                       cmocka_unit_test(strict_takes_the_status_of_what_failed),
                                       cmocka_unit_test(text_and_html),
                                       cmocka_unit_test(only_what_is_wanted),
                                       cmocka_unit_test(how_it_came_about),
                                       cmocka_unit_test(one_field_is_bare_text),
                                       cmocka_unit_test(as_lines),
                                       cmocka_unit_test(as_a_table),
                                       cmocka_unit_test(it_is_fresh_as_long_as_each_answer),
                                       cmocka_unit_test(refusals_are_problems)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
