#include "load_options.h"

#include "options.h"

#include <string.h>

#define AT(member) offsetof(struct load_options, member)
#define ROWS (sizeof(rows) / sizeof(rows[0]))

static const struct option_row rows[] = {
    {"port", OPTION_NUMBER, AT(port), "of 127.0.0.1", 0, 65535},
    {"pid", OPTION_NUMBER, AT(pid), "the server's, to be measured", 0, 1u << 30},
    {"path", OPTION_TEXT, AT(path), "of the WebSocket, default /", 0, 0},
    {"json", OPTION_FLAG, AT(is_json), "lwshost's JSON mode", 0, 0},
    {"await-all", OPTION_FLAG, AT(waits_for_all),
     "in flight: until every member has it, not just who said it", 0, 0},
    {"members", OPTION_NUMBER, AT(members), "who hear everything", 100, 50000},
    {"idle", OPTION_NUMBER, AT(idle), "connections in another room", 0, 50000},
    {"slow", OPTION_NUMBER, AT(slow), "members that never read", 0, 100},
    {"in-flight", OPTION_NUMBER, AT(in_flight), "messages under way", 16, 4096},
    {"rate", OPTION_NUMBER, AT(rate),
     "messages a second, each one's way measured, instead of a number in flight", 0, 1000000},
    {"size", OPTION_NUMBER, AT(size), "bytes of a text", 100, 16384},
    {"warmup-ms", OPTION_NUMBER, AT(warmup_ms), "before it counts", 200, 60000},
    {"run-ms", OPTION_NUMBER, AT(run_ms), "while it counts; 0: no messages", 1000, 60000},
    {"drain-ms", OPTION_NUMBER, AT(drain_ms), "after it, for what is under way", 1000, 60000},
    {"hold-ms", OPTION_NUMBER, AT(hold_ms),
     "between the last join and the look at the server's memory", 0, 60000},
};

int load_options_read(struct load_options *options, int argc, char **argv)
{
    memset(options, 0, sizeof(*options));
    options->path = "/";
    if (options_read(rows, ROWS, options, argc, argv))
        return -1;
    if (!options->port || (options->run_ms && !options->members) || !options->in_flight)
        return options_usage(rows, ROWS, argv[0]);
    return 0;
}
