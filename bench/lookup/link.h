/* link — one kept-alive HTTP/1.1 connection of the load generator, with one request at a time.
 *
 * Shape:    a socket and the answer that is coming. Answers have a Content-Length and fit into
 *           LINK_ANSWER_BYTES; anything else ends the link.
 * Owns:     its socket, until link_close.
 * Borrows:  nothing.
 * Calls up: nothing.
 * Not here: what is asked and when (load.c).
 */
#ifndef BENCH_LINK_H
#define BENCH_LINK_H

#include <stddef.h>
#include <stdint.h>

#define LINK_ANSWER_BYTES 65536

struct link {
    int fd;          /* -1: closed */
    double asked;    /* when the request that is under way was sent */
    unsigned status; /* of the last answer */
    const char *body;
    size_t body_bytes; /* of the last answer, until the next link_read */
    size_t len;
    char input[LINK_ANSWER_BYTES + 1];
};

/* Connect to a port of 127.0.0.1. Returns 0, or -1 with errno. */
int link_open(struct link *link, uint16_t port);

/* Send a request. Returns 0, or -1 when the socket does not take it whole. */
int link_send(struct link *link, const char *request, size_t len);

/* Read once. Returns 1 when the answer is there, 0 when not all of it is, and -1 when the
 * connection has ended or what came is no answer; it is closed then. */
int link_read(struct link *link);

/* Harmless twice. */
void link_close(struct link *link);

#endif
