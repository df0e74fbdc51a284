#include "args.h"
#include "control.h"
#include "folders.h"
#include "server.h"
#include "tls_anchor.h"
#include "uv_repair.h"

#include <libwebsockets.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { STATUS_OK, STATUS_FAILED, STATUS_WRONG };

/* Lookups of plugins must not go through a proxy that the environment happens to name. */
static void clean_environment(void)
{
    unsetenv("http_proxy");
    unsetenv("https_proxy");
    unsetenv("socks_proxy");
}

static enum loop_kind choose_loop(const struct log *log)
{
    const char *wish = getenv("LWSHOST_EVENT_LOOP");
    enum loop_kind kind = LOOP_POLL;

    if (!wish || strcmp(wish, "poll")) {
        log_lws_silent();
        kind = loop_has_uv() ? LOOP_UV : LOOP_POLL;
        log_lws_setting_up(log, true);
    }
    if (wish && strcmp(wish, "poll") && strcmp(wish, "uv"))
        log_warning(log, "LWSHOST_EVENT_LOOP: \"%s\" is neither \"uv\" nor \"poll\"", wish);
    if (kind == LOOP_POLL && !(wish && strcmp(wish, "poll") == 0))
        log_warning(log, "lws's event loop for libuv is not installed: many connections are slow");
    if (kind == LOOP_UV && uv_repair())
        log_warning(log, "Close frames may be lost: lws's event loop for libuv can't be repaired");
    return kind;
}

/* Serve the setup, which is taken, and what follows it when the configuration is read anew. */
static int serve(struct setup *setup, const struct setup_wish *wish, struct log *log)
{
    struct host_counters counters = {.started_ms = (int64_t)time(NULL) * 1000};
    struct server_run run = {.setup = setup,
                             .wish = wish,
                             .log = log,
                             .loop_kind = choose_loop(log),
                             .counters = &counters,
                             .notify_socket = getenv("NOTIFY_SOCKET")};
    struct lws_context *anchor = tls_anchor_new();
    enum server_end end;

    do {
        end = server_run(&run);
        setup_free(run.setup);
        run.setup = run.next;
    } while (end == SERVER_RESTARTS);
    tls_anchor_free(anchor);
    return end == SERVER_STOPPED ? STATUS_OK : STATUS_FAILED;
}

static int run(const struct args *args, struct log *log)
{
    char program[4096];
    ssize_t length = readlink("/proc/self/exe", program, sizeof(program) - 1);
    struct folders folders;
    struct setup_wish wish;
    struct setup *setup;
    int status = STATUS_OK;

    program[length > 0 ? length : 0] = '\0';
    if (folders_find(&folders, length > 0 ? program : NULL)) {
        log_error(log, "memory is short");
        return STATUS_FAILED;
    }
    wish = (struct setup_wish){.config_dir = args->configdir ? args->configdir : folders.config_dir,
                               .data_dir = folders.data_dir,
                               .plugin_dir = folders.plugin_dir,
                               .plugin_dirs = args->plugin_dirs,
                               .plugin_dir_count = args->plugin_dir_count,
                               .port = args->port};
    setup = setup_new(&wish, log);
    if (!setup)
        status = STATUS_WRONG;
    else if (args->command == ARGS_CHECK)
        setup_free(setup);
    else
        status = serve(setup, &wish, log);
    folders_fini(&folders);
    return status;
}

int main(int argc, char *argv[])
{
    struct problem problem = {0};
    struct args args;
    struct log log;
    int status = STATUS_OK;

    if (args_parse(argc, argv, &args, &problem)) {
        fprintf(stderr, "lwshost: %s%s%s\n", problem.path, *problem.path ? ": " : "", problem.text);
        args_fini(&args);
        return STATUS_WRONG;
    }
    if (args.command == ARGS_HELP)
        fputs(args_help, stdout);
    else if (args.command == ARGS_VERSION)
        printf("lwshost %s, libwebsockets %s\n", LWSHOST_VERSION, lws_get_library_version());
    else {
        clean_environment();
        control_block_signals();
        log_init(&log, args.has_levels ? (long)args.levels : -1);
        status = run(&args, &log);
    }
    args_fini(&args);
    return status;
}
