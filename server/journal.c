#include "journal.h"

#include <stdlib.h>
#include <string.h>

struct journal_file {
    struct journal_file *next;
    struct log_file *file;
    uint64_t told_dropped; /* so many are known in the file itself */
};

struct journal {
    enum event_format format;
    struct journal_file *files;
    struct bytes line; /* one while it is written */
};

struct journal *journal_new(enum event_format format)
{
    struct journal *journal = calloc(1, sizeof(*journal));

    if (journal)
        journal->format = format;
    return journal;
}

struct log_file *journal_file(struct journal *journal, const char *path)
{
    struct journal_file *known;

    for (known = journal->files; known; known = known->next)
        if (strcmp(log_file_path(known->file), path) == 0)
            return known->file;
    known = calloc(1, sizeof(*known));
    if (!known)
        return NULL;
    known->file = log_file_open(path);
    if (!known->file) {
        free(known);
        return NULL;
    }
    known->next = journal->files;
    journal->files = known;
    return known->file;
}

static void add(struct journal *journal, struct log_file *file, const struct event *event,
                int64_t wall_ms)
{
    bytes_clear(&journal->line);
    if (event_write(event, journal->format, wall_ms, &journal->line) == 0)
        log_file_add(file, journal->line.data, journal->line.len);
}

/* What was dropped is missed by who reads the file. */
static void tell_dropped(struct journal *journal, struct journal_file *file, int64_t wall_ms)
{
    struct log_file_stats stats;
    struct event event;

    log_file_stats(file->file, &stats);
    if (stats.dropped == file->told_dropped)
        return;
    event_begin(&event, "log-dropped");
    event_number(&event, "lines", stats.dropped - file->told_dropped);
    add(journal, file->file, &event, wall_ms);
    log_file_stats(file->file, &stats);
    file->told_dropped = stats.dropped;
}

void journal_write(struct journal *journal, struct log_file *file, const struct event *event,
                   int64_t wall_ms)
{
    struct journal_file *known;

    if (!journal || !file)
        return;
    for (known = journal->files; known && known->file != file; known = known->next)
        ;
    if (known && log_file_has_room(file))
        tell_dropped(journal, known, wall_ms);
    add(journal, file, event, wall_ms);
}

void journal_reopen(struct journal *journal)
{
    struct journal_file *file;

    for (file = journal->files; file; file = file->next)
        log_file_reopen(file->file);
}

void journal_stats(const struct journal *journal, struct log_file_stats *out)
{
    const struct journal_file *file;
    struct log_file_stats stats;

    memset(out, 0, sizeof(*out));
    for (file = journal ? journal->files : NULL; file; file = file->next) {
        log_file_stats(file->file, &stats);
        out->lines += stats.lines;
        out->dropped += stats.dropped;
    }
}

void journal_free(struct journal *journal, unsigned patience_ms)
{
    struct journal_file *file;

    if (!journal)
        return;
    while ((file = journal->files)) {
        journal->files = file->next;
        log_file_close(file->file, patience_ms);
        free(file);
    }
    bytes_fini(&journal->line);
    free(journal);
}
