/* room_model — what a room's past must be: a list of everything that was said in it, slow and
 * obvious.
 *
 * Shape:    a plain struct; what the harness knows of one room of a store.
 * Owns:     nothing.
 * Borrows:  nothing.
 * Calls up: fuzz_fail.
 */
#ifndef LWSHOST_ROOM_MODEL_H
#define LWSHOST_ROOM_MODEL_H

#include "store.h"

#define MESSAGES_MAX 160
#define EPOCHS_MAX 64
#define TEXT_BYTES 40

struct said {
    int64_t time_ms;
    char user[4], cid[4], text[TEXT_BYTES];
};

/* A room as it must be. */
struct room_model {
    struct store_room *room;
    char epoch[STORE_EPOCH_BYTES];
    char old_epochs[EPOCHS_MAX][STORE_EPOCH_BYTES]; /* in which something was said: never again */
    size_t old_count;
    struct said said[MESSAGES_MAX]; /* message n is said[n - 1] */
    uint64_t head, oldest;
};

/* The message is what was said. */
void room_model_check(const struct message *message, const struct said *said);

/* The first and last number of the page that must come. */
void room_model_page(const struct room_model *room, const struct store_query *query,
                     uint64_t *first, uint64_t *last);

#endif
