#include "options.h"

#include <getopt.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FIRST 256 /* of the values that getopt_long gives: none is a character */
#define MOST 32   /* rows of a table */

int options_usage(const struct option_row *rows, size_t count, const char *program)
{
    const char *name = strrchr(program, '/');
    size_t i;

    fprintf(stderr, "usage: %s [option]...\n", name ? name + 1 : program);
    for (i = 0; i < count; i++) {
        fprintf(stderr, "  --%-15s %s", rows[i].name, rows[i].help);
        if (rows[i].kind == OPTION_NUMBER)
            fprintf(stderr, " (%u, at most %u)", rows[i].fallback, rows[i].max);
        fputs("\n", stderr);
    }
    return -1;
}

static int take(const struct option_row *row, char *into, const char *text)
{
    unsigned long value;
    char *end;

    if (row->kind == OPTION_FLAG) {
        *(bool *)(void *)(into + row->offset) = true;
        return 0;
    }
    if (row->kind == OPTION_TEXT) {
        *(const char **)(void *)(into + row->offset) = text;
        return 0;
    }
    value = strtoul(text, &end, 10);
    if (*text < '0' || *text > '9' || *end || value > row->max)
        return -1;
    *(unsigned *)(void *)(into + row->offset) = (unsigned)value;
    return 0;
}

int options_read(const struct option_row *rows, size_t count, void *into, int argc, char **argv)
{
    struct option table[MOST + 1] = {{0}};
    size_t i;
    int found;

    if (count > MOST)
        return -1;
    for (i = 0; i < count; i++) {
        bool has_value = rows[i].kind != OPTION_FLAG;

        if (rows[i].kind == OPTION_NUMBER)
            *(unsigned *)(void *)((char *)into + rows[i].offset) = rows[i].fallback;
        table[i] = (struct option){rows[i].name, has_value ? required_argument : no_argument, NULL,
                                   (int)(FIRST + i)};
    }
    while ((found = getopt_long(argc, argv, "", table, NULL)) != -1)
        if (found < FIRST || take(&rows[found - FIRST], into, optarg))
            return options_usage(rows, count, argv[0]);
    return optind < argc ? options_usage(rows, count, argv[0]) : 0;
}
