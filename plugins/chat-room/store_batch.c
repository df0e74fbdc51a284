#include "store_batch.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void touch(struct disk_room *room, struct disk_room **touched)
{
    if (room->is_touched)
        return;
    room->is_touched = true;
    room->tried_epoch = room->epoch;
    room->tried_head = room->row.head;
    room->tried_oldest = room->deleted_below = room->oldest;
    room->next_touched = *touched;
    *touched = room;
}

static int take_known(void *user, const struct message *message)
{
    struct message_copy **known = user;

    *known = message_copy(message);
    return *known ? 0 : -1;
}

static int append(struct store_db *db, struct store_job *job)
{
    struct disk_room *room = job->room;

    if (job->copy->message.cid[0] &&
        store_db_find(db, room->row.id, &job->copy->message, job->oldest, take_known, &job->known))
        return -1;
    if (job->known) {
        job->result = STORE_KNOWN;
        return 0;
    }
    job->copy->message.offset = room->tried_head + 1;
    if (store_db_put_message(db, room->row.id, &job->copy->message))
        return -1;
    room->tried_head++;
    job->result = STORE_KEPT;
    return 0;
}

/* A job of another epoch than the file has: all that was said before is to be forgotten. */
static int begin_epoch(struct store_db *db, struct disk_room *room, const char *epoch)
{
    if (store_db_forget(db, room->row.id, INT64_MAX) ||
        store_db_free_name(db, room->row.id, room->row.name))
        return -1;
    room->tried_epoch = epoch;
    room->tried_head = 0;
    room->tried_oldest = room->deleted_below = 1;
    return 0;
}

static int note(struct store_db *db, struct store_job *job)
{
    switch (job->kind) {
    case JOB_SESSION:
        return store_db_put_session(db, &job->session);
    case JOB_FORGET_SESSIONS:
        return store_db_forget_sessions(db, job->before_ms);
    case JOB_PUNISH:
        return store_db_punish(db, job->sanction);
    case JOB_PARDON:
        return store_db_pardon(db, job->sanction);
    case JOB_FORGET_SANCTIONS:
        return store_db_forget_sanctions(db, job->before_ms);
    default:
        return 0;
    }
}

static int apply(struct store_db *db, struct store_job *job, struct disk_room **touched)
{
    struct disk_room *room = job->room;

    job->result = STORE_KEPT;
    if (!room)
        return note(db, job);
    if (job->kind == JOB_DROP)
        return store_db_drop_room(db, room->row.id) || store_db_put_seed(db, job->seed) ? -1 : 0;
    touch(room, touched);
    if (strcmp(job->epoch, room->tried_epoch) != 0 && begin_epoch(db, room, job->epoch))
        return -1;
    if (room->tried_oldest < job->oldest)
        room->tried_oldest = job->oldest;
    return job->kind == JOB_APPEND ? append(db, job) : 0;
}

/* What the messages of a room leave behind: its head, and what is too old by now. */
static int finish_room(struct store_db *db, struct disk_room *room)
{
    struct store_db_room row = room->row;
    bool is_other = room->tried_epoch != room->epoch;

    row.epoch = room->tried_epoch;
    row.head = room->tried_head;
    if (row.head && !room->row.head && store_db_free_name(db, row.id, row.name))
        return -1;
    if ((is_other || row.head != room->row.head) && store_db_put_room(db, &row))
        return -1;
    return room->tried_oldest > room->deleted_below
               ? store_db_forget(db, row.id, room->tried_oldest)
               : 0;
}

static int write_all(struct store_db *db, struct store_job *jobs, struct disk_room **touched)
{
    struct disk_room *room;
    struct store_job *job;

    if (store_db_begin(db))
        return -1;
    for (job = jobs; job; job = job->next)
        if (apply(db, job, touched))
            return -1;
    for (room = *touched; room; room = room->next_touched)
        if (finish_room(db, room))
            return -1;
    return store_db_commit(db);
}

static void fail_all(struct store_job *jobs)
{
    struct store_job *job;

    for (job = jobs; job; job = job->next) {
        job->result = STORE_FAILED;
        if (job->copy)
            job->copy->message.offset = 0;
    }
}

int store_batch_write(struct store_db *db, struct store_job *jobs, char *reason, size_t size)
{
    struct disk_room *touched = NULL, *room;
    int failed = write_all(db, jobs, &touched);

    if (failed) {
        snprintf(reason, size, "%s", store_db_error(db));
        store_db_rollback(db);
        fail_all(jobs);
    }
    for (room = touched; room; room = room->next_touched) {
        room->is_touched = false;
        if (failed)
            continue;
        if (room->tried_epoch != room->epoch)
            memcpy(room->epoch, room->tried_epoch, sizeof(room->epoch));
        room->row.head = room->tried_head;
        room->oldest = room->tried_oldest;
    }
    return failed;
}

struct reading {
    struct store_page *page;
    size_t bytes, max_bytes;
    bool is_full;
};

static int take_row(void *user, const struct message *message)
{
    struct reading *reading = user;
    struct store_page *page = reading->page;

    reading->bytes += message->text_len;
    if (page->count && reading->bytes > reading->max_bytes) {
        reading->is_full = true;
        return -1;
    }
    page->copies[page->count] = message_copy(message);
    if (!page->copies[page->count])
        return -1;
    page->count++;
    return 0;
}

/* Pages are ascending, whichever end they were read from. */
static void lay_out(struct store_page *page, bool is_reversed)
{
    size_t n, at;

    for (n = 0; n < page->count; n++) {
        at = is_reversed ? page->count - 1 - n : n;
        page->messages[n] = page->copies[at]->message;
    }
}

static int read_page(struct store_db *db, struct store_job *job)
{
    struct reading reading = {.max_bytes = job->query.max_bytes};

    reading.page = job->page = calloc(1, sizeof(*job->page));
    if (!job->page)
        return -1;
    if (strcmp(job->epoch, job->room->epoch) != 0) { /* the file has not heard of it, or no more */
        job->result = STORE_KEPT;
        return 0;
    }
    if (store_db_page(db, job->room->row.id, &job->query, take_row, &reading) && !reading.is_full)
        return -1;
    lay_out(job->page, job->query.is_newest);
    job->result = STORE_KEPT;
    return 0;
}

int store_batch_read(struct store_db *db, struct store_job *jobs, char *reason, size_t size)
{
    struct store_job *job;
    int failed = 0;

    for (job = jobs; job; job = job->next) {
        if (!read_page(db, job))
            continue;
        failed = -1;
        snprintf(reason, size, "%s", job->page ? store_db_error(db) : "out of memory");
    }
    return failed;
}
