/* chat_client — clients of a chat without sockets, which believe nothing: each message that they
 * get is compared with what the others got.
 *
 * Shape:    a world with a port of its own, a few clients, and a list of all that anybody has seen.
 * Owns:     everything, until chat_free.
 * Borrows:  nothing.
 * Calls up: fuzz_fail, and the two functions of the harness.
 */
#ifndef LWSHOST_CHAT_CLIENT_H
#define LWSHOST_CHAT_CLIENT_H

#include "conn.h"
#include "fanout.h"
#include "input.h"
#include "join.h"

#define CHAT_CLIENTS 4
#define CHAT_ROOMS 2
#define CHAT_FACTS_MAX 2000

/* Where a client is in a room. */
struct place {
    char epoch[STORE_EPOCH_BYTES];
    uint64_t last;        /* the number of the last message that it has seen */
    uint64_t replay_left; /* of the past, still to come */
    uint64_t replay_end;  /* the last number of that */
    bool is_joined;
};

/* What a `joined` has to say. */
struct expected {
    bool has_since, is_recovered, has_missed;
    uint64_t missed, first;
};

struct client {
    struct conn conn;
    struct bytes received;
    size_t read;
    size_t room; /* that the socket has; 0: it is blocked */
    unsigned number, said;
    bool is_open, is_over, is_killed, wants_writable;
    char token[SESSION_TOKEN_BYTES], old_token[SESSION_TOKEN_BYTES], user[STORE_USER_BYTES];
    struct place places[CHAT_ROOMS];
    struct expected expected[CHAT_ROOMS];
};

/* One message as somebody has seen it. */
struct fact {
    char epoch[STORE_EPOCH_BYTES];
    uint64_t offset;
    char text[24], user[STORE_USER_BYTES], cid[8];
};

struct chat {
    struct world *world;
    struct chat_options options;
    struct client clients[CHAT_CLIENTS];
    struct fact *facts;
    size_t fact_count;
    bool has_to_flush;
    bool keeps_all; /* the store has room for everything that a run says */
    size_t (*find_room)(const char *name);
    void (*check_kept)(struct chat *chat, size_t room, const char *epoch, uint64_t offset);
};

struct chat *chat_new(unsigned how, size_t (*find_room)(const char *name),
                      void (*check_kept)(struct chat *, size_t, const char *, uint64_t));
void chat_free(struct chat *chat);

int64_t chat_port_wall_ms(void);
void chat_forward(struct chat *chat, uint64_t ms);

/* Flush until nothing is to be flushed, end what is dead, and read what everybody got. */
void chat_settle(struct chat *chat);

/* comes_back: with the session that it had, if it had one. */
void client_connect(struct chat *chat, struct client *client, bool comes_back);
void client_send(struct chat *chat, struct client *client, const char *text);
void client_gone(struct chat *chat, struct client *client, bool is_polite);
void client_writable(struct chat *chat, struct client *client);

#endif
