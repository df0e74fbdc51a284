#include "expr.h"

#include "json_pointer.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MAX_FILTERS 4 /* of one alternative */

enum filter_kind {
    FILTER_ASN,
    FILTER_AS_NAME,
    FILTER_SPLIT,
    FILTER_LOWER,
    FILTER_UPPER,
    FILTER_TRIM
};

struct filter {
    enum filter_kind kind;
    unsigned part; /* of FILTER_SPLIT, counted from 0 */
};

struct alternative {
    struct json_pointer pointer;
    struct filter filters[MAX_FILTERS];
    size_t filter_count;
};

struct expr {
    size_t count;
    struct alternative alternatives[];
};

struct condition {
    struct json_pointer pointer;
    char *expected; /* NULL: it exists and is not null */
};

static int filter_read(struct filter *filter, const char *text, size_t len, struct problem *problem)
{
    static const char *const names[] = {"asn", "as_name", "split", "lower", "upper", "trim"};
    unsigned n;

    if (len == 7 && memcmp(text, "split:", 6) == 0 && isdigit((unsigned char)text[6])) {
        filter->kind = FILTER_SPLIT;
        filter->part = (unsigned)(text[6] - '0');
        return 0;
    }
    for (n = 0; n < sizeof(names) / sizeof(names[0]); n++) {
        if (n != FILTER_SPLIT && strlen(names[n]) == len && memcmp(names[n], text, len) == 0) {
            filter->kind = (enum filter_kind)n;
            return 0;
        }
    }
    return problem_set(problem, NULL,
                       "unknown filter \"%.*s\" (asn, as_name, split:0 to split:9, lower, upper, "
                       "trim)",
                       (int)len, text);
}

static int alternative_read(struct alternative *alternative, const char *text, size_t len,
                            struct problem *problem)
{
    const char *end = text + len, *bar = memchr(text, '|', len);

    if (len == 0)
        return problem_set(problem, NULL, "an alternative is empty");
    if (json_pointer_init(&alternative->pointer, text, (size_t)((bar ? bar : end) - text), problem))
        return -1;
    while (bar) {
        const char *name = bar + 1;

        bar = memchr(name, '|', (size_t)(end - name));
        if (alternative->filter_count == MAX_FILTERS)
            return problem_set(problem, NULL, "more than %d filters", MAX_FILTERS);
        if (filter_read(&alternative->filters[alternative->filter_count++], name,
                        (size_t)((bar ? bar : end) - name), problem))
            return -1;
    }
    return 0;
}

struct expr *expr_new(const char *text, size_t len, struct problem *problem)
{
    const char *end = text + len;
    size_t count = 1, n;
    struct expr *expr;

    for (n = 0; n < len; n++)
        count += text[n] == ';';
    expr = calloc(1, sizeof(*expr) + count * sizeof(expr->alternatives[0]));
    if (!expr) {
        problem_set(problem, NULL, "out of memory");
        return NULL;
    }
    for (n = 0; n < count; n++) {
        const char *semicolon = memchr(text, ';', (size_t)(end - text));
        const char *stop = semicolon ? semicolon : end;

        expr->count = n + 1;
        if (alternative_read(&expr->alternatives[n], text, (size_t)(stop - text), problem)) {
            expr_free(expr);
            return NULL;
        }
        text = stop + 1;
    }
    return expr;
}

void expr_free(struct expr *expr)
{
    size_t n;

    for (n = 0; expr && n < expr->count; n++)
        json_pointer_fini(&expr->alternatives[n].pointer);
    free(expr);
}

/* Print a scalar as JSON spells it, strings without quotes. */
static int print(const json_t *value, char out[EXPR_VALUE_BYTES])
{
    int len = -1;

    if (json_is_string(value)) {
        size_t bytes = json_string_length(value);

        /* A NUL inside would cut the text silently. */
        if (bytes >= EXPR_VALUE_BYTES || memchr(json_string_value(value), 0, bytes))
            return -1;
        memcpy(out, json_string_value(value), bytes + 1);
        return 0;
    }
    if (json_is_integer(value))
        len = snprintf(out, EXPR_VALUE_BYTES, "%" JSON_INTEGER_FORMAT, json_integer_value(value));
    else if (json_is_real(value))
        len = snprintf(out, EXPR_VALUE_BYTES, "%.15g", json_real_value(value));
    else if (json_is_boolean(value))
        len = snprintf(out, EXPR_VALUE_BYTES, "%s", json_is_true(value) ? "true" : "false");
    return len < 0 || len >= EXPR_VALUE_BYTES ? -1 : 0;
}

static bool is_as_number(const char *text, size_t len)
{
    return len > 2 && (text[0] == 'A' || text[0] == 'a') && (text[1] == 'S' || text[1] == 's') &&
           strspn(text + 2, "0123456789") == len - 2;
}

/* "AS15169 Google LLC": the number or the rest. A bare number is a number, too. */
static void as_part(char *text, bool wants_number)
{
    size_t word = strcspn(text, " ");
    bool has_number = is_as_number(text, word);
    const char *rest = text + word + (text[word] == ' ');

    if (wants_number && has_number) {
        text[word] = 0;
        memmove(text, text + 2, word - 1);
    } else if (wants_number && (word != strlen(text) || strspn(text, "0123456789") != word)) {
        text[0] = 0;
    } else if (!wants_number && has_number) {
        memmove(text, rest, strlen(rest) + 1);
    }
}

static void split(char *text, unsigned part)
{
    char *from = text;

    while (part-- && from)
        from = (from = strchr(from, ',')) ? from + 1 : NULL;
    if (!from) {
        text[0] = 0;
        return;
    }
    from[strcspn(from, ",")] = 0;
    memmove(text, from, strlen(from) + 1);
}

static void trim(char *text)
{
    size_t lead = strspn(text, " \t\r\n"), len;

    memmove(text, text + lead, strlen(text + lead) + 1);
    for (len = strlen(text); len && strchr(" \t\r\n", text[len - 1]); len--)
        text[len - 1] = 0;
}

/* ASCII only: the languages of the names need no more, and nothing here depends on the locale. */
static void change_case(char *text, bool to_upper)
{
    for (; *text; text++) {
        if (to_upper && *text >= 'a' && *text <= 'z')
            *text = (char)(*text - 'a' + 'A');
        else if (!to_upper && *text >= 'A' && *text <= 'Z')
            *text = (char)(*text - 'A' + 'a');
    }
}

static void filter_apply(const struct filter *filter, char *text)
{
    switch (filter->kind) {
    case FILTER_ASN:
    case FILTER_AS_NAME:
        as_part(text, filter->kind == FILTER_ASN);
        break;
    case FILTER_SPLIT:
        split(text, filter->part);
        break;
    case FILTER_LOWER:
    case FILTER_UPPER:
        change_case(text, filter->kind == FILTER_UPPER);
        break;
    case FILTER_TRIM:
        trim(text);
        break;
    }
}

static bool is_absent(const char (*absent)[EXPR_ABSENT_BYTES], const char *text)
{
    size_t n;

    for (n = 0; absent && n < EXPR_MAX_ABSENT && absent[n][0]; n++)
        if (strcmp(absent[n], text) == 0)
            return true;
    return false;
}

int expr_eval(const struct expr *expr, const json_t *root, const char *lang,
              const char (*absent)[EXPR_ABSENT_BYTES], char out[EXPR_VALUE_BYTES])
{
    size_t n, f;

    for (n = 0; n < expr->count; n++) {
        const struct alternative *alternative = &expr->alternatives[n];
        const json_t *value = json_pointer_get(&alternative->pointer, root, lang);

        if (!value || print(value, out) || is_absent(absent, out))
            continue;
        for (f = 0; f < alternative->filter_count; f++)
            filter_apply(&alternative->filters[f], out);
        if (out[0] && !is_absent(absent, out))
            return 0;
    }
    return -1;
}

struct condition *condition_new(const char *text, struct problem *problem)
{
    const char *equals = strchr(text, '=');
    struct condition *condition = calloc(1, sizeof(*condition));

    if (!condition) {
        problem_set(problem, NULL, "out of memory");
        return NULL;
    }
    if (json_pointer_init(&condition->pointer, text,
                          equals ? (size_t)(equals - text) : strlen(text), problem)) {
        free(condition);
        return NULL;
    }
    if (equals && !(condition->expected = strdup(equals + 1))) {
        problem_set(problem, NULL, "out of memory");
        condition_free(condition);
        return NULL;
    }
    return condition;
}

bool condition_holds(const struct condition *condition, const json_t *root)
{
    const json_t *value = json_pointer_get(&condition->pointer, root, NULL);
    char text[EXPR_VALUE_BYTES];

    if (!value || json_is_null(value))
        return false;
    return !condition->expected ||
           (print(value, text) == 0 && strcmp(text, condition->expected) == 0);
}

void condition_free(struct condition *condition)
{
    if (!condition)
        return;
    json_pointer_fini(&condition->pointer);
    free(condition->expected);
    free(condition);
}
