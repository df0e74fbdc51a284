#include "store_worker.h"

#include "store_batch.h"

#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

struct trouble {
    bool is_on, is_news;
    char reason[STORE_REASON_BYTES];
};

struct store_worker {
    struct store_db *db; /* the thread's */
    void (*wake)(void *host);
    void *host;
    pthread_t thread;
    pthread_mutex_t mutex; /* held for moments, for what stands below */
    pthread_cond_t has_work, has_done;
    struct store_queue writes, reads, done;
    size_t pages; /* read, and not used yet */
    bool is_ending;
    struct trouble writing, reading;
};

static void note(struct trouble *trouble, bool is_on, const char *reason)
{
    trouble->is_news = trouble->is_news || trouble->is_on != is_on;
    trouble->is_on = is_on;
    if (is_on)
        memcpy(trouble->reason, reason, sizeof(trouble->reason));
}

static bool has_work(const struct store_worker *worker)
{
    return worker->writes.first || (worker->reads.first && worker->pages < STORE_READS_MAX);
}

/* Returns false when the pace was reached first. */
static bool wait_for_work(struct store_worker *worker)
{
    struct timespec until;

    clock_gettime(CLOCK_MONOTONIC, &until);
    until.tv_sec += STORE_PACE_S;
    while (!has_work(worker) && !worker->is_ending)
        if (pthread_cond_timedwait(&worker->has_work, &worker->mutex, &until))
            return has_work(worker);
    return true;
}

/* Called with the mutex held. */
static void finish(struct store_worker *worker, struct store_queue *jobs)
{
    bool was_empty = !worker->done.first;

    store_queue_join(&worker->done, jobs);
    pthread_cond_signal(&worker->has_done);
    if (was_empty)
        worker->wake(worker->host);
}

/* Both halves of a round are called, and return, with the mutex held. */
static void read_some(struct store_worker *worker)
{
    struct store_queue jobs = {0};
    char reason[STORE_REASON_BYTES] = "";
    int failed;

    while (worker->reads.first && worker->pages < STORE_READS_MAX) {
        store_queue_add(&jobs, store_queue_steal(&worker->reads));
        worker->pages++;
    }
    if (!jobs.first)
        return;
    pthread_mutex_unlock(&worker->mutex);
    failed = store_batch_read(worker->db, jobs.first, reason, sizeof(reason));
    pthread_mutex_lock(&worker->mutex);
    note(&worker->reading, failed, reason);
    finish(worker, &jobs);
}

static void write_all(struct store_worker *worker)
{
    struct store_queue jobs = {0};
    char reason[STORE_REASON_BYTES] = "";
    int failed;

    store_queue_join(&jobs, &worker->writes);
    if (!jobs.first)
        return;
    pthread_mutex_unlock(&worker->mutex);
    failed = store_batch_write(worker->db, jobs.first, reason, sizeof(reason));
    pthread_mutex_lock(&worker->mutex);
    note(&worker->writing, failed, reason);
    finish(worker, &jobs);
}

static void *run(void *user)
{
    struct store_worker *worker = user;

    pthread_mutex_lock(&worker->mutex);
    while (has_work(worker) || !worker->is_ending) {
        if (!wait_for_work(worker))
            worker->wake(worker->host);
        read_some(worker);
        write_all(worker);
    }
    pthread_mutex_unlock(&worker->mutex);
    return NULL;
}

/* Signals are the host's: this thread takes none. */
static int start(struct store_worker *worker)
{
    sigset_t all, before;
    int failed;

    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    failed = pthread_create(&worker->thread, NULL, run, worker);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    return failed;
}

static void init_conditions(struct store_worker *worker)
{
    pthread_condattr_t monotonic;

    pthread_condattr_init(&monotonic);
    pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
    pthread_mutex_init(&worker->mutex, NULL);
    pthread_cond_init(&worker->has_work, &monotonic);
    pthread_cond_init(&worker->has_done, NULL);
    pthread_condattr_destroy(&monotonic);
}

static void discard(struct store_worker *worker)
{
    pthread_cond_destroy(&worker->has_work);
    pthread_cond_destroy(&worker->has_done);
    pthread_mutex_destroy(&worker->mutex);
    store_db_close(worker->db);
    free(worker);
}

struct store_worker *store_worker_new_take(struct store_db *db, void (*wake)(void *host),
                                           void *host)
{
    struct store_worker *worker = calloc(1, sizeof(*worker));

    if (!worker) {
        store_db_close(db);
        return NULL;
    }
    worker->db = db;
    worker->wake = wake;
    worker->host = host;
    init_conditions(worker);
    if (!start(worker))
        return worker;
    discard(worker);
    return NULL;
}

void store_worker_put_take(struct store_worker *worker, struct store_job *job)
{
    pthread_mutex_lock(&worker->mutex);
    store_queue_add(job->kind == JOB_READ ? &worker->reads : &worker->writes, job);
    pthread_cond_signal(&worker->has_work);
    pthread_mutex_unlock(&worker->mutex);
}

void store_worker_steal(struct store_worker *worker, struct store_queue *out)
{
    pthread_mutex_lock(&worker->mutex);
    store_queue_join(out, &worker->done);
    pthread_mutex_unlock(&worker->mutex);
}

void store_worker_release(struct store_worker *worker, size_t pages)
{
    pthread_mutex_lock(&worker->mutex);
    worker->pages -= pages;
    pthread_cond_signal(&worker->has_work);
    pthread_mutex_unlock(&worker->mutex);
}

void store_worker_wait(struct store_worker *worker)
{
    pthread_mutex_lock(&worker->mutex);
    while (!worker->done.first)
        pthread_cond_wait(&worker->has_done, &worker->mutex);
    pthread_mutex_unlock(&worker->mutex);
}

bool store_worker_news(struct store_worker *worker, char out[STORE_REASON_BYTES])
{
    const struct trouble *which;
    bool is_news;

    pthread_mutex_lock(&worker->mutex);
    which = worker->writing.is_on ? &worker->writing : &worker->reading;
    is_news = worker->writing.is_news || worker->reading.is_news;
    worker->writing.is_news = worker->reading.is_news = false;
    out[0] = '\0';
    if (which->is_on)
        memcpy(out, which->reason, sizeof(which->reason));
    pthread_mutex_unlock(&worker->mutex);
    return is_news;
}

void store_worker_free(struct store_worker *worker)
{
    if (!worker)
        return;
    pthread_mutex_lock(&worker->mutex);
    worker->is_ending = true;
    store_queue_fini(&worker->reads);
    pthread_cond_signal(&worker->has_work);
    pthread_mutex_unlock(&worker->mutex);
    pthread_join(worker->thread, NULL);
    store_queue_fini(&worker->done);
    discard(worker);
}
