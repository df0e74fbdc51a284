/* A request to ip-lookup, and the answer about a place whose database kept no promise. */
#include "fuzz.h"

#include "lookup_answer.h"

#include <stdlib.h>
#include <string.h>

/* Fill a text of the place with what is there, whole or not. */
static void take(struct fuzz_input *input, char *out, size_t bytes)
{
    size_t len;
    char *text = fuzz_text(input, '\n', &len);

    if (len >= bytes)
        len = bytes - 1;
    memcpy(out, text, len);
    out[len] = '\0';
    free(text);
}

static void fill_place(struct fuzz_input *input, struct place *place)
{
    memset(place, 0, sizeof(*place));
    place->asn = (uint32_t)fuzz_number(input, UINT32_MAX);
    place->has_location = place->asn & 1;
    place->latitude = (double)fuzz_byte(input) - 90;
    place->longitude = (double)fuzz_byte(input) * 1.3;
    take(input, place->country, sizeof(place->country));
    take(input, place->country_code, sizeof(place->country_code));
    take(input, place->region, sizeof(place->region));
    take(input, place->city, sizeof(place->city));
    take(input, place->isp, sizeof(place->isp));
    take(input, place->as_name, sizeof(place->as_name));
    memcpy(place->district, place->city, sizeof(place->district));
    memcpy(place->org, place->as_name, sizeof(place->org));
}

static void check_answer(const struct lookup_query *query, struct fuzz_input *input)
{
    char *out = malloc(LOOKUP_ANSWER_BYTES), ip[IP_ADDR_TEXT_BYTES];
    struct place place;
    unsigned is_known = fuzz_byte(input) & 1;
    json_t *json;
    size_t len;

    FUZZ_CHECK(out);
    fill_place(input, &place);
    len = lookup_answer_write(query->format, &query->addr, is_known ? &place : NULL, out);
    FUZZ_CHECK(len > 0 && len <= LOOKUP_ANSWER_BYTES);
    json = fuzz_json(out, len);
    ip_addr_format(&query->addr, ip);
    FUZZ_CHECK(!strcmp(fuzz_json_text(json, "ip"), ip));
    if (query->format == LOOKUP_NATIVE) {
        FUZZ_CHECK(json_is_true(json_object_get(json, "ok")) == (is_known != 0));
    } else {
        FUZZ_CHECK(json_integer_value(json_object_get(json, "ret")) == (is_known ? 1 : -1));
        if (is_known && fuzz_is_printable(place.city, strlen(place.city)))
            FUZZ_CHECK(!strcmp(fuzz_json_text(json, "city"), place.city));
    }
    json_decref(json);
    free(out);
}

/* A line of parameters, decoded already, with & between them; then the place. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct fuzz_input input = {data, size};
    struct problem problem = {0};
    struct lookup_query query;
    char *text = fuzz_text(&input, '\n', NULL), *at, *next;
    int result = 0;

    lookup_query_init(&query);
    for (at = text; at && !result; at = next) {
        next = strchr(at, '&');
        if (next)
            *next++ = '\0';
        result = lookup_query_take(&query, at, strlen(at), &problem);
    }
    if (!result)
        result = lookup_query_finish(&query, &problem);
    if (result) {
        fuzz_check_problem(&problem);
        FUZZ_CHECK(fuzz_is_printable(problem.text, strlen(problem.text)));
    } else {
        FUZZ_CHECK(query.has_addr);
        FUZZ_CHECK(!query.language[0] ||
                   lookup_is_language(query.language, strlen(query.language)));
        check_answer(&query, &input);
    }
    free(text);
    return 0;
}
