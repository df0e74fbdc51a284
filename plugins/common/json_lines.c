#include "json_lines.h"

#include "bytes.h"

#include <jansson.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define DEPTH_MAX 2048 /* jansson's own bound */
#define NONE SIZE_MAX

struct entry {
    size_t parent; /* index of an entry; NONE for the whole text */
    size_t key;    /* offset in `keys` */
    size_t value, value_bytes;
    int line;
};

struct json_lines {
    struct entry *entries; /* in the order of the text */
    size_t count, capacity;
    size_t *order; /* the entries by parent, key and place in the text */
    struct bytes keys;
};

struct walk {
    const char *text, *at, *end;
    int line, depth;
    struct json_lines *lines;
};

static int walk_value(struct walk *walk, size_t self);

static const char *key_of(const struct json_lines *lines, size_t n)
{
    return lines->keys.data + lines->entries[n].key;
}

/* Add an entry for what stands at this line. Returns its index, or NONE when memory is short. */
static size_t note(struct walk *walk, size_t parent, const char *key)
{
    struct json_lines *lines = walk->lines;
    struct entry entry = {.parent = parent, .key = lines->keys.len, .line = walk->line};

    if (lines->count == lines->capacity) {
        size_t capacity = lines->capacity ? lines->capacity * 2 : 64;
        struct entry *entries = realloc(lines->entries, capacity * sizeof(*entries));

        if (!entries)
            return NONE;
        lines->entries = entries;
        lines->capacity = capacity;
    }
    if (bytes_append(&lines->keys, key, strlen(key) + 1))
        return NONE;
    lines->entries[lines->count] = entry;
    return lines->count++;
}

static char peek(struct walk *walk)
{
    while (walk->at < walk->end && *walk->at && strchr(" \t\r\n", *walk->at)) {
        if (*walk->at == '\n')
            walk->line++;
        walk->at++;
    }
    return walk->at < walk->end ? *walk->at : '\0';
}

/* Skip a string. `start` and `len` are the text with its quotes. */
static int walk_string(struct walk *walk, const char **start, size_t *len)
{
    if (peek(walk) != '"')
        return -1;
    *start = walk->at++;
    while (walk->at < walk->end && *walk->at != '"')
        walk->at += *walk->at == '\\' ? 2 : 1;
    if (walk->at >= walk->end)
        return -1;
    *len = (size_t)(++walk->at - *start);
    return 0;
}

static int walk_member(struct walk *walk, size_t parent)
{
    const char *start;
    json_t *key;
    size_t len, self;

    if (walk_string(walk, &start, &len))
        return -1;
    key = json_loadb(start, len, JSON_DECODE_ANY, NULL);
    if (!key)
        return -1;
    self = note(walk, parent, json_string_value(key));
    json_decref(key);
    if (self == NONE || peek(walk) != ':')
        return -1;
    walk->at++;
    return walk_value(walk, self);
}

static int walk_element(struct walk *walk, size_t parent, size_t index)
{
    char key[32];
    size_t self;

    snprintf(key, sizeof(key), "[%zu]", index);
    peek(walk);
    self = note(walk, parent, key);
    return self == NONE ? -1 : walk_value(walk, self);
}

static int walk_container(struct walk *walk, size_t self, char close)
{
    size_t index = 0;

    if (++walk->depth > DEPTH_MAX)
        return -1;
    walk->at++;
    if (peek(walk) != close) {
        for (;;) {
            if (close == '}' ? walk_member(walk, self) : walk_element(walk, self, index++))
                return -1;
            if (peek(walk) != ',')
                break;
            walk->at++;
        }
    }
    if (peek(walk) != close)
        return -1;
    walk->at++;
    walk->depth--;
    return 0;
}

static int walk_word(struct walk *walk)
{
    const char *start = walk->at;

    while (walk->at < walk->end && *walk->at && !strchr(",:]} \t\r\n", *walk->at))
        walk->at++;
    return walk->at > start ? 0 : -1;
}

static int walk_value(struct walk *walk, size_t self)
{
    const char *start;
    size_t len;
    int result;
    char first = peek(walk);

    walk->lines->entries[self].value = (size_t)(walk->at - walk->text);
    if (first == '{')
        result = walk_container(walk, self, '}');
    else if (first == '[')
        result = walk_container(walk, self, ']');
    else if (first == '"')
        result = walk_string(walk, &start, &len);
    else
        result = walk_word(walk);
    walk->lines->entries[self].value_bytes =
        (size_t)(walk->at - walk->text) - walk->lines->entries[self].value;
    return result;
}

static int compare(const void *a, const void *b, void *user)
{
    const struct json_lines *lines = user;
    size_t left = *(const size_t *)a, right = *(const size_t *)b;
    size_t left_parent = lines->entries[left].parent, right_parent = lines->entries[right].parent;
    int by_key;

    if (left_parent != right_parent)
        return left_parent < right_parent ? -1 : 1;
    by_key = strcmp(key_of(lines, left), key_of(lines, right));
    if (by_key)
        return by_key;
    return left < right ? -1 : left > right;
}

static int sort(struct json_lines *lines)
{
    size_t n;

    lines->order = malloc(lines->count * sizeof(*lines->order));
    if (!lines->order)
        return -1;
    for (n = 0; n < lines->count; n++)
        lines->order[n] = n;
    qsort_r(lines->order, lines->count, sizeof(*lines->order), compare, lines);
    return 0;
}

struct json_lines *json_lines_new(const char *text, size_t len)
{
    struct walk walk = {.text = text, .at = text, .end = text + len, .line = 1};

    walk.lines = calloc(1, sizeof(*walk.lines));
    if (!walk.lines)
        return NULL;
    peek(&walk);
    if (note(&walk, NONE, "") == NONE || walk_value(&walk, JSON_LINES_ROOT) || peek(&walk) ||
        walk.at != walk.end || sort(walk.lines)) {
        json_lines_free(walk.lines);
        return NULL;
    }
    return walk.lines;
}

/* How entry `n` is ordered against `key` in `parent`: < 0, 0 or > 0. */
static int against(const struct json_lines *lines, size_t n, size_t parent, const char *key)
{
    if (lines->entries[n].parent != parent)
        return lines->entries[n].parent < parent ? -1 : 1;
    return strcmp(key_of(lines, n), key);
}

int json_lines_member(const struct json_lines *lines, size_t parent, const char *key, size_t nth,
                      struct json_member *out)
{
    size_t low = 0, high = lines->count;
    const struct entry *found;

    while (low < high) {
        size_t middle = low + (high - low) / 2;

        if (against(lines, lines->order[middle], parent, key) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    if (nth >= lines->count - low || against(lines, lines->order[low + nth], parent, key) != 0)
        return -1;
    found = &lines->entries[lines->order[low + nth]];
    out->node = lines->order[low + nth];
    out->line = found->line;
    out->value = found->value;
    out->value_bytes = found->value_bytes;
    return 0;
}

void json_lines_free(struct json_lines *lines)
{
    if (!lines)
        return;
    free(lines->entries);
    free(lines->order);
    bytes_fini(&lines->keys);
    free(lines);
}
