#include "conf_complain.h"

#include "conf_source.h"

#include <stdio.h>
#include <string.h>

#define FILE_MAX 400 /* bytes of a file's name that a complaint repeats */
#define PATH_MAX_SHOWN 300
#define LINE_BYTES 1200

/* End a text of more than `max` bytes at a whole character. */
static size_t cut(const char *text, size_t max)
{
    size_t len = strnlen(text, max + 1);

    if (len <= max)
        return len;
    len = max;
    while (len > 0 && ((unsigned char)text[len] & 0xc0) == 0x80)
        len--;
    return len;
}

/* One complaint is one line, whatever the configuration has put into its keys. */
static void tame(char *text)
{
    for (; *text; text++)
        if ((unsigned char)*text < 0x20 || *text == 0x7f)
            *text = '?';
}

static size_t print_place(const struct conf_place *place, char *out, size_t bytes)
{
    const char *file = place->source ? place->source->file : "", *path = place->path;
    char line[16] = "";
    int written;

    if (place->line)
        snprintf(line, sizeof(line), ":%d", place->line);
    written = snprintf(out, bytes, "%.*s%s%s%.*s%s", (int)cut(file, FILE_MAX), file, line,
                       path[0] ? ": " : "", (int)cut(path, PATH_MAX_SHOWN), path,
                       strlen(path) > PATH_MAX_SHOWN ? "…" : "");
    return written < 0 ? 0 : (size_t)written >= bytes ? bytes - 1 : (size_t)written;
}

void conf_complain(const struct conf_env *env, bool is_error, const struct conf_place *place,
                   const char *format, va_list args)
{
    char line[LINE_BYTES];
    size_t len = print_place(place, line, sizeof(line));

    len += (size_t)snprintf(line + len, sizeof(line) - len, ": %s", is_error ? "" : "warning: ");
    vsnprintf(line + len, sizeof(line) - len, format, args);
    tame(line);
    env->complain(env->user, is_error, line);
}

const char *conf_clip(const char *text, char out[CONF_CLIP_BYTES])
{
    size_t len = cut(text, CONF_CLIP_BYTES - 4);

    snprintf(out, CONF_CLIP_BYTES, "%.*s%s", (int)len, text, text[len] ? "…" : "");
    return out;
}

void conf_place_print(const struct conf_place *place, const char *member, char *out, size_t bytes)
{
    struct json_member found;
    struct conf_place at = *place;
    char path[PATH_MAX_SHOWN + 100];

    if (bytes == 0)
        return;
    if (member && place->source && place->path &&
        json_lines_member(place->source->lines, place->node, member, 0, &found) == 0) {
        snprintf(path, sizeof(path), "%.*s.%s", (int)cut(place->path, PATH_MAX_SHOWN), place->path,
                 member);
        at.path = path;
        at.line = found.line;
    }
    if (!at.path)
        at.path = "";
    print_place(&at, out, bytes);
    tame(out);
}
