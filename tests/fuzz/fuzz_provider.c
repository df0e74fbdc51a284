/* What a provider says, read by a field map: whatever comes, an outcome that can be told further.
 */
#include "fuzz.h"

#include "answer.h"
#include "json_pointer.h"
#include "provider.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Each place of a document is found by the pointer that is made for it, as RFC 6901 says. */
static void check_pointers(const json_t *root, const json_t *value, const char *pointer)
{
    struct json_pointer compiled;
    struct bytes inner = {0};
    const char *key;
    json_t *member;
    size_t n;

    if (pointer[0]) {
        FUZZ_CHECK(!json_pointer_init(&compiled, pointer, strlen(pointer), NULL));
        FUZZ_CHECK(json_pointer_get(&compiled, root, "en") == value || strstr(pointer, "{lang}") ||
                   strlen(pointer) > 200);
        json_pointer_fini(&compiled);
    }
    if (strlen(pointer) > 300)
        return;
    json_object_foreach((json_t *)value, key, member)
    {
        bytes_printf(&inner, "%s/", pointer);
        for (n = 0; key[n]; n++)
            bytes_append_str(&inner, key[n] == '~'   ? "~0"
                                     : key[n] == '/' ? "~1"
                                                     : (char[2]){key[n], '\0'});
        check_pointers(root, member, inner.data);
        bytes_clear(&inner);
    }
    json_array_foreach(value, n, member)
    {
        bytes_printf(&inner, "%s/%zu", pointer, n);
        check_pointers(root, member, inner.data);
        bytes_clear(&inner);
    }
    bytes_fini(&inner);
}

static void check_record(const struct record *record)
{
    char again[RECORD_MAX_VALUE_BYTES + 1];
    unsigned n;

    for (n = 0; n < RECORD_FIELD_COUNT; n++) {
        const char *value = record_get(record, (enum record_field)n);

        if (!value)
            continue;
        FUZZ_CHECK(value[0] && strlen(value) <= RECORD_MAX_VALUE_BYTES);
        FUZZ_CHECK(!record_normalise((enum record_field)n, value, again));
        FUZZ_CHECK(!strcmp(value, again)); /* it is the canonical form */
        if (record_field_type((enum record_field)n) != RECORD_TEXT)
            json_decref(fuzz_json(value, strlen(value)));
    }
}

/* Told further as JSON, it is what was read. */
static void check_told(const struct outcome *outcome)
{
    struct query query;
    struct answer answer;
    const struct answer_style style = {NULL, "", 502};
    json_t *json;
    unsigned n;

    query_init(&query, 1);
    FUZZ_CHECK(!query_path(&query, "8.8.8.8", 7) && !query_finish(&query, NULL));
    FUZZ_CHECK(!answer_make(&query, outcome, &style, 2000, &answer));
    json = fuzz_json(answer.body.data, answer.body.len);
    for (n = 0; outcome->record && outcome->code == OUTCOME_FOUND && n < RECORD_FIELD_COUNT; n++) {
        const char *value = record_get(outcome->record, (enum record_field)n);

        if (value && record_field_type((enum record_field)n) == RECORD_TEXT)
            FUZZ_CHECK(
                !strcmp(value, fuzz_json_text(json, record_field_name((enum record_field)n))));
    }
    json_decref(json);
    answer_fini(&answer);
    query_fini(&query);
}

static void read_answer(const struct provider *provider, struct fuzz_input *input)
{
    static const unsigned statuses[] = {200, 200, 200, 200, 201, 204, 302, 400, 404, 429, 503};
    struct fetch_response response = {.wanted = {"application/json", "", ""}};
    struct outcome outcome = {0};
    unsigned flags = fuzz_byte(input);
    char *rest, *body;
    json_t *json;

    response.code = statuses[flags % (sizeof(statuses) / sizeof(statuses[0]))];
    if (flags & 64)
        response.wanted[1] = "0";
    if (flags & 128)
        response.wanted[2] = "99999999999999999999";
    rest = fuzz_rest(input, &response.body_bytes);
    body = malloc(response.body_bytes + 1); /* it is NUL-terminated */
    FUZZ_CHECK(body);
    if (response.body_bytes)
        memcpy(body, rest, response.body_bytes);
    body[response.body_bytes] = '\0';
    free(rest);
    response.body = body;
    provider_read(provider, &response, "en", &outcome);
    FUZZ_CHECK(outcome.code < OUTCOME_CODE_COUNT && outcome.source == provider->name);
    FUZZ_CHECK((outcome.code == OUTCOME_FOUND) == !outcome.detail[0]);
    FUZZ_CHECK(!outcome.record || outcome.code == OUTCOME_FOUND);
    FUZZ_CHECK(provider_pause_s(provider, &response, &outcome, 1700000000) <= 86400);
    if (outcome.record)
        check_record(outcome.record);
    check_told(&outcome);
    outcome_fini(&outcome);
    json = json_loadb(body, response.body_bytes, 0, NULL);
    if (json)
        check_pointers(json, json, "");
    json_decref(json);
    free(body);
}

/* Lines: field map; what tells a good answer; what tells a reserved address; where the error is.
 * Then a byte for the status, and the body. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct fuzz_input input = {data, size};
    struct problem problem = {0};
    struct provider provider = {.name = "fuzz",
                                .url_text = "http://192.0.2.1/?ip={ip}",
                                .is_private = true,
                                .remaining_field = "x-left",
                                .reset_field = "x-reset"};
    char *texts[4];
    size_t n;

    for (n = 0; n < 4; n++)
        texts[n] = fuzz_text(&input, '\n', NULL);
    provider.map_texts[0] = texts[0];
    provider.ok_text = texts[1][0] ? texts[1] : NULL;
    provider.reserved_text = texts[2][0] ? texts[2] : NULL;
    provider.message_text = texts[3][0] ? texts[3] : NULL;
    provider.errors[0] = (struct provider_error){"reserved range", OUTCOME_FOUND};
    provider.errors[1] = (struct provider_error){"unknown", OUTCOME_NOT_FOUND};
    provider.error_count = 2;
    strcpy(provider.absent[0], "-");
    if (provider_compile(&provider, &problem))
        fuzz_check_problem(&problem);
    else
        read_answer(&provider, &input);
    provider_fini(&provider);
    for (n = 0; n < 4; n++)
        free(texts[n]);
    return 0;
}
