/* store_memory — the store that lives and dies with the process.
 *
 * Shape:    per room the newest messages in order, bounded by age and by bytes; of these the newest
 *           `history_count` within `history_bytes` are its history, all others only help those
 *           who come back. Sessions: at most KNOWN_SESSIONS_MAX, the one seen longest ago goes.
 * Owns:     the store, its rooms and their messages, and what it knows of sessions.
 * Borrows:  nothing.
 * Calls up: `random`, for epochs and hashes. Callbacks of the store come before a call returns.
 */
#ifndef CHAT_STORE_MEMORY_H
#define CHAT_STORE_MEMORY_H

#include "store.h"

struct store_limits {
    size_t history_count, history_bytes;
    size_t kept_bytes; /* of all messages of a room; at least the history's */
    int64_t ttl_ms;
};

/* Returns NULL when memory is short. */
struct store *store_memory_new(const struct store_limits *limits,
                               void (*random)(void *bytes, size_t len));

#endif
