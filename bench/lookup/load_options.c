#include "load_options.h"

#include "options.h"

#include <string.h>

#define AT(member) offsetof(struct load_options, member)
#define ROWS (sizeof(rows) / sizeof(rows[0]))

static const struct option_row rows[] = {
    {"port", OPTION_NUMBER, AT(port), "of 127.0.0.1", 0, 65535},
    {"pid", OPTION_NUMBER, AT(pid), "the server's, to be measured", 0, 1u << 30},
    {"path", OPTION_TEXT, AT(path), "what is asked, default /", 0, 0},
    {"expect", OPTION_TEXT, AT(expect), "what each answer's body contains", 0, 0},
    {"post", OPTION_FLAG, AT(is_post), "addresses in a JSON list", 0, 0},
    {"ips", OPTION_NUMBER, AT(ips), "addresses of a request", 0, 1000},
    {"pool", OPTION_NUMBER, AT(pool), "different addresses", 1u << 24, 1u << 24},
    {"connections", OPTION_NUMBER, AT(connections), "each with one request under way", 32, 1000},
    {"count", OPTION_NUMBER, AT(count), "of answers, then it ends", 0, 1u << 30},
    {"warmup-ms", OPTION_NUMBER, AT(warmup_ms), "before it counts", 200, 60000},
    {"run-ms", OPTION_NUMBER, AT(run_ms), "while it counts", 1000, 60000},
};

int load_options_read(struct load_options *options, int argc, char **argv)
{
    memset(options, 0, sizeof(*options));
    options->path = "/";
    if (options_read(rows, ROWS, options, argc, argv))
        return -1;
    if (!options->port || !options->connections || !options->pool)
        return options_usage(rows, ROWS, argv[0]);
    return 0;
}
