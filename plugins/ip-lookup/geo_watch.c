#include "geo_watch.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

/* Which file it is: one that was renamed into place differs in one of these. */
struct identity {
    dev_t device;
    ino_t inode;
    off_t size;
    struct timespec changed;
};

struct geo_watch {
    const char *path;
    unsigned long interval_ms;
    void (*wake)(void *host);
    void *host;
    struct identity seen; /* the thread's own */
    pthread_t thread;
    pthread_mutex_t mutex; /* of what follows */
    pthread_cond_t ended;
    bool has_ended;
    struct geo_db *fresh;
    struct problem problem;
};

static struct identity identify(const char *path)
{
    struct identity identity;
    struct stat status;

    memset(&identity, 0, sizeof(identity));
    if (stat(path, &status) == 0) {
        identity.device = status.st_dev;
        identity.inode = status.st_ino;
        identity.size = status.st_size;
        identity.changed = status.st_mtim;
    }
    return identity;
}

static bool is_same(const struct identity *a, const struct identity *b)
{
    return a->device == b->device && a->inode == b->inode && a->size == b->size &&
           a->changed.tv_sec == b->changed.tv_sec && a->changed.tv_nsec == b->changed.tv_nsec;
}

/* Wait for the next look. Returns false when it is the end. The mutex is held. */
static bool pause_ends(struct geo_watch *watch)
{
    struct timespec until;

    clock_gettime(CLOCK_MONOTONIC, &until);
    until.tv_sec += (time_t)(watch->interval_ms / 1000);
    until.tv_nsec += (long)(watch->interval_ms % 1000) * 1000000;
    if (until.tv_nsec >= 1000000000) {
        until.tv_sec++;
        until.tv_nsec -= 1000000000;
    }
    while (!watch->has_ended && pthread_cond_timedwait(&watch->ended, &watch->mutex, &until) == 0)
        ;
    return !watch->has_ended;
}

/* A file that is gone for a moment is no reason to do anything: the old one is still mapped. */
static void look(struct geo_watch *watch)
{
    struct identity now = identify(watch->path);
    struct problem problem = {0};
    struct geo_db *db;

    if (is_same(&now, &watch->seen) || (!now.inode && !now.device))
        return;
    watch->seen = now;
    db = geo_db_open(watch->path, &problem);
    pthread_mutex_lock(&watch->mutex);
    geo_db_close(watch->fresh);
    watch->fresh = db;
    watch->problem = problem;
    pthread_mutex_unlock(&watch->mutex);
    watch->wake(watch->host);
}

static void *run(void *opaque)
{
    struct geo_watch *watch = opaque;

    pthread_mutex_lock(&watch->mutex);
    while (pause_ends(watch)) {
        pthread_mutex_unlock(&watch->mutex);
        look(watch);
        pthread_mutex_lock(&watch->mutex);
    }
    pthread_mutex_unlock(&watch->mutex);
    return NULL;
}

struct geo_watch *geo_watch_new(const char *path, unsigned long interval_ms,
                                void (*wake)(void *host), void *host)
{
    struct geo_watch *watch = calloc(1, sizeof(*watch));
    pthread_condattr_t attributes;

    if (!watch)
        return NULL;
    watch->path = path;
    watch->interval_ms = interval_ms;
    watch->wake = wake;
    watch->host = host;
    watch->seen = identify(path);
    pthread_mutex_init(&watch->mutex, NULL);
    pthread_condattr_init(&attributes);
    pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
    pthread_cond_init(&watch->ended, &attributes);
    pthread_condattr_destroy(&attributes);
    if (pthread_create(&watch->thread, NULL, run, watch) == 0)
        return watch;
    pthread_cond_destroy(&watch->ended);
    pthread_mutex_destroy(&watch->mutex);
    free(watch);
    return NULL;
}

void geo_watch_free(struct geo_watch *watch)
{
    if (!watch)
        return;
    pthread_mutex_lock(&watch->mutex);
    watch->has_ended = true;
    pthread_cond_signal(&watch->ended);
    pthread_mutex_unlock(&watch->mutex);
    pthread_join(watch->thread, NULL);
    geo_db_close(watch->fresh);
    pthread_cond_destroy(&watch->ended);
    pthread_mutex_destroy(&watch->mutex);
    free(watch);
}

struct geo_db *geo_watch_take(struct geo_watch *watch, struct problem *problem)
{
    struct geo_db *db;

    pthread_mutex_lock(&watch->mutex);
    db = watch->fresh;
    watch->fresh = NULL;
    *problem = watch->problem;
    memset(&watch->problem, 0, sizeof(watch->problem));
    pthread_mutex_unlock(&watch->mutex);
    return db;
}
