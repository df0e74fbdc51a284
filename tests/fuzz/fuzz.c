#include "fuzz.h"

#include "problem.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

_Noreturn void fuzz_fail(const char *file, int line, const char *what)
{
    fprintf(stderr, "%s:%d: does not hold: %s\n", file, line, what);
    abort();
}

unsigned fuzz_byte(struct fuzz_input *input)
{
    if (!input->left)
        return 0;
    input->left--;
    return *input->at++;
}

uint64_t fuzz_number(struct fuzz_input *input, uint64_t max)
{
    uint64_t number = 0, rest;

    for (rest = max; rest; rest >>= 8)
        number = number << 8 | fuzz_byte(input);
    return max == UINT64_MAX ? number : number % (max + 1);
}

static char *copy(struct fuzz_input *input, size_t len, size_t extra)
{
    char *text = malloc(len + extra ? len + extra : 1);

    FUZZ_CHECK(text);
    if (len)
        memcpy(text, input->at, len);
    input->at += len;
    input->left -= len;
    return text;
}

char *fuzz_text(struct fuzz_input *input, char end, size_t *len)
{
    const uint8_t *found = input->left ? memchr(input->at, end, input->left) : NULL;
    size_t bytes = found ? (size_t)(found - input->at) : input->left;
    char *text = copy(input, bytes, 1);

    text[bytes] = '\0';
    if (found)
        fuzz_byte(input);
    if (len)
        *len = bytes;
    return text;
}

char *fuzz_rest(struct fuzz_input *input, size_t *len)
{
    *len = input->left;
    return copy(input, input->left, 0);
}

json_t *fuzz_json(const char *text, size_t len)
{
    json_t *json =
        json_loadb(text, len, JSON_REJECT_DUPLICATES | JSON_DECODE_ANY | JSON_ALLOW_NUL, NULL);

    if (!json)
        fprintf(stderr, "not JSON: %.*s\n", (int)len, text);
    FUZZ_CHECK(json);
    return json;
}

const char *fuzz_json_text(const json_t *object, const char *key)
{
    const char *text = json_string_value(json_object_get(object, key));

    if (!text)
        fprintf(stderr, "no text: %s\n", key);
    FUZZ_CHECK(text);
    return text;
}

bool fuzz_is_printable(const char *text, size_t len)
{
    json_t *json = json_stringn(text, len); /* refuses what is not UTF-8 */
    size_t n;

    if (!json)
        return false;
    json_decref(json);
    for (n = 0; n < len; n++)
        if ((unsigned char)text[n] < 0x20 || text[n] == 0x7f)
            return false;
    return true;
}

void fuzz_check_problem(const struct problem *problem)
{
    FUZZ_CHECK(problem->text[0]);
    FUZZ_CHECK(!strchr(problem->text, '\n') && !strchr(problem->path, '\n'));
    FUZZ_CHECK(problem->line >= 0 && problem->column >= 0);
}
