#include "load_options.h"

#include <getopt.h>
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
    {"members", offsetof(struct load_options, members), 100, 50000, "who hear everything"},
    {"idle", offsetof(struct load_options, idle), 0, 50000, "connections in another room"},
    {"slow", offsetof(struct load_options, slow), 0, 100, "members that never read"},
    {"in-flight", offsetof(struct load_options, in_flight), 16, 4096, "messages under way"},
    {"rate", offsetof(struct load_options, rate), 0, 1000000,
     "messages a second, each one's way measured, instead of a number in flight"},
    {"size", offsetof(struct load_options, size), 100, 16384, "bytes of a text"},
    {"warmup-ms", offsetof(struct load_options, warmup_ms), 200, 60000, "before it counts"},
    {"run-ms", offsetof(struct load_options, run_ms), 1000, 60000,
     "while it counts; 0: no messages"},
    {"drain-ms", offsetof(struct load_options, drain_ms), 1000, 60000,
     "after it, for what is under way"},
    {"hold-ms", offsetof(struct load_options, hold_ms), 0, 60000,
     "between the last join and the look at the server's memory"},
};

static unsigned *number_of(struct load_options *options, size_t i)
{
    return (unsigned *)(void *)((char *)options + numbers[i].offset);
}

static int usage(void)
{
    size_t i;

    fprintf(stderr,
            "usage: load --port N [option]...\n"
            "  --path PATH       of the WebSocket, default /\n"
            "  --json            lwshost's JSON mode\n"
            "  --await-all       in flight: until every member has it, not just who said it\n");
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
    table[NUMBERS + 1] = (struct option){"json", no_argument, NULL, 'j'};
    table[NUMBERS + 2] = (struct option){"await-all", no_argument, NULL, 'a'};
    while ((found = getopt_long(argc, argv, "", table, NULL)) != -1) {
        if (found == 'p')
            options->path = optarg;
        else if (found == 'j')
            options->is_json = true;
        else if (found == 'a')
            options->waits_for_all = true;
        else if (found < 256 || read_number(options, (size_t)found - 256, optarg))
            return found < 256 ? usage() : -1;
    }
    if (optind < argc || !options->port || (options->run_ms && !options->members) ||
        !options->in_flight)
        return usage();
    return 0;
}
