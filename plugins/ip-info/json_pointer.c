#include "json_pointer.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define TOKEN_BYTES 256 /* with the language filled in */

static int unescape(const char *from, size_t len, char *to, size_t *count)
{
    size_t n;

    *count = 0;
    for (n = 0; n < len; n++) {
        if (from[n] == '/') {
            if ((*count)++)
                *to++ = 0;
        } else if (from[n] != '~') {
            *to++ = from[n];
        } else if (n + 1 < len && (from[n + 1] == '0' || from[n + 1] == '1')) {
            *to++ = from[++n] == '0' ? '~' : '/';
        } else {
            return -1;
        }
    }
    *to = 0;
    return 0;
}

int json_pointer_init(struct json_pointer *pointer, const char *text, size_t len,
                      struct problem *problem)
{
    pointer->tokens = NULL;
    pointer->count = 0;
    if (len == 0 || text[0] != '/')
        return problem_set(problem, NULL, "\"%.*s\" is not a JSON pointer: it begins with \"/\"",
                           (int)len, text);
    pointer->tokens = malloc(len + 1);
    if (!pointer->tokens)
        return problem_set(problem, NULL, "out of memory");
    if (unescape(text, len, pointer->tokens, &pointer->count)) {
        json_pointer_fini(pointer);
        return problem_set(problem, NULL, "\"%.*s\": \"~\" stands before 0 or 1 only", (int)len,
                           text);
    }
    return 0;
}

/* Copy `token` with the language filled in. Returns NULL when it does not fit or there is none. */
static const char *fill(const char *token, const char *lang, char room[TOKEN_BYTES])
{
    const char *at = strstr(token, "{lang}");
    int len;

    if (!at)
        return token;
    if (!lang)
        return NULL;
    len = snprintf(room, TOKEN_BYTES, "%.*s%s%s", (int)(at - token), token, lang, at + 6);
    return len < 0 || len >= TOKEN_BYTES ? NULL : room;
}

static const json_t *element(const json_t *array, const char *token)
{
    size_t len = strspn(token, "0123456789");

    if (len == 0 || len > 9 || token[len] || (token[0] == '0' && len > 1))
        return NULL;
    return json_array_get(array, strtoul(token, NULL, 10));
}

const json_t *json_pointer_get(const struct json_pointer *pointer, const json_t *root,
                               const char *lang)
{
    const char *token = pointer->tokens;
    char room[TOKEN_BYTES];
    size_t n;

    for (n = 0; n < pointer->count && root; n++) {
        const char *name = fill(token, lang, room);

        if (!name)
            return NULL;
        root = json_is_array(root) ? element(root, name) : json_object_get(root, name);
        token += strlen(token) + 1;
    }
    return root;
}

void json_pointer_fini(struct json_pointer *pointer)
{
    free(pointer->tokens);
    pointer->tokens = NULL;
    pointer->count = 0;
}
