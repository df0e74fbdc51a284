/* crowd — many clients on one epoll, let in a few at a time.
 *
 * Shape:    an array whose order is that in which the clients came.
 * Owns:     the clients and their sockets, until crowd_fini.
 * Borrows:  what an admission points to, during the call.
 * Calls up: on_texts.
 * Not here: one client's protocol (client.h), what is measured (load.c).
 */
#ifndef BENCH_CROWD_H
#define BENCH_CROWD_H

#include "client.h"

struct crowd {
    struct client *clients;
    size_t count, ended;
    int epoll;
    uint8_t *buffer;
    void (*on_texts)(void *opaque, struct client *client, uint64_t before); /* or NULL */
    void *opaque;
};

struct admission {
    struct client_target target;
    size_t count;
    const char *join; /* what to say when the handshake is done, and wait for its answer; or NULL */
    bool is_deaf;     /* nothing is read after that */
    double limit_s;
};

/* Room for at most `capacity` clients. Returns 0 or -1. */
int crowd_init(struct crowd *crowd, size_t capacity);

void crowd_fini(struct crowd *crowd);

/* Let clients in and wait until all are. Returns 0, or -1 after a line on standard error. */
int crowd_admit(struct crowd *crowd, const struct admission *admission);

/* Wait for input for `timeout_ms` at most and read once from each client that has some. Returns
 * how many had. */
int crowd_poll(struct crowd *crowd, int timeout_ms);

/* Read until nothing has come for `quiet_s`, or `limit_s` is over. */
void crowd_settle(struct crowd *crowd, double quiet_s, double limit_s);

/* Listen to one that was deaf, until its connection ends or `limit_s` is over. */
void crowd_hear_out(struct crowd *crowd, struct client *client, double limit_s);

/* Say goodbye for all and wait for `limit_s` at most until the server has closed. */
void crowd_close(struct crowd *crowd, double limit_s);

#endif
