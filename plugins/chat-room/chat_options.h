/* chat_options — the options of a vhost's chat, as they stand under "chat-room".
 *
 * Shape:    one struct, filled through a table (options.h).
 * Owns:     nothing.
 * Borrows:  the texts, from the vhost's options.
 * Calls up: nothing.
 */
#ifndef CHAT_OPTIONS_H
#define CHAT_OPTIONS_H

#include "nick.h"
#include "options.h"
#include "secret.h"
#include "text_mode.h"

#define CHAT_ROOM_OPTIONS_MAX 64 /* rooms that have options of their own */

enum durability {
    DURABILITY_PROCESS, /* what is stored survives the end of the process */
    DURABILITY_POWER,   /* and a loss of power, too */
};

/* How text clients see the address of one that gave no nick. */
enum show_ip { SHOW_IP_FULL, SHOW_IP_MASKED, SHOW_IP_NONE };

/* What the HTTP side does. */
enum chat_api {
    CHAT_API_OFF,  /* nothing: it is as if it were not there */
    CHAT_API_READ, /* show, but do nothing */
    CHAT_API_ON,   /* show to everybody, and do what those want who have a key */
    CHAT_API_KEY,  /* both only for those who have a key */
};

/* What `<room>:secret` and `<room>:pin` say. */
struct chat_room_option {
    char name[ROOM_NAME_BYTES_MAX + 1];
    struct secret secret; /* for who moderates the room */
    struct secret pin;    /* for who enters it */
};

struct chat_options {
    const char *path, *default_room, *origins;
    const char *trusted_proxies; /* NULL: nobody; see ip_net.h */
    unsigned forwarded_header;   /* enum client_header */
    unsigned show_ip;            /* enum show_ip */
    bool create;                 /* rooms that nobody has named here */
    const char *rooms;           /* a list of them; NULL: none */
    const char *hub;             /* NULL: no other vhost shares the rooms */
    unsigned long max_message_bytes, max_frame_bytes;
    unsigned long rate, burst;
    unsigned long max_rooms, rooms_per_client, max_participants, presence_limit;
    unsigned long max_connections, per_ip, guesses;
    unsigned long join_timeout_s, leave_delay_s, ping_interval_s, pong_timeout_s;
    unsigned long room_log_bytes, client_queue_bytes;
    unsigned long history_count, history_bytes, history_ttl_s;
    const char *store;
    unsigned durability; /* enum durability */
    unsigned api;        /* enum chat_api */
    struct text_mode text;
    const char *admin_key_given; /* as it was written; use admin_key */
    struct secret admin_key;
    struct chat_room_option room_options[CHAT_ROOM_OPTIONS_MAX];
    size_t room_option_count;
};

extern const struct option chat_option_table[];
extern const size_t chat_option_rows;

/* The options of single rooms, for options_read: `<room>:secret` and `<room>:pin`. */
int chat_options_family(void *out, const char *name, const char *value, struct problem *problem);

/* Whether an option of that name is one of a room, and says the same in both. */
bool chat_options_same_family(const char *name, const struct chat_options *a,
                              const struct chat_options *b);

/* What one row can't say: room names, origins, options that must fit each other; and find the admin
 * key. Returns 0, or -1 with `problem` filled. */
int chat_options_check(struct chat_options *options, struct problem *problem);

/* The options of the room of that good name, or NULL when it has none. */
const struct chat_room_option *chat_options_room(const struct chat_options *options,
                                                 const char *name);

/* Whether that room, of a good name, may be made by somebody who joins it. */
bool chat_options_allow(const struct chat_options *options, const char *room);

/* The file of a store that is one, or NULL for memory. The options are good ones. */
const char *chat_options_store_path(const struct chat_options *options);

#endif
