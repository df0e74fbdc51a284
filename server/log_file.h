/* log_file — a file, or standard error, that lines are appended to without ever waiting for it.
 *
 * Shape:    a queue of whole lines, at most LOG_FILE_QUEUE_BYTES, and a thread that writes what has
 *           gathered. When the file is slower than that, or can't be written at all, new lines are
 *           dropped and counted. The file is opened to append, so that it may be cut from outside
 *           (logrotate's copytruncate), and anew when somebody asks for it.
 * Owns:     the thread and the descriptor.
 * Borrows:  nothing.
 * Calls up: nothing.
 * Not here: what the lines say (event.h).
 */
#ifndef LWSHOST_LOG_FILE_H
#define LWSHOST_LOG_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define LOG_FILE_QUEUE_BYTES 1048576
#define LOG_FILE_STDERR "stderr" /* instead of a path */

struct log_file;

struct log_file_stats {
    uint64_t lines;   /* that were taken */
    uint64_t dropped; /* that were not, or could not be written */
};

/* Open `path` for appending, mode 0640 when it is made; a FIFO has to have a reader. The thread
 * does not begin before the first line.
 * Returns NULL with errno set. */
struct log_file *log_file_open(const char *path);

/* The path that it was opened with. */
const char *log_file_path(const struct log_file *file);

/* Take a line, with its newline, or drop it. Never waits for the file. */
void log_file_add(struct log_file *file, const void *line, size_t len);

/* Whether a line of a common length would be taken now. */
bool log_file_has_room(struct log_file *file);

/* Have the file opened anew, behind the lines that are there: it may have been moved away. When it
 * can't be, the old one is written on. */
void log_file_reopen(struct log_file *file);

void log_file_stats(struct log_file *file, struct log_file_stats *out);

/* Write what is there, waiting at most `patience_ms` for that, and close; NULL is fine. A thread
 * that hangs in the system is left behind with what it needs: the process is about to end, or to
 * restart in place. */
void log_file_close(struct log_file *file, unsigned patience_ms);

#endif
