/* Where the members of a JSON text stand, against jansson, which knows what they are. */
#include "fuzz.h"

#include "json_lines.h"
#include "json_text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct walk {
    const struct json_lines *lines;
    const char *text;
    size_t len;
};

/* The last member of that key, which is the one that jansson keeps. */
static bool find_last(const struct walk *walk, size_t parent, const char *key,
                      struct json_member *out)
{
    size_t nth = 0;

    while (!json_lines_member(walk->lines, parent, key, nth, out))
        nth++;
    return nth > 0;
}

static void check(const struct walk *walk, const json_t *value, const struct json_member *at)
{
    struct json_member inner;
    const char *key;
    json_t *member, *again;
    char index[32];
    size_t n;
    int line = 1;

    FUZZ_CHECK(at->value <= walk->len && at->value_bytes <= walk->len - at->value);
    again = json_loadb(walk->text + at->value, at->value_bytes, JSON_DECODE_ANY, NULL);
    FUZZ_CHECK(again && json_equal(again, value));
    json_decref(again);
    for (n = 0; n < at->value; n++)
        line += walk->text[n] == '\n';
    FUZZ_CHECK(at->line >= 1 && at->line <= line);

    json_object_foreach((json_t *)value, key, member)
    {
        FUZZ_CHECK(find_last(walk, at->node, key, &inner));
        FUZZ_CHECK(inner.value > at->value);
        check(walk, member, &inner);
    }
    json_array_foreach(value, n, member)
    {
        snprintf(index, sizeof(index), "[%zu]", n);
        FUZZ_CHECK(!json_lines_member(walk->lines, at->node, index, 0, &inner));
        FUZZ_CHECK(json_lines_member(walk->lines, at->node, index, 1, &inner));
        check(walk, member, &inner);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct fuzz_input input = {data, size};
    struct walk walk;
    size_t len;
    char *text = fuzz_rest(&input, &len);
    json_t *json = json_text_load(text, len, JSON_DECODE_ANY, NULL);
    struct json_lines *lines = json_lines_new(text, len);
    struct json_member root = {.node = JSON_LINES_ROOT};

    if (json) {
        FUZZ_CHECK(lines);
        walk = (struct walk){lines, text, len};
        root.value = strspn(text, " \t\r\n"); /* jansson has found something behind it */
        root.line = 1;
        root.value_bytes = len - root.value;
        check(&walk, json, &root);
    }
    json_lines_free(lines);
    json_decref(json);
    free(text);
    return 0;
}
