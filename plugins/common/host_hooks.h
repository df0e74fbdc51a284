/* host_hooks — what a protocol plugin and lwshost say to each other beyond libwebsockets.
 *
 * A plugin that has more to say puts a `const struct lwshost_hooks` behind the `user` member of its
 * first `struct lws_protocols` and LWSHOST_HOOKS_ID into `id` (both are "ignored by lws",
 * lws-protocols-plugins.h). They hold for all of its protocols but those that have hooks of their
 * own in the same way. lwshost looks for the id; every other host ignores both members, so a
 * plugin must work without any of this. No symbol is exported for it.
 */
#ifndef LWSHOST_HOST_HOOKS_H
#define LWSHOST_HOST_HOOKS_H

#include "journal_port.h"
#include "problem.h"

#include <libwebsockets.h>

#include <stdbool.h>

#define LWSHOST_HOOKS_ID 0x6c776834u /* "lwh4": change it when the struct below changes */

struct lwshost_hooks {
    /* Check the options of one vhost without starting anything or touching a file.
     * options: as in LWS_CALLBACK_PROTOCOL_INIT's `in`; may be NULL.
     * Returns 0, or -1 with `problem` filled; `problem->path` is the option's name. */
    int (*check)(const struct lws_protocol_vhost_options *options, struct problem *problem);

    /* Check options that are good alone beside those of the same protocol on the vhosts before, in
     * the order of the configuration; those may be bad ones. May be NULL. The rest as `check`. */
    int (*check_beside)(const struct lws_protocol_vhost_options *const *earlier, size_t count,
                        const struct lws_protocol_vhost_options *options, struct problem *problem);

    /* Begin to stop on `vhost`: refuse what is new, close WebSocket members with `close_code`
     * (1001 going away, RFC 6455 7.4.1; 1012 service restart, IANA registry), let answers that are
     * under way finish. Called on the loop thread, once. */
    void (*stop)(struct lws_vhost *vhost, int close_code);

    /* How many members and answers of `vhost` have not ended yet. The host destroys the context
     * when this is 0 everywhere, or when its patience (5 s) is over. Called on the loop thread. */
    unsigned (*pending)(struct lws_vhost *vhost);

    /* Why this vhost's instance could not start (a file that can't be opened), or NULL when it
     * runs. Asked on the loop thread after LWS_CALLBACK_PROTOCOL_INIT; lwshost ends then with
     * status 1. The text is the plugin's and lives as long as the vhost. */
    const char *(*broken)(struct lws_vhost *vhost);

    /* Tell `journal`, which outlives the vhost's connections, what happens on `vhost` from now on.
     * Called on the loop thread, once, when everything has started. */
    void (*watch)(struct lws_vhost *vhost, const struct lwshost_journal *journal);

    /* The plugin pings its WebSocket peers and ends those that are silent, so lws need not do it on
     * vhosts that have this protocol. lws would keep a timer for each connection in one sorted
     * list, and walk past all the others whenever a peer comes or answers a ping. */
    bool pings_peers;
};

#endif
