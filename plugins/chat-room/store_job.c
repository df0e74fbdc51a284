#include "store_job.h"

#include <stdlib.h>
#include <string.h>

size_t message_text_bytes(const struct message *message)
{
    return strlen(message->nick) + strlen(message->label) + strlen(message->user) +
           strlen(message->cid) + message->text_len;
}

static const char *copy_text(char **to, const char *text, size_t len)
{
    char *copy = *to;

    memcpy(copy, text, len);
    copy[len] = '\0';
    *to += len + 1;
    return copy;
}

struct message_copy *message_copy(const struct message *message)
{
    struct message_copy *copy = malloc(sizeof(*copy) + message_text_bytes(message) + 5);
    char *to;

    if (!copy)
        return NULL;
    to = copy->texts;
    copy->message = *message;
    copy->message.nick = copy_text(&to, message->nick, strlen(message->nick));
    copy->message.label = copy_text(&to, message->label, strlen(message->label));
    copy->message.user = copy_text(&to, message->user, strlen(message->user));
    copy->message.cid = copy_text(&to, message->cid, strlen(message->cid));
    copy->message.text = copy_text(&to, message->text, message->text_len);
    return copy;
}

struct store_job *store_job_new(enum store_job_kind kind, struct disk_room *room)
{
    struct store_job *job = calloc(1, sizeof(*job));

    if (!job)
        return NULL;
    job->kind = kind;
    job->room = room;
    job->result = STORE_FAILED;
    return job;
}

void store_job_free(struct store_job *job)
{
    size_t n;

    if (!job)
        return;
    for (n = 0; job->page && n < job->page->count; n++)
        free(job->page->copies[n]);
    free(job->page);
    free(job->copy);
    free(job->known);
    free(job);
}

void store_queue_add(struct store_queue *queue, struct store_job *job)
{
    job->next = NULL;
    if (queue->last)
        queue->last->next = job;
    else
        queue->first = job;
    queue->last = job;
}

void store_queue_join(struct store_queue *queue, struct store_queue *more)
{
    if (!more->first)
        return;
    if (queue->last)
        queue->last->next = more->first;
    else
        queue->first = more->first;
    queue->last = more->last;
    *more = (struct store_queue){0};
}

struct store_job *store_queue_steal(struct store_queue *queue)
{
    struct store_job *job = queue->first;

    if (!job)
        return NULL;
    queue->first = job->next;
    if (!queue->first)
        queue->last = NULL;
    job->next = NULL;
    return job;
}

void store_queue_fini(struct store_queue *queue)
{
    struct store_job *job;

    while ((job = store_queue_steal(queue)))
        store_job_free(job);
}
