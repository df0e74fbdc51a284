/* chat_options — the options of a vhost's chat, as they stand under "chat-room".
 *
 * Shape:    one struct, filled through a table (options.h).
 * Owns:     nothing.
 * Borrows:  the texts, from the vhost's options.
 * Calls up: nothing.
 */
#ifndef CHAT_OPTIONS_H
#define CHAT_OPTIONS_H

#include "options.h"
#include "text_mode.h"

enum durability {
    DURABILITY_PROCESS, /* what is stored survives the end of the process */
    DURABILITY_POWER,   /* and a loss of power, too */
};

/* How text clients see the address of one that gave no nick. */
enum show_ip { SHOW_IP_FULL, SHOW_IP_MASKED, SHOW_IP_NONE };

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
    unsigned long max_connections, per_ip;
    unsigned long join_timeout_s, leave_delay_s, ping_interval_s, pong_timeout_s;
    unsigned long room_log_bytes, client_queue_bytes;
    unsigned long history_count, history_bytes, history_ttl_s;
    const char *store;
    unsigned durability; /* enum durability */
    struct text_mode text;
};

extern const struct option chat_option_table[];
extern const size_t chat_option_rows;

/* What one row can't say: room names, origins, options that must fit each other.
 * Returns 0, or -1 with `problem` filled. */
int chat_options_check(const struct chat_options *options, struct problem *problem);

/* Whether that room, of a good name, may be made by somebody who joins it. */
bool chat_options_allow(const struct chat_options *options, const char *room);

/* The file of a store that is one, or NULL for memory. The options are good ones. */
const char *chat_options_store_path(const struct chat_options *options);

#endif
