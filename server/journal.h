/* journal — where the host writes what happens: the access logs of the vhosts and the event log.
 *
 * Shape:    a format, and the files that are open; who names the same path shares one.
 * Owns:     the files, until journal_free.
 * Borrows:  nothing.
 * Calls up: nothing; the time is passed in.
 * Not here: what is written (access.h, server.c, plugins), how a file is written (log_file.h).
 */
#ifndef LWSHOST_JOURNAL_H
#define LWSHOST_JOURNAL_H

#include "event.h"
#include "log_file.h"

struct journal;

/* Returns NULL when memory is short. */
struct journal *journal_new(enum event_format format);

/* The file of that path, opened when it is not. Returns NULL with errno set. */
struct log_file *journal_file(struct journal *journal, const char *path);

/* Write a line; file: NULL for nowhere. When lines before it were dropped the file is told how many
 * first. */
void journal_write(struct journal *journal, struct log_file *file, const struct event *event,
                   int64_t wall_ms);

/* Have all files opened anew. */
void journal_reopen(struct journal *journal);

/* Lines of all files so far. */
void journal_stats(const struct journal *journal, struct log_file_stats *out);

/* Close all files, waiting at most `patience_ms` for each; NULL is fine. */
void journal_free(struct journal *journal, unsigned patience_ms);

#endif
