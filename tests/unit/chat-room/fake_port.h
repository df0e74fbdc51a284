/* fake_port — the world around a chat in a test: a clock that is set, chance that repeats itself,
 * and sockets that remember what was written.
 */
#ifndef TEST_FAKE_PORT_H
#define TEST_FAKE_PORT_H

#include "conn.h"
#include "fanout.h"
#include "input.h"
#include "join.h"

#include <jansson.h>

struct fake_link {
    struct conn conn;
    struct bytes received; /* frames that were written */
    size_t read;           /* of them, by the test */
    size_t room;           /* what the socket takes; 0: it is blocked */
    size_t writes;         /* calls */
    uint64_t write_us;     /* that one takes */
    bool is_broken;        /* writes fail */
    bool has_input;
    bool is_gone; /* the peer hangs up */
    bool is_killed, wants_writable;
};

/* A world with these options ("name", "value", …, NULL) over the defaults. */
struct world *fake_world(const char *const *options);
void fake_world_free(struct world *world);

/* What is told to who watches, from fake_watch on, since the last call: key=value, without times,
 * public ids as u and zeros.
 */
void fake_watch(struct world *world);
void fake_expect_seen(struct world *world, const char *lines);

void fake_forward_ms(uint64_t ms);        /* both clocks */
unsigned fake_flush(struct world *world); /* until nothing is to be flushed; returns the rounds */
unsigned fake_flush_once(struct world *world); /* returns whether one was asked for */

/* A connection that is open; a JSON one has got its welcome. */
struct fake_link *fake_connect(struct world *world, enum conn_mode mode, const char *address);

/* As fake_connect for a text client, in `room` (NULL: the default one). */
struct fake_link *fake_text(struct world *world, const char *room, const char *nick);

/* A JSON client that has joined as `nick`; nothing is left to read. */
struct fake_link *fake_json(struct world *world, const char *room, const char *nick);

/* The connection is gone. */
void fake_gone(struct fake_link *link);
void fake_free(struct fake_link *link);

/* One whole message from the client, and what follows from it flushed. */
void fake_send(struct fake_link *link, const char *text);

/* The next text message that the client has got, freed by the caller; NULL for none. Fails on any
 * other frame than a text one. */
char *fake_text_message(struct fake_link *link);

/* As fake_text_message, compared. NULL: there must be none. */
void fake_expect(struct fake_link *link, const char *text);

/* The next message as JSON, which must be of that type. */
json_t *fake_expect_json(struct fake_link *link, const char *type);

/* The next message must be an error of that reason; it is returned for more. */
json_t *fake_expect_error(struct fake_link *link, const char *reason);

/* The next frame must be a Close of that code. */
void fake_expect_close(struct fake_link *link, unsigned code);

/* What the metrics say of a sample, like `chat_closes_total{by="server",code="4002"}`. */
uint64_t fake_metric(const struct world *world, const char *sample);

/* Forget what is unread. */
void fake_skip(struct fake_link *link);

#endif
