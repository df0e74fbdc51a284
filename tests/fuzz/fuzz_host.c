/* The small parsers of the host: the command line, names of plugin files, URLs that follow a port,
 * what a vhost listens on. */
#include "fuzz.h"

#include "args.h"
#include "listen_addr.h"
#include "loopback_url.h"
#include "plugin_name.h"
#include "url.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ARGS_MAX 16

static void check_args(char *text)
{
    char *argv[ARGS_MAX + 2] = {(char[]){"lwshost"}}, *next;
    struct problem problem = {0};
    struct args args;
    int argc = 1;
    size_t n;

    for (; text && argc <= ARGS_MAX; text = next) {
        next = strchr(text, '\t');
        if (next)
            *next++ = '\0';
        argv[argc++] = text;
    }
    if (args_parse(argc, argv, &args, &problem)) {
        fuzz_check_problem(&problem);
    } else {
        FUZZ_CHECK(args.port >= -1 && args.port <= 65535);
        for (n = 0; n < args.plugin_dir_count; n++)
            FUZZ_CHECK(args.plugin_dirs[n]);
    }
    args_fini(&args);
}

static void check_plugin_name(const char *text)
{
    char name[PLUGIN_NAME_BYTES], file[PLUGIN_NAME_BYTES + 32], again[PLUGIN_NAME_BYTES];
    size_t before;
    bool is_name = plugin_name_first(text, name);

    while (is_name) {
        before = strlen(name);
        FUZZ_CHECK(before >= PLUGIN_NAME_MIN && before < PLUGIN_NAME_BYTES && !strchr(name, '-'));
        if (!strpbrk(name, "./")) {
            snprintf(file, sizeof(file), "libprotocol_%s.so", name);
            FUZZ_CHECK(plugin_name_of_file(file, again) && !strcmp(name, again));
        }
        is_name = plugin_name_shorter(name);
        FUZZ_CHECK(!is_name || strlen(name) < before);
    }
    plugin_name_of_file(text, name);
}

static void check_moved(const char *text)
{
    static const struct moved_port moved[] = {{80, 4001}, {7681, 4002}, {443, 4003}};
    struct url before, after;
    char *out = NULL, *again = NULL;

    FUZZ_CHECK(!loopback_url_move(text, moved, 3, &out));
    if (!out)
        return;
    FUZZ_CHECK(strcmp(out, text));
    FUZZ_CHECK(!loopback_url_move(out, moved, 3, &again) && !again); /* once is enough */
    if (!url_parse(text, &before, NULL)) {
        FUZZ_CHECK(!url_parse(out, &after, NULL));
        FUZZ_CHECK(!strcmp(before.host, after.host) && !strcmp(before.target, after.target));
        FUZZ_CHECK(before.is_tls == after.is_tls && after.port >= 4001 && after.port <= 4003);
        FUZZ_CHECK(!strcmp(after.host, "localhost") || !strncmp(after.host, "127.", 4) ||
                   !strcmp(after.host, "::1"));
    }
    free(out);
}

static void check_listen(const char *text, unsigned flags)
{
    const struct listen_wish wish = {.interface = text[0] ? text : NULL,
                                     .is_path = flags & 1,
                                     .no_ipv6 = flags & 2,
                                     .only_ipv6 = flags & 4};
    struct problem problem = {0};
    struct listen_addr addr;
    struct ip_addr ip;
    char url[200];

    if (listen_addr_find(&wish, &addr, &problem)) {
        fuzz_check_problem(&problem);
        return;
    }
    FUZZ_CHECK(listen_addr_equal(&addr, &addr));
    listen_addr_url(&addr, flags & 8, flags * 5, url, sizeof(url));
    FUZZ_CHECK(url[0] && strlen(url) < sizeof(url));
    if (addr.kind == LISTEN_V4 || addr.kind == LISTEN_V6) {
        FUZZ_CHECK(!ip_addr_parse(addr.text, strlen(addr.text), &ip));
        FUZZ_CHECK(ip_addr_is_v4(&ip) == (addr.kind == LISTEN_V4) || addr.kind == LISTEN_V6);
    }
    FUZZ_CHECK((addr.kind == LISTEN_UNIX) == (wish.is_path && wish.interface));
}

/* A byte; then lines: arguments with tabs between them, a protocol's name, a URL, an interface. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct fuzz_input input = {data, size};
    unsigned flags = fuzz_byte(&input);
    char *lines[4];
    size_t n;

    for (n = 0; n < 4; n++)
        lines[n] = fuzz_text(&input, '\n', NULL);
    check_args(lines[0]);
    check_plugin_name(lines[1]);
    check_moved(lines[2]);
    check_listen(lines[3], flags);
    for (n = 0; n < 4; n++)
        free(lines[n]);
    return 0;
}
