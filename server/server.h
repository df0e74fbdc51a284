/* server — one configuration being served: context, vhosts, the way to the end.
 *
 * Shape:    starting, serving, stopping. Stopping begins with a signal: no new connections, the
 *           plugins are told, and the loop goes on until nothing is pending or patience is over.
 * Owns:     the context and the loop while server_run runs.
 * Borrows:  the setup, the wish and the log during server_run.
 * Calls up: nothing.
 * Not here: the checks before (setup), the order of runs (serve).
 */
#ifndef LWSHOST_SERVER_H
#define LWSHOST_SERVER_H

#include "counters.h"
#include "host_metrics.h"
#include "log.h"
#include "loop.h"
#include "setup.h"

struct server;

enum server_end {
    SERVER_FAILED,   /* could not start; the reason is in the log */
    SERVER_STOPPED,  /* somebody asked for it */
    SERVER_RESTARTS, /* somebody asked for another configuration, which is good: see `next` */
};

struct server_run {
    struct setup *setup;
    const struct setup_wish *wish; /* for reading the configuration anew */
    struct log *log;
    enum loop_kind loop_kind;
    struct host_counters *counters;
    const char *notify_socket; /* of the service manager, to be told when all is ready; or NULL */
    struct setup *next;        /* set for SERVER_RESTARTS, the caller's then; NULL otherwise */
};

/* Serve until the end. The context is destroyed when it returns. */
enum server_end server_run(struct server_run *run);

/* For control: a signal has come. */
void server_on_signal(struct server *server, int number);

/* For front: whether a new connection, which has the descriptor `fd`, may stay: not while the
 * server stops, nor when descriptors are short. */
bool server_admits(struct server *server, int fd);

/* For front: the requests under way. */
struct access *server_access(struct server *server);

/* For status: how the server is. */
void server_report(struct server *server, struct host_report *out);

/* For front: a WebSocket upgrade was refused. */
void server_count_refused_upgrade(struct server *server);

/* For front: one more (1) or one less (-1) answer that stopping waits for. */
void server_count_answer(struct server *server, int by);

#endif
