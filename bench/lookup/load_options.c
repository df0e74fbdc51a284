#include "load_options.h"

#include <getopt.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define NUMBERS (sizeof(numbers) / sizeof(numbers[0]))

static const struct {
    const char *name;
    size_t offset;
    unsigned fallback, max;
    const char *help;
} numbers[] = {
    {"port", offsetof(struct load_options, port), 0, 65535, "of 127.0.0.1"},
    {"pid", offsetof(struct load_options, pid), 0, 1u << 30, "the server's, to be measured"},
    {"ips", offsetof(struct load_options, ips), 0, 1000, "addresses of a request"},
    {"pool", offsetof(struct load_options, pool), 1u << 24, 1u << 24, "different addresses"},
    {"connections", offsetof(struct load_options, connections), 32, 1000,
     "each with one request under way"},
    {"count", offsetof(struct load_options, count), 0, 1u << 30, "of answers, then it ends"},
    {"warmup-ms", offsetof(struct load_options, warmup_ms), 200, 60000, "before it counts"},
    {"run-ms", offsetof(struct load_options, run_ms), 1000, 60000, "while it counts"},
};

static unsigned *number_of(struct load_options *options, size_t i)
{
    return (unsigned *)(void *)((char *)options + numbers[i].offset);
}

static int usage(void)
{
    size_t i;

    fprintf(stderr, "usage: lookup_load --port N [option]...\n"
                    "  --path PATH       what is asked, default /\n"
                    "  --expect TEXT     what each answer's body contains\n"
                    "  --post            addresses in a JSON list\n");
    for (i = 0; i < NUMBERS; i++)
        fprintf(stderr, "  --%-15s %s (%u, at most %u)\n", numbers[i].name, numbers[i].help,
                numbers[i].fallback, numbers[i].max);
    return -1;
}

static int read_number(struct load_options *options, size_t i, const char *text)
{
    char *end;
    unsigned long value = strtoul(text, &end, 10);

    if (*text < '0' || *text > '9' || *end || value > numbers[i].max)
        return usage();
    *number_of(options, i) = (unsigned)value;
    return 0;
}

int load_options_read(struct load_options *options, int argc, char **argv)
{
    struct option table[NUMBERS + 4] = {{0}};
    size_t i;
    int found;

    memset(options, 0, sizeof(*options));
    options->path = "/";
    for (i = 0; i < NUMBERS; i++) {
        *number_of(options, i) = numbers[i].fallback;
        table[i] = (struct option){numbers[i].name, required_argument, NULL, (int)(256 + i)};
    }
    table[NUMBERS] = (struct option){"path", required_argument, NULL, 'p'};
    table[NUMBERS + 1] = (struct option){"expect", required_argument, NULL, 'e'};
    table[NUMBERS + 2] = (struct option){"post", no_argument, NULL, 'o'};
    while ((found = getopt_long(argc, argv, "", table, NULL)) != -1) {
        if (found == 'p')
            options->path = optarg;
        else if (found == 'e')
            options->expect = optarg;
        else if (found == 'o')
            options->is_post = true;
        else if (found < 256 || read_number(options, (size_t)found - 256, optarg))
            return found < 256 ? usage() : -1;
    }
    if (optind < argc || !options->port || !options->connections || !options->pool)
        return usage();
    return 0;
}
