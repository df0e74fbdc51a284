#include "text_template.h"

#include <stdlib.h>
#include <string.h>

#define MAX_CHOICES 4 /* fields of one placeholder */

/* Literal bytes, then one placeholder; the last part has no placeholder. */
struct part {
    const char *literal;
    size_t literal_bytes;
    enum record_field choices[MAX_CHOICES];
    size_t choice_count;
};

struct text_template {
    size_t count;
    struct part parts[];
};

static int read_choices(struct part *part, const char *text, const char *end,
                        struct problem *problem)
{
    for (;;) {
        const char *bar = memchr(text, '|', (size_t)(end - text));
        size_t len = (size_t)((bar ? bar : end) - text);
        enum record_field field = record_field_find(text, len);

        if (field == RECORD_FIELD_COUNT)
            return problem_set(problem, NULL, "unknown field \"%.*s\"", (int)len, text);
        if (part->choice_count == MAX_CHOICES)
            return problem_set(problem, NULL, "a placeholder has at most %d fields", MAX_CHOICES);
        part->choices[part->choice_count++] = field;
        if (!bar)
            return 0;
        text = bar + 1;
    }
}

struct text_template *text_template_new(const char *text, struct problem *problem)
{
    struct text_template *result;
    size_t count = 1;
    const char *at;

    for (at = text; *at; at++)
        count += *at == '{';
    result = calloc(1, sizeof(*result) + count * sizeof(result->parts[0]));
    if (!result) {
        problem_set(problem, NULL, "out of memory");
        return NULL;
    }
    for (;;) {
        struct part *part = &result->parts[result->count++];
        const char *end;

        part->literal = text;
        part->literal_bytes = strcspn(text, "{");
        text += part->literal_bytes;
        if (!*text)
            return result;
        end = strchr(text, '}');
        if (!end)
            problem_set(problem, NULL, "\"{\" without \"}\"");
        if (!end || read_choices(part, text + 1, end, problem)) {
            free(result);
            return NULL;
        }
        text = end + 1;
    }
}

static const char *value_of(const struct part *part, const struct record *record)
{
    const char *value = NULL;
    size_t n;

    for (n = 0; n < part->choice_count && !value; n++)
        value = record_get(record, part->choices[n]);
    return value;
}

bool text_template_applies(const struct text_template *text, const struct record *record)
{
    size_t n;

    for (n = 0; record && n < text->count; n++)
        if (value_of(&text->parts[n], record))
            return true;
    return false;
}

int text_template_write(const struct text_template *text, const struct record *record,
                        struct bytes *out)
{
    size_t n;

    for (n = 0; n < text->count; n++) {
        const struct part *part = &text->parts[n];
        const char *value = value_of(part, record);

        if (bytes_append(out, part->literal, part->literal_bytes) ||
            (value && bytes_append_str(out, value)))
            return -1;
    }
    return 0;
}

void text_template_free(struct text_template *text) { free(text); }
