#include "json_lines.h"

#include "bytes.h"

#include <stdlib.h>
#include <string.h>

#define DEPTH_MAX 64 /* deeper texts are refused: nothing that people configure nests so far */

struct entry {
    char *path;
    int line;
};

struct json_lines {
    struct entry *entries;
    size_t count, capacity;
};

struct walk {
    const char *at, *end;
    int line, depth;
    struct bytes path;
    struct json_lines *lines;
};

static int walk_value(struct walk *walk);

static int note(struct walk *walk)
{
    struct json_lines *lines = walk->lines;
    char *path;

    if (lines->count == lines->capacity) {
        size_t capacity = lines->capacity ? lines->capacity * 2 : 64;
        struct entry *entries = realloc(lines->entries, capacity * sizeof(*entries));

        if (!entries)
            return -1;
        lines->entries = entries;
        lines->capacity = capacity;
    }
    path = strdup(walk->path.data ? walk->path.data : "");
    if (!path)
        return -1;
    lines->entries[lines->count].path = path;
    lines->entries[lines->count++].line = walk->line;
    return 0;
}

static char peek(struct walk *walk)
{
    while (walk->at < walk->end && strchr(" \t\r\n", *walk->at) && *walk->at) {
        if (*walk->at == '\n')
            walk->line++;
        walk->at++;
    }
    return walk->at < walk->end ? *walk->at : '\0';
}

/* Skip a string; the text between its quotes is given back in start and len, escapes as written. */
static int walk_string(struct walk *walk, const char **start, size_t *len)
{
    if (peek(walk) != '"')
        return -1;
    *start = ++walk->at;
    while (walk->at < walk->end && *walk->at != '"')
        walk->at += *walk->at == '\\' ? 2 : 1;
    if (walk->at >= walk->end)
        return -1;
    *len = (size_t)(walk->at++ - *start);
    return 0;
}

static void cut_path(struct walk *walk, size_t len)
{
    walk->path.len = len;
    if (walk->path.data)
        walk->path.data[len] = '\0';
}

static int walk_member(struct walk *walk)
{
    size_t before = walk->path.len, key_len;
    const char *key;

    if (walk_string(walk, &key, &key_len) || (before && bytes_append_str(&walk->path, ".")) ||
        bytes_append(&walk->path, key, key_len) || note(walk) || peek(walk) != ':')
        return -1;
    walk->at++;
    if (walk_value(walk))
        return -1;
    cut_path(walk, before);
    return 0;
}

static int walk_element(struct walk *walk, size_t index)
{
    size_t before = walk->path.len;

    peek(walk);
    if (bytes_printf(&walk->path, "[%zu]", index) || note(walk) || walk_value(walk))
        return -1;
    cut_path(walk, before);
    return 0;
}

static int walk_container(struct walk *walk, char close)
{
    size_t index = 0;

    if (++walk->depth > DEPTH_MAX)
        return -1;
    walk->at++;
    if (peek(walk) != close) {
        for (;;) {
            if (close == '}' ? walk_member(walk) : walk_element(walk, index++))
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

static int walk_value(struct walk *walk)
{
    const char *start;
    size_t len;

    switch (peek(walk)) {
    case '{':
        return walk_container(walk, '}');
    case '[':
        return walk_container(walk, ']');
    case '"':
        return walk_string(walk, &start, &len);
    case '\0':
        return -1;
    default:
        while (walk->at < walk->end && *walk->at && !strchr(",]} \t\r\n", *walk->at))
            walk->at++;
        return 0;
    }
}

struct json_lines *json_lines_new(const char *text, size_t len)
{
    struct walk walk = {.at = text, .end = text + len, .line = 1};
    int result;

    walk.lines = calloc(1, sizeof(*walk.lines));
    if (!walk.lines)
        return NULL;
    peek(&walk);
    result = note(&walk) || walk_value(&walk);
    bytes_fini(&walk.path);
    if (!result)
        return walk.lines;
    json_lines_free(walk.lines);
    return NULL;
}

int json_lines_find(const struct json_lines *lines, const char *path)
{
    size_t n, best_len = 0;
    int line = 1;

    for (n = 0; n < lines->count; n++) {
        const char *at = lines->entries[n].path;
        size_t len = strlen(at);
        char next = strncmp(at, path, len) == 0 ? path[len] : 'x';

        if (next == '\0')
            return lines->entries[n].line;
        if ((next == '.' || next == '[' || len == 0) && len >= best_len) {
            best_len = len;
            line = lines->entries[n].line;
        }
    }
    return line;
}

const char *json_lines_duplicate(const struct json_lines *lines, int *line)
{
    size_t n, before;

    for (n = 0; n < lines->count; n++) {
        for (before = 0; before < n; before++) {
            if (strcmp(lines->entries[n].path, lines->entries[before].path) == 0) {
                *line = lines->entries[n].line;
                return lines->entries[n].path;
            }
        }
    }
    return NULL;
}

void json_lines_free(struct json_lines *lines)
{
    size_t n;

    if (!lines)
        return;
    for (n = 0; n < lines->count; n++)
        free(lines->entries[n].path);
    free(lines->entries);
    free(lines);
}
