/* store_job — what the loop asks of the store's thread, and what comes back, in one piece.
 *
 * Shape:    made and freed on the loop's thread, and the thread's alone in between; its answer is
 *           in it when it returns.
 * Owns:     the messages in it.
 * Borrows:  its room or sanction, which lives until the job is back.
 * Calls up: nothing.
 * Not here: who carries it (store_worker.h), what it does to the file (store_batch.h).
 */
#ifndef CHAT_STORE_JOB_H
#define CHAT_STORE_JOB_H

#include "store_db.h"

/* One message with its texts in one piece of memory. */
struct message_copy {
    struct message message;
    char texts[];
};

/* Returns NULL when memory is short; freed with free(). */
struct message_copy *message_copy(const struct message *message);

/* All texts of a message together. */
size_t message_text_bytes(const struct message *message);

/* What the store's thread knows of a room. The name is read by both threads and written by none;
 * everything else is the thread's alone. */
struct disk_room {
    struct store_db_room row;      /* its head is the newest number that is kept */
    char epoch[STORE_EPOCH_BYTES]; /* of the row */
    uint64_t oldest;               /* messages below are deleted */
    /* The same within the present transaction: */
    const char *tried_epoch;
    uint64_t tried_head, tried_oldest, deleted_below;
    struct disk_room *next_touched;
    bool is_touched; /* by the present transaction */
};

enum store_job_kind {
    JOB_APPEND,
    JOB_FORGET,
    JOB_DROP,
    JOB_READ,
    JOB_SESSION,
    JOB_FORGET_SESSIONS,
    JOB_PUNISH,
    JOB_PARDON,
    JOB_FORGET_SANCTIONS
};

struct store_page {
    size_t count;
    struct message messages[STORE_PAGE_MAX];
    struct message_copy *copies[STORE_PAGE_MAX];
};

struct store_job {
    struct store_job *next;
    enum store_job_kind kind;
    struct disk_room *room;               /* NULL for sessions and sanctions */
    struct store_session session;         /* JOB_SESSION */
    const struct disk_sanction *sanction; /* JOB_PUNISH, JOB_PARDON: borrowed, nobody changes it */
    int64_t before_ms; /* JOB_FORGET_SESSIONS and _SANCTIONS: those that were over by then */
    uint64_t oldest;   /* of the room, when the job was made; as is its epoch: */
    char epoch[STORE_EPOCH_BYTES];
    uint64_t seed;              /* JOB_DROP: the file's next one */
    struct message_copy *copy;  /* JOB_APPEND: the message */
    struct message_copy *known; /* JOB_APPEND: the earlier one, for STORE_KNOWN */
    enum store_result result;   /* JOB_APPEND; STORE_FAILED or not for all others */
    struct store_query query;   /* JOB_READ */
    struct store_page *page;    /* JOB_READ: the answer, NULL when it failed */
    union {
        store_kept_fn *kept;
        store_page_fn *page;
    } done;
    void *ticket;
};

/* Returns NULL when memory is short. */
struct store_job *store_job_new(enum store_job_kind kind, struct disk_room *room);
void store_job_free(struct store_job *job);

/* Jobs in order; all-zero is an empty queue. */
struct store_queue {
    struct store_job *first, *last;
};

/* Append one job. */
void store_queue_add(struct store_queue *queue, struct store_job *job);

/* Append all jobs of `more`, which is empty afterwards. O(1). */
void store_queue_join(struct store_queue *queue, struct store_queue *more);

/* Take out the first job, or NULL. */
struct store_job *store_queue_steal(struct store_queue *queue);

/* Free all jobs. */
void store_queue_fini(struct store_queue *queue);

#endif
