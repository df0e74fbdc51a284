#include "problem.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/* One line of whole characters, whatever the text was made of: it ends up in logs and answers. */
static void tame(char *text, size_t room)
{
    size_t len = strlen(text), last = len;
    char *c;

    for (c = text; *c; c++)
        if ((unsigned char)*c < 0x20 || *c == 0x7f)
            *c = '?';
    if (len < room - 1)
        return;
    /* It was cut, perhaps within a character of up to four bytes. */
    while (last > 0 && len - last < 3 && ((unsigned char)text[last - 1] & 0xc0) == 0x80)
        last--;
    if (last > 0 && (unsigned char)text[last - 1] >= 0xc0) {
        unsigned char first = (unsigned char)text[last - 1];

        if (len - last + 1 < (first >= 0xf0 ? 4u : first >= 0xe0 ? 3u : 2u))
            text[last - 1] = '\0';
    }
}

int problem_set(struct problem *problem, const char *path, const char *format, ...)
{
    va_list args;

    if (!problem || problem->text[0])
        return -1;
    if (path) {
        snprintf(problem->path, sizeof(problem->path), "%s", path);
        tame(problem->path, sizeof(problem->path));
    }
    va_start(args, format);
    vsnprintf(problem->text, sizeof(problem->text), format, args);
    va_end(args);
    tame(problem->text, sizeof(problem->text));
    return -1;
}
