/* disk_log — what was written to a database's files, when it was synced, and what a loss of power
 * at any moment would leave of it.
 *
 * Shape:    operations in the order in which they were done, on the file and on the two that SQLite
 *           has beside it; between them marks of the test. Any thread may add one.
 * Owns:     a copy of all that was written.
 * Borrows:  nothing.
 * Calls up: nothing.
 */
#ifndef DISK_LOG_H
#define DISK_LOG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct disk_log;

enum disk_loss {
    LOSS_OF_PROCESS, /* the system goes on: all that was written is there */
    LOSS_OF_POWER    /* of what was not synced each piece is there, is not, or is there in part */
};

struct disk_log *disk_log_new(void);
void disk_log_free(struct disk_log *log);

/* Operations on the file of that path; others than the database's three are of no interest. */
void disk_log_write(struct disk_log *log, const char *path, int64_t at, const void *bytes,
                    size_t len);
void disk_log_truncate(struct disk_log *log, const char *path, int64_t len);
void disk_log_sync(struct disk_log *log, const char *path);
/* The folder, and with it what was deleted, is synced by a deletion that says so, and by the first
 * sync of a log or journal after it was opened. */
void disk_log_open(struct disk_log *log, const char *path);
void disk_log_delete(struct disk_log *log, const char *path, bool is_synced);

/* Note that something happened now. `value` grows from mark to mark. */
void disk_log_mark(struct disk_log *log, uint64_t value);

/* How many operations and marks there are. */
size_t disk_log_count(const struct disk_log *log);

/* Make the database's files at `path` as they would be had the loss come before operation
 * `position`. seed: of what chance decides; it moves on.
 * Returns the last mark before, or 0. */
uint64_t disk_log_replay(const struct disk_log *log, size_t position, enum disk_loss loss,
                         unsigned *seed, const char *path);

#endif
