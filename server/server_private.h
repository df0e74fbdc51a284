/* server_private — what server.c and its second half server_stop.c share; nobody else's business.
 */
#ifndef LWSHOST_SERVER_PRIVATE_H
#define LWSHOST_SERVER_PRIVATE_H

#include "access.h"
#include "journal.h"
#include "server.h"

enum server_state { SERVER_STARTING, SERVER_SERVING, SERVER_STOPPING };

struct server {
    struct server_run *run;
    struct lws_context *context; /* lws sets it to NULL when it is destroyed */
    struct loop *loop;
    enum loop_kind loop_kind; /* the wish of the run, or poll when that can't be */
    enum server_state state;
    enum server_end end; /* what the loop was left for */
    bool is_reload_due;  /* asked for while starting */

    lws_state_notify_link_t notifier; /* tells when the protocols are initialised */
    lws_state_notify_link_t *notifiers[2];
    lws_sorted_usec_list_t timer; /* the way from one state to the next */
    lws_usec_t patience_ends_us;
    unsigned answers;           /* being sent from files */
    unsigned long connections;  /* have descriptors below this */
    struct journal *journal;    /* NULL while there is none */
    struct log_file *event_log; /* NULL: nobody wants it */
    struct access access;
    lws_usec_t refused_us; /* when it was last said that clients are refused; 0: never */
};

/* Each plugin on each vhost, once: call `visit` until it returns false. */
typedef bool server_visit_fn(struct server *server, struct site *site,
                             const struct lwshost_hooks *hooks, void *user);
void server_visit_hooks(struct server *server, server_visit_fn *visit, void *user);

/* server_journal.c: the logs for programs. They are opened when the user has been changed, so that
 * they can be opened anew. Returns 0, or -1 after a complaint; server_close_journal is due. */
int server_open_journal(struct server *server);
void server_reopen_journal(struct server *server);
void server_close_journal(struct server *server);

/* Write an event; one with nothing but a name. */
void server_event(struct server *server, const struct event *event);
void server_tell(struct server *server, const char *name);

/* Everything has started: tell so, and the plugins whom to tell. */
void server_tell_start(struct server *server);

int64_t server_wall_ms(void);

/* Read the configuration anew and begin to restart with it, if it is good. */
void server_reload(struct server *server);

#endif
