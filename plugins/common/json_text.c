#include "json_text.h"

#include <stdio.h>
#include <string.h>

/* Where `end` is, as jansson counts lines and columns. */
static void fill(json_error_t *error, const char *text, const char *end)
{
    const char *at, *line = text;

    memset(error, 0, sizeof(*error));
    error->line = 1;
    for (at = text; at < end; at++) {
        if (*at == '\n') {
            error->line++;
            line = at + 1;
        }
    }
    error->column = (int)(end - line) + 1;
    error->position = (int)(end - text) + 1;
    snprintf(error->source, sizeof(error->source), "<buffer>");
    snprintf(error->text, sizeof(error->text), "control character 0x0");
}

json_t *json_text_load(const char *text, size_t len, size_t flags, json_error_t *error)
{
    json_t *json = json_loadb(text, len, flags, error);
    const char *end = json && len ? memchr(text, '\0', len) : NULL;

    if (!end)
        return json;
    if (error)
        fill(error, text, end);
    json_decref(json);
    return NULL;
}
