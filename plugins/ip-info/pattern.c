#include "pattern.h"

#include "secret.h"

#include <stdlib.h>
#include <string.h>

enum place { PLACE_NONE, PLACE_IP, PLACE_LANG };

/* Literal bytes, then one place. */
struct part {
    size_t literal, literal_bytes; /* in `literals` */
    enum place place;
};

struct pattern {
    struct bytes literals; /* with the secrets in them */
    bool has_ip, has_lang;
    size_t count;
    struct part parts[];
};

/* Everything that is not unreserved (RFC 3986 2.3), so that a secret stays within its parameter. */
static int append_encoded(struct bytes *out, const char *text, size_t len)
{
    static const char digits[] = "0123456789ABCDEF";
    size_t n;

    for (n = 0; n < len; n++) {
        unsigned char c = (unsigned char)text[n];
        char escape[3] = {'%', digits[c >> 4], digits[c & 15]};
        bool is_plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                        (c >= '0' && c <= '9') || strchr("-._~", c);

        if (is_plain ? bytes_append(out, &text[n], 1) : bytes_append(out, escape, 3))
            return -1;
    }
    return 0;
}

static bool has_control(const char *text, size_t len)
{
    size_t n;

    for (n = 0; n < len; n++)
        if ((unsigned char)text[n] < ' ' || text[n] == 127)
            return true;
    return false;
}

static int append_resolved(struct bytes *out, const char *reference, enum pattern_use use,
                           struct problem *problem)
{
    struct bytes text = {0};
    int result = -1;

    if (secret_text(NULL, reference, &text, problem) == 0) {
        if (use == PATTERN_HEADER && has_control(text.data, text.len))
            problem_set(problem, NULL, "%s has control characters in it", reference);
        else if (use == PATTERN_URL ? append_encoded(out, text.data, text.len)
                                    : bytes_append(out, text.data, text.len))
            problem_set(problem, NULL, "out of memory");
        else
            result = 0;
        explicit_bzero(text.data, text.len);
    }
    bytes_fini(&text);
    return result;
}

/* Append the secret that `reference`, with its braces, is for. */
static int append_secret(struct bytes *out, const char *reference, enum pattern_use use,
                         char *missing, struct problem *problem)
{
    size_t name_bytes = strlen(reference) - 6;
    char name[PATTERN_MISSING_BYTES];

    if (missing && strncmp(reference, "{env:", 5) == 0 && name_bytes < sizeof(name)) {
        const char *value;

        memcpy(name, reference + 5, name_bytes);
        name[name_bytes] = 0;
        value = getenv(name);
        if (!value || !value[0]) {
            if (!missing[0])
                memcpy(missing, name, name_bytes + 1);
            return 0;
        }
    }
    return append_resolved(out, reference, use, problem);
}

static bool is_word(const char *text, size_t len, const char *word)
{
    return strlen(word) == len && memcmp(text, word, len) == 0;
}

/* Read the placeholder of `len` bytes, braces included, that stands behind `part`'s literal. */
static int read_place(struct pattern *pattern, struct part *part, const char *text, size_t len,
                      enum pattern_use use, bool is_query, char *missing, struct problem *problem)
{
    char *reference;
    int result;

    if (is_word(text, len, "{ip}")) {
        part->place = PLACE_IP;
        pattern->has_ip = true;
        return 0;
    }
    if (is_word(text, len, "{lang}")) {
        part->place = PLACE_LANG;
        pattern->has_lang = true;
        return 0;
    }
    if (strncmp(text, "{env:", 5) != 0 && strncmp(text, "{file:", 6) != 0)
        return problem_set(problem, NULL, "unknown placeholder \"%.*s\"", (int)len, text);
    if (use == PATTERN_URL && !is_query)
        return problem_set(problem, NULL, "\"%.*s\" can stand behind the \"?\" only", (int)len,
                           text);
    reference = strndup(text, len);
    if (!reference)
        return problem_set(problem, NULL, "out of memory");
    result = append_secret(&pattern->literals, reference, use, missing, problem);
    part->literal_bytes = pattern->literals.len - part->literal;
    free(reference);
    return result;
}

static int read_part(struct pattern *pattern, const char **text, enum pattern_use use,
                     bool *is_query, char *missing, struct problem *problem)
{
    struct part *part = &pattern->parts[pattern->count++];
    const char *brace = *text + strcspn(*text, "{}"), *end;

    part->literal = pattern->literals.len;
    if (bytes_append(&pattern->literals, *text, (size_t)(brace - *text)))
        return problem_set(problem, NULL, "out of memory");
    part->literal_bytes = pattern->literals.len - part->literal;
    *is_query = *is_query || memchr(*text, '?', (size_t)(brace - *text));
    *text = brace;
    if (!*brace)
        return 0;
    end = strchr(brace, '}');
    if (*brace == '}' || !end)
        return problem_set(problem, NULL, "\"%c\" without \"%c\"", *brace,
                           *brace == '}' ? '{' : '}');
    *text = end + 1;
    return read_place(pattern, part, brace, (size_t)(end + 1 - brace), use, *is_query, missing,
                      problem);
}

struct pattern *pattern_new(const char *text, enum pattern_use use,
                            char missing[PATTERN_MISSING_BYTES], struct problem *problem)
{
    struct pattern *pattern;
    size_t count = 1;
    const char *at;
    bool is_query = false;

    for (at = text; *at; at++)
        count += *at == '{';
    if (missing)
        missing[0] = 0;
    pattern = calloc(1, sizeof(*pattern) + count * sizeof(pattern->parts[0]));
    if (!pattern) {
        problem_set(problem, NULL, "out of memory");
        return NULL;
    }
    while (*text) {
        if (read_part(pattern, &text, use, &is_query, missing, problem)) {
            pattern_free(pattern);
            return NULL;
        }
    }
    return pattern;
}

bool pattern_has_ip(const struct pattern *pattern) { return pattern->has_ip; }

bool pattern_has_lang(const struct pattern *pattern) { return pattern->has_lang; }

int pattern_write(const struct pattern *pattern, const char *ip, const char *lang,
                  struct bytes *out)
{
    size_t n;

    for (n = 0; n < pattern->count; n++) {
        const struct part *part = &pattern->parts[n];

        if (part->literal_bytes &&
            bytes_append(out, pattern->literals.data + part->literal, part->literal_bytes))
            return -1;
        if (part->place != PLACE_NONE && bytes_append_str(out, part->place == PLACE_IP ? ip : lang))
            return -1;
    }
    return 0;
}

void pattern_free(struct pattern *pattern)
{
    if (!pattern)
        return;
    if (pattern->literals.data)
        explicit_bzero(pattern->literals.data, pattern->literals.capacity);
    bytes_fini(&pattern->literals);
    free(pattern);
}
