#include "answer_csv.h"

#include "answer_result.h"

#include <string.h>

#define LINE_END "\r\n"

/* In the order of a result in JSON. */
static const int columns[] = {
    ANSWER_FIELD_IP,    ANSWER_FIELD_QUERY,  ANSWER_FIELD_OK, ANSWER_FIELD_KIND,
    RECORD_COUNTRY,     RECORD_COUNTRY_CODE, RECORD_REGION,   RECORD_REGION_CODE,
    RECORD_CITY,        RECORD_DISTRICT,     RECORD_POSTAL,   RECORD_LATITUDE,
    RECORD_LONGITUDE,   RECORD_TIMEZONE,     RECORD_ISP,      RECORD_ORG,
    RECORD_AS_NAME,     RECORD_HOSTNAME,     RECORD_ASN,      ANSWER_FIELD_SOURCE,
    ANSWER_FIELD_STALE, ANSWER_FIELD_ERROR,
};

_Static_assert(sizeof(columns) / sizeof(columns[0]) == ANSWER_FIELD_COUNT,
               "each field is a column");

struct row {
    const struct query *query;
    const struct question *question;
    const struct outcome *outcome;
    char ip[IP_ADDR_TEXT_BYTES];
};

static int append_value(struct bytes *out, const char *value, bool is_number)
{
    const char *quote;

    if (!is_number && strpbrk(value, ",\"\r\n") == NULL &&
        (!value[0] || !strchr("=+-@\t", value[0])))
        return bytes_append_str(out, value);
    if (is_number)
        return bytes_append_str(out, value);
    if (bytes_append_str(out, strchr("=+-@\t", value[0]) ? "\"'" : "\""))
        return -1;
    while ((quote = strchr(value, '"'))) {
        if (bytes_append(out, value, (size_t)(quote + 1 - value)) || bytes_append_str(out, "\""))
            return -1;
        value = quote + 1;
    }
    return bytes_append_str(out, value) || bytes_append_str(out, "\"") ? -1 : 0;
}

static int append_row(struct row *row, struct bytes *out)
{
    bool is_first = true;
    size_t n;

    if (row->query->form == QUERY_NAMED) {
        is_first = false;
        if (append_value(out, row->question->name, false))
            return -1;
    }
    for (n = 0; n < ANSWER_FIELD_COUNT; n++) {
        int field = columns[n];
        bool is_number = field < RECORD_FIELD_COUNT &&
                         record_field_type((enum record_field)field) != RECORD_TEXT;
        const char *value;

        if (!query_wants(row->query, field))
            continue;
        value = answer_value(row->question, row->outcome, field, row->ip);
        if ((!is_first && bytes_append_str(out, ",")) ||
            (value && append_value(out, value, is_number)))
            return -1;
        is_first = false;
    }
    return bytes_append_str(out, LINE_END);
}

static int append_names(const struct query *query, struct bytes *out)
{
    bool is_first = query->form != QUERY_NAMED;
    size_t n;

    if (!is_first && bytes_append_str(out, "name"))
        return -1;
    for (n = 0; n < ANSWER_FIELD_COUNT; n++) {
        if (!query_wants(query, columns[n]))
            continue;
        if ((!is_first && bytes_append_str(out, ",")) ||
            bytes_append_str(out, answer_field_name(columns[n])))
            return -1;
        is_first = false;
    }
    return bytes_append_str(out, LINE_END);
}

int answer_csv(const struct query *query, const struct outcome *outcomes, struct bytes *out)
{
    struct row row = {.query = query};
    size_t n;

    if (append_names(query, out))
        return -1;
    for (n = 0; n < query->count; n++) {
        row.question = &query->questions[n];
        row.outcome = &outcomes[n];
        if (append_row(&row, out))
            return -1;
    }
    return 0;
}
