#include "control.h"

#include "server.h"

#include <signal.h>
#include <string.h>
#include <sys/signalfd.h>
#include <unistd.h>

static void controlled(sigset_t *out)
{
    sigemptyset(out);
    sigaddset(out, SIGTERM);
    sigaddset(out, SIGINT);
    sigaddset(out, SIGHUP);
    sigaddset(out, SIGUSR1);
}

void control_block_signals(void)
{
    sigset_t set;

    controlled(&set);
    sigprocmask(SIG_BLOCK, &set, NULL);
    signal(SIGPIPE, SIG_IGN);
}

static void end_now(int number)
{
    (void)number;
    _exit(0);
}

void control_let_signals_end_us(void)
{
    sigset_t set;

    controlled(&set);
    sigdelset(&set, SIGHUP);
    sigdelset(&set, SIGUSR1);
    signal(SIGTERM, end_now);
    signal(SIGINT, end_now);
    sigprocmask(SIG_UNBLOCK, &set, NULL);
}

static void on_readable(struct lws *wsi)
{
    struct server *server = lws_get_vhost_user(lws_get_vhost(wsi));
    struct signalfd_siginfo info;

    while (read(lws_get_socket_fd(wsi), &info, sizeof(info)) == (ssize_t)sizeof(info))
        server_on_signal(server, (int)info.ssi_signo);
}

static int callback(struct lws *wsi, enum lws_callback_reasons reason, void *user, void *in,
                    size_t len)
{
    (void)user;
    (void)in;
    (void)len;
    if (reason == LWS_CALLBACK_RAW_RX_FILE)
        on_readable(wsi);
    return 0;
}

static const struct lws_protocols protocol = {.name = "lwshost-control", .callback = callback};
static const struct lws_protocols *const protocols[] = {&protocol, NULL};

static struct lws_vhost *create_vhost(struct lws_context *context, struct server *server)
{
    struct lws_context_creation_info info;

    memset(&info, 0, sizeof(info));
    info.port = CONTEXT_PORT_NO_LISTEN;
    info.vhost_name = "lwshost-control";
    info.pprotocols = (const struct lws_protocols **)(uintptr_t)protocols;
    info.user = server;
    return lws_create_vhost(context, &info);
}

int control_start(struct lws_context *context, struct server *server)
{
    struct lws_vhost *vhost = create_vhost(context, server);
    lws_sock_file_fd_type fd;
    sigset_t set;

    if (!vhost)
        return -1;
    controlled(&set);
    fd.filefd = signalfd(-1, &set, SFD_NONBLOCK | SFD_CLOEXEC);
    if (fd.filefd < 0)
        return -1;
    /* lws closes the descriptor with the connection, and when it can't be adopted. */
    return lws_adopt_descriptor_vhost(vhost, LWS_ADOPT_RAW_FILE_DESC, fd, protocol.name, NULL) ? 0
                                                                                               : -1;
}
