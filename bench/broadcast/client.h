/* client — one WebSocket client of the load generator: dials, shakes hands, counts what it gets.
 *
 * Shape:    a socket that never blocks and a parser that looks at frame heads only. It trusts the
 *           server no further than it must: a frame that is no frame ends it.
 * Owns:     its socket, until client_close.
 * Borrows:  nothing.
 * Calls up: nothing.
 * Not here: what is said and when (load.c).
 */
#ifndef BENCH_CLIENT_H
#define BENCH_CLIENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define CLIENT_START_BYTES 32

enum client_state {
    CLIENT_DIALLING, /* the socket connects */
    CLIENT_SHAKING,  /* the request is sent, its answer is not here */
    CLIENT_OPEN,     /* frames come */
    CLIENT_ENDED,    /* closed, by whomever */
};

struct client {
    int fd;
    enum client_state state;
    bool is_watched;                /* `start` is filled: costs a copy a frame */
    bool has_joined;                /* `joined` came while it was watched */
    uint8_t head[14];               /* of the frame that is coming */
    uint8_t head_len;               /* what is there of it */
    uint8_t opcode;                 /* of the frame whose payload is coming */
    uint8_t start_len;              /* what is there of `start` */
    uint16_t close_code;            /* of the server's Close frame; 1006: it went without one */
    uint64_t left;                  /* payload bytes still to come */
    uint64_t texts;                 /* whole text frames */
    uint64_t bytes;                 /* that came after the handshake, heads included */
    char start[CLIENT_START_BYTES]; /* the beginning of the last text frame */
    char answer[1024];              /* the handshake's, so far */
    size_t answer_len;
};

/* How to reach the server. */
struct client_target {
    uint16_t port; /* of 127.0.0.1 */
    const char *path;
    const char *protocol; /* subprotocol, or NULL */
    int receive_buffer;   /* bytes of the socket's; 0: the system's choice */
};

/* Begin to connect. Returns 0, or -1 with errno. */
int client_dial(struct client *client, const struct client_target *target);

/* The socket of a dialling client is writable: send the request. Returns 0 or -1. */
int client_request(struct client *client, const struct client_target *target);

/* Read once, at most `max` bytes into `buffer`, and count. Answers pings.
 * Returns 1 when there was something, 0 when there was nothing, and -1 when the connection ended:
 * it is CLIENT_ENDED then and its socket is closed. */
int client_read(struct client *client, uint8_t *buffer, size_t max);

/* Write a masked frame of `len` payload bytes to `to`, which has 14 bytes more. Returns its size.
 */
size_t client_frame(uint8_t *to, uint8_t opcode, const void *payload, size_t len);

/* Send a small frame at once; a socket that does not take it ends the client. */
void client_send(struct client *client, uint8_t opcode, const void *payload, size_t len);

/* Close the socket without leaving it in TIME_WAIT. Harmless twice. */
void client_close(struct client *client);

#endif
