/* store_rig — a stored chat history in a folder of its own, and a loop that is turned by hand.
 *
 * Shape:    one store at a time, its rooms opened and closed by the test.
 * Owns:     folder, file and store, until rig_fini.
 * Borrows:  nothing.
 * Calls up: cmocka, when something takes longer than RIG_SECONDS.
 */
#ifndef STORE_RIG_H
#define STORE_RIG_H

#include "store_sqlite.h"

#include <semaphore.h>

#define RIG_SECONDS 30

struct rig {
    char folder[64], path[96];
    struct store_sqlite_config config;
    struct store *store;
    struct problem problem;
    int64_t now_ms;
    sem_t woken;
    int wakes, reports;
    char trouble[200];
};

struct rig_kept {
    int calls;
    enum store_result result;
    uint64_t offset;
    int64_t time_ms;
    char text[32];
};

struct rig_page {
    int calls;
    size_t count;
    uint64_t offsets[STORE_PAGE_MAX];
    enum message_kind kinds[STORE_PAGE_MAX];
    char first_text[32];
};

/* A folder, generous limits, no store yet. */
void rig_init(struct rig *rig);
void rig_fini(struct rig *rig);

/* The same as a test's setup and teardown: `*state` is a rig of its own. */
int rig_setup(void **state);
int rig_teardown(void **state);

/* Open the store; it must work. rig_refuses: it must not, the reason has these words and the file's
 * name, and the file and what SQLite has beside it are as before, byte for byte. */
void rig_open(struct rig *rig);
void rig_refuses(struct rig *rig, const char *words);
void rig_close(struct rig *rig);

/* A room of the open store, for its `close`. */
struct store_room *rig_room(struct rig *rig, const char *name);

/* What the store says of the room now. */
struct store_state rig_past(struct rig *rig, struct store_room *room);

/* Hand a message over. `kept` is filled when the store answers. */
void rig_append(struct rig *rig, struct store_room *room, const char *user, const char *cid,
                const char *text, struct rig_kept *kept);

/* The same with an announcement, which nobody said. */
void rig_announce(struct rig *rig, struct store_room *room, const char *text,
                  struct rig_kept *kept);

/* Turn the loop until `calls` is `wanted`. */
void rig_turn_until(struct rig *rig, const int *calls, int wanted);

/* Hand a message over and wait for the answer. */
struct rig_kept rig_say(struct rig *rig, struct store_room *room, const char *user, const char *cid,
                        const char *text);

/* Ask for a page and wait for it. */
struct rig_page rig_read(struct rig *rig, struct store_room *room, const struct store_query *query);

/* The first number of the first row that a statement gives when the store is closed. */
int64_t rig_ask(const struct rig *rig, const char *sql);

/* Run statements on the file when the store is closed. */
void rig_sql(const struct rig *rig, const char *sql);

#endif
