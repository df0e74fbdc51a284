/* port — what the chat needs from the world around it: time, chance, and a connection's socket.
 *
 * Shape:    a table of functions; `link` is what the host gave to conn_open, `host` what it gave to
 *           world_new.
 * Owns:     nothing.
 * Borrows:  nothing.
 * Calls up: this is the way up. None of these may call back into the chat before it returns.
 */
#ifndef CHAT_PORT_H
#define CHAT_PORT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct event;

struct chat_port {
    uint64_t (*now_us)(void);                /* a clock that never goes back */
    int64_t (*wall_ms)(void);                /* since 1970, UTC */
    void (*random)(void *bytes, size_t len); /* fit for secrets */
    void (*wake)(void *host);                /* call world_flush soon */
    void (*yield)(void *host);               /* call world_flush after the sockets had their turn */
    size_t (*room)(
        void *link); /* bytes that a write may have now; one frame is always taken. 0: none */
    int (*write)(void *link, const void *frames, size_t len); /* all of it; 0, or -1: it is dead */
    void (*want_writable)(void *link); /* call conn_writable when there is room */
    bool (*has_input)(void *link);     /* more has arrived than was read */
    bool (*is_gone)(void *link);       /* the peer of an event stream has hung up, or talks */
    void (*kill)(void *link);          /* end it without a word, soon */
    void (*event)(void *host, const struct event *event); /* tell who watches; NULL: nobody */
};

#endif
