#include "args.h"

#include <ctype.h>
#include <errno.h>
#include <getopt.h>
#include <stdlib.h>
#include <string.h>

enum { OPTION_PLUGIN_DIR = 256, OPTION_CHECK };

const char args_help[] =
    "Usage: lwshost [options]\n"
    "Serve what an lwsws configuration describes, with libwebsockets protocol plugins.\n"
    "\n"
    "  -c, --configdir DIR  read DIR/conf and then the files of DIR/conf.d\n"
    "  -p, --port N         listen on port N instead of the first vhost's; 0 takes a free one\n"
    "      --plugin-dir DIR look for plugins in DIR first; may be given several times\n"
    "      --check          check the configuration and the plugins, do not listen\n"
    "  -d LEVELS            log levels as lws's bit mask: 1 errors, 2 warnings, 4 notices,\n"
    "                       8 information, 16 debug, ...\n"
    "  -V, --version        print the versions\n"
    "  -h, --help           print this\n"
    "\n"
    "Exit status: 0 asked to stop, 1 failed while starting or running, 2 wrong usage or\n"
    "configuration. Signals: TERM and INT stop politely, HUP reads the configuration anew.\n";

/* Digits only, so that "80x", "+80" and " 80" are not taken for something else.
 * base 0 also takes 0x... and 0..., as C does. */
static int read_number(const char *text, int base, unsigned long max, unsigned long *out)
{
    char *end;
    unsigned long value;

    if (!isdigit((unsigned char)text[0]))
        return -1;
    errno = 0;
    value = strtoul(text, &end, base);
    if (errno || *end || value > max)
        return -1;
    *out = value;
    return 0;
}

static int take_port(struct args *args, const char *text, struct problem *problem)
{
    unsigned long value;

    if (read_number(text, 10, 65535, &value))
        return problem_set(problem, "--port", "\"%s\" is not a port (0 to 65535)", text);
    args->port = (int)value;
    return 0;
}

static int take_levels(struct args *args, const char *text, struct problem *problem)
{
    unsigned long value;

    if (read_number(text, 0, 0xffffff, &value))
        return problem_set(problem, "-d", "\"%s\" is not a bit mask of log levels", text);
    args->has_levels = true;
    args->levels = (unsigned)value;
    return 0;
}

static int take_text(const char **out, const char *name, const char *text, struct problem *problem)
{
    if (!*text)
        return problem_set(problem, name, "a folder is missing");
    *out = text;
    return 0;
}

static int take(struct args *args, int option, char *const argv[], struct problem *problem)
{
    switch (option) {
    case 'c':
        return take_text(&args->configdir, "--configdir", optarg, problem);
    case 'p':
        return take_port(args, optarg, problem);
    case 'd':
        return take_levels(args, optarg, problem);
    case OPTION_PLUGIN_DIR:
        return take_text(&args->plugin_dirs[args->plugin_dir_count++], "--plugin-dir", optarg,
                         problem);
    case OPTION_CHECK:
        args->command = ARGS_CHECK;
        return 0;
    case 'V':
        args->command = ARGS_VERSION;
        return 0;
    case 'h':
        args->command = ARGS_HELP;
        return 0;
    case ':':
        return problem_set(problem, argv[optind - 1], "its value is missing");
    default:
        if (optopt && optopt < OPTION_PLUGIN_DIR)
            return problem_set(problem, "", "unknown option -%c (try --help)", optopt);
        return problem_set(problem, "", "unknown option %s (try --help)", argv[optind - 1]);
    }
}

int args_parse(int argc, char *const argv[], struct args *out, struct problem *problem)
{
    static const struct option options[] = {
        {"configdir", required_argument, NULL, 'c'},
        {"port", required_argument, NULL, 'p'},
        {"plugin-dir", required_argument, NULL, OPTION_PLUGIN_DIR},
        {"check", no_argument, NULL, OPTION_CHECK},
        {"version", no_argument, NULL, 'V'},
        {"help", no_argument, NULL, 'h'},
        {NULL, 0, NULL, 0},
    };
    int option;

    memset(out, 0, sizeof(*out));
    out->port = -1;
    out->plugin_dirs = calloc((size_t)argc + 1, sizeof(*out->plugin_dirs));
    if (!out->plugin_dirs)
        return problem_set(problem, "", "memory is short");
    optind = 0; /* glibc: begin anew, whoever called getopt before */
    opterr = 0;
    while ((option = getopt_long(argc, argv, ":c:p:d:Vh", options, NULL)) != -1)
        if (take(out, option, argv, problem))
            return -1;
        else if (out->command == ARGS_HELP || out->command == ARGS_VERSION)
            return 0;
    if (optind < argc)
        return problem_set(problem, "", "unexpected argument \"%s\" (try --help)", argv[optind]);
    return 0;
}

void args_fini(struct args *args)
{
    free(args->plugin_dirs);
    args->plugin_dirs = NULL;
    args->plugin_dir_count = 0;
}
