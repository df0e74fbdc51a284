#include "record.h"

#include <errno.h>
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct record {
    unsigned references;
    size_t bytes;                        /* of all of it */
    uint16_t places[RECORD_FIELD_COUNT]; /* offset into `texts` plus 1; 0 for not known */
    char texts[];
};

static const struct {
    const char *name;
    enum record_type type;
} schema[RECORD_FIELD_COUNT] = {
    [RECORD_COUNTRY] = {"country", RECORD_TEXT},
    [RECORD_COUNTRY_CODE] = {"country_code", RECORD_TEXT},
    [RECORD_REGION] = {"region", RECORD_TEXT},
    [RECORD_REGION_CODE] = {"region_code", RECORD_TEXT},
    [RECORD_CITY] = {"city", RECORD_TEXT},
    [RECORD_DISTRICT] = {"district", RECORD_TEXT},
    [RECORD_POSTAL] = {"postal", RECORD_TEXT},
    [RECORD_LATITUDE] = {"latitude", RECORD_REAL},
    [RECORD_LONGITUDE] = {"longitude", RECORD_REAL},
    [RECORD_TIMEZONE] = {"timezone", RECORD_TEXT},
    [RECORD_ISP] = {"isp", RECORD_TEXT},
    [RECORD_ORG] = {"org", RECORD_TEXT},
    [RECORD_AS_NAME] = {"as_name", RECORD_TEXT},
    [RECORD_HOSTNAME] = {"hostname", RECORD_TEXT},
    [RECORD_ASN] = {"asn", RECORD_INTEGER},
};

const char *record_field_name(enum record_field field) { return schema[field].name; }

enum record_type record_field_type(enum record_field field) { return schema[field].type; }

enum record_field record_field_find(const char *name, size_t len)
{
    unsigned n;

    for (n = 0; n < RECORD_FIELD_COUNT; n++)
        if (strlen(schema[n].name) == len && memcmp(schema[n].name, name, len) == 0)
            break;
    return (enum record_field)n;
}

static int normalise_integer(const char *text, char *out)
{
    unsigned long long number;
    char *end;

    errno = 0;
    number = strtoull(text, &end, 10);
    if (text[0] < '0' || text[0] > '9' || *end || errno == ERANGE || number > UINT32_MAX)
        return -1;
    snprintf(out, RECORD_MAX_VALUE_BYTES + 1, "%llu", number);
    return 0;
}

/* Digits as they were given are kept where JSON takes them, "39.9042" and not 39.904200000000003.
 */
static int normalise_real(const char *text, char *out)
{
    const char *digits = text[0] == '-' ? text + 1 : text;
    size_t len = strlen(text), whole = strspn(digits, "0123456789");
    double number;
    char *end;

    number = strtod(text, &end);
    if (whole == 0 || *end || !isfinite(number) || strspn(text, "0123456789+-.eE") != len)
        return -1;
    if (len <= 32 && (digits[0] != '0' || whole == 1) &&
        (digits[whole] == 0 ||
         (digits[whole] == '.' && digits[whole + 1] &&
          strspn(digits + whole + 1, "0123456789") == strlen(digits + whole + 1))))
        memcpy(out, text, len + 1);
    else
        snprintf(out, RECORD_MAX_VALUE_BYTES + 1, "%.15g", number);
    return 0;
}

int record_normalise(enum record_field field, const char *text,
                     char out[RECORD_MAX_VALUE_BYTES + 1])
{
    size_t len = strlen(text);

    if (len == 0 || len > RECORD_MAX_VALUE_BYTES)
        return -1;
    switch (schema[field].type) {
    case RECORD_INTEGER:
        return normalise_integer(text, out);
    case RECORD_REAL:
        return normalise_real(text, out);
    case RECORD_TEXT:
        break;
    }
    memcpy(out, text, len + 1);
    return 0;
}

struct record *record_new(const char *const values[RECORD_FIELD_COUNT])
{
    struct record *record;
    size_t total = 0, at = 0;
    unsigned n;

    for (n = 0; n < RECORD_FIELD_COUNT; n++)
        total += values[n] ? strlen(values[n]) + 1 : 0;
    record = calloc(1, sizeof(*record) + total);
    if (!record)
        return NULL;
    record->references = 1;
    record->bytes = sizeof(*record) + total;
    for (n = 0; n < RECORD_FIELD_COUNT; n++) {
        if (!values[n])
            continue;
        record->places[n] = (uint16_t)(at + 1);
        memcpy(record->texts + at, values[n], strlen(values[n]) + 1);
        at += strlen(values[n]) + 1;
    }
    return record;
}

const char *record_get(const struct record *record, enum record_field field)
{
    return record->places[field] ? record->texts + record->places[field] - 1 : NULL;
}

size_t record_size_bytes(const struct record *record) { return record->bytes; }

struct record *record_hold(struct record *record)
{
    if (record)
        record->references++;
    return record;
}

void record_release(struct record *record)
{
    if (record && --record->references == 0)
        free(record);
}
