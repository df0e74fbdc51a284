#include "resolver.h"

#include "dlist.h"

#include <netdb.h>
#include <netinet/in.h>
#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

struct job {
    struct dlist link;
    resolver_answer_fn *answer;
    void *opaque;
    struct ip_addr addresses[RESOLVER_MAX_ADDRESSES];
    size_t count;
    char host[];
};

struct resolver {
    pthread_mutex_t mutex; /* guards everything below but `wake` and `opaque` */
    pthread_cond_t changed;
    struct dlist asked, answered;
    bool has_thread, is_stopping;
    pthread_t thread;
    resolver_wake_fn *wake;
    void *opaque;
};

struct resolver *resolver_new(resolver_wake_fn *wake, void *opaque)
{
    struct resolver *resolver = calloc(1, sizeof(*resolver));

    if (!resolver)
        return NULL;
    pthread_mutex_init(&resolver->mutex, NULL);
    pthread_cond_init(&resolver->changed, NULL);
    dlist_init(&resolver->asked);
    dlist_init(&resolver->answered);
    resolver->wake = wake;
    resolver->opaque = opaque;
    return resolver;
}

static void keep(struct job *job, const struct sockaddr *address)
{
    static const unsigned char mapped[12] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};
    uint8_t *octets = job->addresses[job->count].octets;

    if (address->sa_family == AF_INET) {
        memcpy(octets, mapped, 12);
        memcpy(octets + 12, &((const struct sockaddr_in *)(const void *)address)->sin_addr, 4);
        job->count++;
    } else if (address->sa_family == AF_INET6) {
        memcpy(octets, &((const struct sockaddr_in6 *)(const void *)address)->sin6_addr, 16);
        job->count++;
    }
}

static void resolve(struct job *job)
{
    const struct addrinfo hints = {.ai_socktype = SOCK_STREAM, .ai_flags = AI_ADDRCONFIG};
    struct addrinfo *list, *at;

    if (getaddrinfo(job->host, NULL, &hints, &list))
        return;
    for (at = list; at && job->count < RESOLVER_MAX_ADDRESSES; at = at->ai_next)
        keep(job, at->ai_addr);
    freeaddrinfo(list);
}

static struct job *take(struct dlist *list)
{
    struct dlist *link = dlist_first(list);

    if (!link)
        return NULL;
    dlist_remove(link);
    return dlist_entry(link, struct job, link);
}

static void *work(void *opaque)
{
    struct resolver *resolver = opaque;
    struct job *job;

    pthread_mutex_lock(&resolver->mutex);
    while (!resolver->is_stopping) {
        job = take(&resolver->asked);
        if (!job) {
            pthread_cond_wait(&resolver->changed, &resolver->mutex);
            continue;
        }
        pthread_mutex_unlock(&resolver->mutex);
        resolve(job);
        pthread_mutex_lock(&resolver->mutex);
        dlist_add_last(&resolver->answered, &job->link);
        /* Inside the lock, so that nobody is woken after resolver_free began. */
        if (!resolver->is_stopping)
            resolver->wake(resolver->opaque);
    }
    pthread_mutex_unlock(&resolver->mutex);
    return NULL;
}

/* Signals are for the loop's thread: the worker blocks them all. */
static int start_thread(struct resolver *resolver)
{
    sigset_t all, before;
    int result;

    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    result = pthread_create(&resolver->thread, NULL, work, resolver);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    return result ? -1 : 0;
}

int resolver_ask(struct resolver *resolver, const char *host, resolver_answer_fn *answer,
                 void *opaque)
{
    size_t len = strlen(host) + 1;
    struct job *job = calloc(1, sizeof(*job) + len);

    if (!job)
        return -1;
    memcpy(job->host, host, len);
    job->answer = answer;
    job->opaque = opaque;
    if (!resolver->has_thread) {
        if (start_thread(resolver)) {
            free(job);
            return -1;
        }
        resolver->has_thread = true;
    }
    pthread_mutex_lock(&resolver->mutex);
    dlist_add_last(&resolver->asked, &job->link);
    pthread_cond_signal(&resolver->changed);
    pthread_mutex_unlock(&resolver->mutex);
    return 0;
}

void resolver_drain(struct resolver *resolver)
{
    struct job *job;

    for (;;) {
        pthread_mutex_lock(&resolver->mutex);
        job = take(&resolver->answered);
        pthread_mutex_unlock(&resolver->mutex);
        if (!job)
            return;
        job->answer(job->opaque, job->addresses, job->count);
        free(job);
    }
}

static void free_jobs(struct dlist *list)
{
    struct job *job;

    while ((job = take(list)))
        free(job);
}

void resolver_free(struct resolver *resolver)
{
    if (!resolver)
        return;
    if (resolver->has_thread) {
        pthread_mutex_lock(&resolver->mutex);
        resolver->is_stopping = true;
        pthread_cond_signal(&resolver->changed);
        pthread_mutex_unlock(&resolver->mutex);
        pthread_join(resolver->thread, NULL);
    }
    free_jobs(&resolver->asked);
    free_jobs(&resolver->answered);
    pthread_cond_destroy(&resolver->changed);
    pthread_mutex_destroy(&resolver->mutex);
    free(resolver);
}
