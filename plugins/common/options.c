#include "options.h"

#include "suggest.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

static int read_number(const struct option *row, const char *value, void *out,
                       struct problem *problem)
{
    unsigned long number;
    char *end;

    errno = 0;
    number = strtoul(value, &end, 10);
    if (value[0] < '0' || value[0] > '9' || *end || errno == ERANGE || number < row->min ||
        number > row->max)
        return problem_set(problem, row->name, "\"%s\" is not a number from %lu to %lu%s%s", value,
                           row->min, row->max, row->unit ? " " : "", row->unit ? row->unit : "");
    memcpy(out, &number, sizeof(number));
    return 0;
}

static int read_flag(const struct option *row, const char *value, void *out,
                     struct problem *problem)
{
    static const char *const words[] = {"0", "1", "off", "on", "no", "yes", "false", "true"};
    size_t n;

    for (n = 0; n < sizeof(words) / sizeof(words[0]); n++) {
        if (strcasecmp(value, words[n]) == 0) {
            *(bool *)out = n % 2;
            return 0;
        }
    }
    return problem_set(problem, row->name, "\"%s\" is none of: yes, no, 1, 0", value);
}

static int read_choice(const struct option *row, const char *value, void *out,
                       struct problem *problem)
{
    unsigned n;
    char list[120] = "";

    for (n = 0; row->choices[n]; n++) {
        if (strcmp(value, row->choices[n]) == 0) {
            *(unsigned *)out = n;
            return 0;
        }
        if (strlen(list) + strlen(row->choices[n]) + 3 < sizeof(list)) {
            strcat(list, n ? ", " : "");
            strcat(list, row->choices[n]);
        }
    }
    return problem_set(problem, row->name, "\"%s\" is none of: %s", value, list);
}

static int read_text(const struct option *row, const char *value, void *out,
                     struct problem *problem)
{
    size_t len = strlen(value);

    if (len < row->min || len > row->max)
        return problem_set(problem, row->name, "must have %lu to %lu bytes, has %zu", row->min,
                           row->max, len);
    *(const char **)out = value;
    return 0;
}

static int read_one(const struct option *row, const char *value, char *out, struct problem *problem)
{
    switch (row->type) {
    case OPTION_NUMBER:
        return read_number(row, value, out + row->offset, problem);
    case OPTION_FLAG:
        return read_flag(row, value, out + row->offset, problem);
    case OPTION_CHOICE:
        return read_choice(row, value, out + row->offset, problem);
    case OPTION_TEXT:
        break;
    }
    return read_text(row, value, out + row->offset, problem);
}

static bool is_for_lws(const char *name)
{
    return strcmp(name, "default") == 0 || strcmp(name, "raw") == 0 ||
           strcmp(name, "status") == 0 || strcmp(name, "basic-auth") == 0;
}

static size_t member_bytes(const struct option *row)
{
    switch (row->type) {
    case OPTION_NUMBER:
        return sizeof(unsigned long);
    case OPTION_FLAG:
        return sizeof(bool);
    case OPTION_CHOICE:
        return sizeof(unsigned);
    case OPTION_TEXT:
        break;
    }
    return sizeof(const char *);
}

const struct option *option_find(const struct option *table, size_t rows, const char *name)
{
    size_t n;

    for (n = 0; n < rows; n++)
        if (strcmp(table[n].name, name) == 0)
            return &table[n];
    return NULL;
}

bool option_equal(const struct option *row, const void *a, const void *b)
{
    const char *at_a = (const char *)a + row->offset, *at_b = (const char *)b + row->offset;
    const char *text_a, *text_b;

    if (row->type != OPTION_TEXT)
        return memcmp(at_a, at_b, member_bytes(row)) == 0;
    text_a = *(const char *const *)(const void *)at_a;
    text_b = *(const char *const *)(const void *)at_b;
    return text_a == text_b || (text_a && text_b && strcmp(text_a, text_b) == 0);
}

void option_copy(const struct option *row, void *to, const void *from)
{
    memcpy((char *)to + row->offset, (const char *)from + row->offset, member_bytes(row));
}

static int refuse_unknown(const struct option *table, size_t rows, const char *name,
                          struct problem *problem)
{
    struct suggestion suggestion;
    size_t n;

    suggestion_init(&suggestion, name);
    for (n = 0; n < rows; n++)
        suggestion_offer(&suggestion, table[n].name);
    if (suggestion.best)
        return problem_set(problem, name, "unknown option (did you mean \"%s\"?)", suggestion.best);
    return problem_set(problem, name, "unknown option");
}

static int set_defaults(const struct option *table, size_t rows, void *out, struct problem *problem)
{
    size_t n;

    for (n = 0; n < rows; n++)
        if (table[n].fallback && read_one(&table[n], table[n].fallback, out, problem))
            return -1;
    return 0;
}

int options_read(const struct option *table, size_t rows, const struct option_value *values,
                 size_t count, option_family_fn *family, void *out, struct problem *problem)
{
    size_t n, before;

    if (set_defaults(table, rows, out, problem))
        return -1;
    for (n = 0; n < count; n++) {
        const char *name = values[n].name;
        const struct option *row = option_find(table, rows, name);
        int taken = 1;

        if (is_for_lws(name))
            continue;
        for (before = 0; before < n; before++)
            if (strcmp(values[before].name, name) == 0)
                return problem_set(problem, name, "given twice, or longer than 254 bytes");
        if (row && read_one(row, values[n].value, out, problem))
            return -1;
        if (!row)
            taken = family ? family(out, name, values[n].value, problem) : 0;
        if (taken < 0)
            return -1;
        if (!taken)
            return refuse_unknown(table, rows, name, problem);
    }
    return 0;
}
