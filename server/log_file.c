#include "log_file.h"

#include "bytes.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define MODE 0640
#define COMMON_BYTES 4096 /* more than most lines have */

struct log_file {
    pthread_mutex_t lock;
    pthread_cond_t changed; /* something to do for the thread, or the thread has ended */
    char *path;
    int fd;               /* the thread's, once it runs */
    bool has_thread;      /* it was started */
    bool is_closing;      /* the thread is to end when nothing is left */
    bool has_ended;       /* it has */
    bool is_left;         /* nobody waits for it any more: it frees everything */
    bool is_reopen_due;   /* behind what waits */
    struct bytes waiting; /* whole lines */
    uint64_t waiting_lines;
    struct log_file_stats stats;
};

static int open_path(const char *path)
{
    int fd, flags;

    if (strcmp(path, LOG_FILE_STDERR) == 0)
        return fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, 3);
    /* Opening a FIFO without a reader would wait for one. */
    fd = open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NOCTTY | O_NONBLOCK, MODE);
    flags = fd < 0 ? -1 : fcntl(fd, F_GETFL);
    if (flags >= 0)
        fcntl(fd, F_SETFL, flags & ~O_NONBLOCK);
    return fd;
}

struct log_file *log_file_open(const char *path)
{
    struct log_file *file = calloc(1, sizeof(*file));
    pthread_condattr_t attributes;

    if (!file)
        return NULL;
    file->path = strdup(path);
    file->fd = file->path ? open_path(path) : -1;
    if (file->fd < 0) {
        int error = errno;

        free(file->path);
        free(file);
        errno = error;
        return NULL;
    }
    pthread_mutex_init(&file->lock, NULL);
    pthread_condattr_init(&attributes);
    pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
    pthread_cond_init(&file->changed, &attributes);
    pthread_condattr_destroy(&attributes);
    return file;
}

const char *log_file_path(const struct log_file *file) { return file->path; }

/* Returns 0, or -1 when the rest can't be written. */
static int write_all(int fd, const char *data, size_t len)
{
    struct pollfd ready = {.fd = fd, .events = POLLOUT};

    while (len) {
        ssize_t written = write(fd, data, len);

        if (written >= 0) {
            data += written;
            len -= (size_t)written;
        } else if (errno == EAGAIN) /* standard error, if somebody made it so */
            poll(&ready, 1, -1);
        else if (errno != EINTR)
            return -1;
    }
    return 0;
}

static void reopen(struct log_file *file)
{
    int fd = open_path(file->path);

    if (fd < 0)
        return;
    close(file->fd);
    file->fd = fd;
}

/* One round of the thread: what has gathered, and then a reopening. The lock is held before and
 * after, not meanwhile. */
static void work(struct log_file *file)
{
    struct bytes lines = file->waiting;
    uint64_t count = file->waiting_lines;
    bool reopens = file->is_reopen_due;
    int failed;

    file->waiting = (struct bytes){0};
    file->waiting_lines = 0;
    file->is_reopen_due = false;
    pthread_mutex_unlock(&file->lock);
    failed = write_all(file->fd, lines.data, lines.len);
    bytes_fini(&lines);
    if (reopens)
        reopen(file);
    pthread_mutex_lock(&file->lock);
    if (failed)
        file->stats.dropped += count;
}

static void release(struct log_file *file)
{
    pthread_cond_destroy(&file->changed);
    pthread_mutex_destroy(&file->lock);
    close(file->fd);
    bytes_fini(&file->waiting);
    free(file->path);
    free(file);
}

static void *run(void *opaque)
{
    struct log_file *file = opaque;
    bool is_left;

    pthread_mutex_lock(&file->lock);
    while (!file->is_closing || file->waiting.len || file->is_reopen_due) {
        if (file->waiting.len || file->is_reopen_due)
            work(file);
        else
            pthread_cond_wait(&file->changed, &file->lock);
    }
    file->has_ended = true;
    is_left = file->is_left;
    pthread_cond_signal(&file->changed);
    pthread_mutex_unlock(&file->lock);
    if (is_left)
        release(file);
    return NULL;
}

/* Signals are the loop's. Returns 0, or -1 when there can't be a thread. */
static int start(struct log_file *file)
{
    pthread_attr_t attributes;
    sigset_t all, before;
    pthread_t thread;
    int failed;

    sigfillset(&all);
    pthread_attr_init(&attributes);
    pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
    pthread_sigmask(SIG_BLOCK, &all, &before);
    failed = pthread_create(&thread, &attributes, run, file);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    pthread_attr_destroy(&attributes);
    file->has_thread = !failed;
    return failed ? -1 : 0;
}

void log_file_add(struct log_file *file, const void *line, size_t len)
{
    pthread_mutex_lock(&file->lock);
    if (file->waiting.len + len > LOG_FILE_QUEUE_BYTES || (!file->has_thread && start(file)) ||
        bytes_append(&file->waiting, line, len)) {
        file->stats.dropped++;
    } else {
        file->stats.lines++;
        file->waiting_lines++;
        pthread_cond_signal(&file->changed);
    }
    pthread_mutex_unlock(&file->lock);
}

bool log_file_has_room(struct log_file *file)
{
    bool has_room;

    pthread_mutex_lock(&file->lock);
    has_room = file->waiting.len + COMMON_BYTES <= LOG_FILE_QUEUE_BYTES;
    pthread_mutex_unlock(&file->lock);
    return has_room;
}

void log_file_reopen(struct log_file *file)
{
    pthread_mutex_lock(&file->lock);
    if (file->has_thread || start(file) == 0) {
        file->is_reopen_due = true;
        pthread_cond_signal(&file->changed);
    }
    pthread_mutex_unlock(&file->lock);
}

void log_file_stats(struct log_file *file, struct log_file_stats *out)
{
    pthread_mutex_lock(&file->lock);
    *out = file->stats;
    pthread_mutex_unlock(&file->lock);
}

static struct timespec after_ms(unsigned ms)
{
    struct timespec at;

    clock_gettime(CLOCK_MONOTONIC, &at);
    at.tv_sec += ms / 1000;
    at.tv_nsec += (long)(ms % 1000) * 1000000;
    if (at.tv_nsec >= 1000000000) {
        at.tv_sec++;
        at.tv_nsec -= 1000000000;
    }
    return at;
}

void log_file_close(struct log_file *file, unsigned patience_ms)
{
    const struct timespec end = after_ms(patience_ms);
    bool is_ours;

    if (!file)
        return;
    pthread_mutex_lock(&file->lock);
    file->is_closing = true;
    pthread_cond_signal(&file->changed);
    while (file->has_thread && !file->has_ended &&
           pthread_cond_timedwait(&file->changed, &file->lock, &end) == 0)
        ;
    is_ours = !file->has_thread || file->has_ended;
    file->is_left = !is_ours;
    pthread_mutex_unlock(&file->lock);
    if (is_ours)
        release(file);
}
