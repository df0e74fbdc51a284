#include "resolver.h"

#include "dlist.h"

#include <dlfcn.h>
#include <link.h>
#include <netdb.h>
#include <netinet/in.h>
#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

/* One question, and the thread that asks it. */
struct job {
    struct dlist_node link;
    struct resolver *resolver;
    pthread_t thread;
    resolver_answer_fn *answer;
    void *opaque;
    struct ip_addr addresses[RESOLVER_MAX_ADDRESSES];
    size_t count;
    char host[];
};

struct resolver {
    pthread_mutex_t mutex; /* guards everything up to the empty line */
    struct dlist asked, answered;
    bool is_left; /* resolver_free has gone: the last thread frees the rest */

    void *code; /* a reference to what the threads run; NULL before the first question */
    resolver_wake_fn *wake;
    void *opaque;
};

struct resolver *resolver_new(resolver_wake_fn *wake, void *opaque)
{
    struct resolver *resolver = calloc(1, sizeof(*resolver));

    if (!resolver)
        return NULL;
    pthread_mutex_init(&resolver->mutex, NULL);
    dlist_init(&resolver->asked);
    dlist_init(&resolver->answered);
    resolver->wake = wake;
    resolver->opaque = opaque;
    return resolver;
}

static void destroy(struct resolver *resolver)
{
    pthread_mutex_destroy(&resolver->mutex);
    free(resolver);
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

/* RFC 6761 6.3: "localhost" is loopback even where nothing, such as /etc/hosts, says so. */
static int ask_system(const char *host, const struct addrinfo *hints, struct addrinfo **list)
{
    int result = getaddrinfo(host, NULL, hints, list);

    if (result && strcmp(host, "localhost") == 0)
        result = getaddrinfo("127.0.0.1", NULL, hints, list);
    return result;
}

static void resolve(struct job *job)
{
    const struct addrinfo hints = {.ai_socktype = SOCK_STREAM, .ai_flags = AI_ADDRCONFIG};
    struct addrinfo *list, *at;

    if (ask_system(job->host, &hints, &list))
        return;
    for (at = list; at && job->count < RESOLVER_MAX_ADDRESSES; at = at->ai_next)
        keep(job, at->ai_addr);
    freeaddrinfo(list);
}

/* Hand the answer to the loop. When nobody is there any more: free it, and who is the last also the
 * resolver. */
static void *work(void *opaque)
{
    struct job *job = opaque;
    struct resolver *resolver = job->resolver;
    bool is_left, is_last;

    resolve(job);
    pthread_mutex_lock(&resolver->mutex);
    dlist_remove(&job->link);
    is_left = resolver->is_left;
    is_last = dlist_is_empty(&resolver->asked);
    if (!is_left) {
        dlist_append(&resolver->answered, &job->link);
        /* Inside the lock, so that nobody is woken after resolver_free began. */
        resolver->wake(resolver->opaque);
    }
    pthread_mutex_unlock(&resolver->mutex);
    if (is_left)
        free(job);
    if (is_left && is_last)
        destroy(resolver);
    return NULL;
}

/* A reference to the library, or the program, that this code is in. NULL when memory is short. */
static void *hold_code(void)
{
    struct link_map *map = NULL;
    Dl_info info;

    if (!dladdr1((const void *)(uintptr_t)work, &info, (void **)&map, RTLD_DL_LINKMAP) || !map)
        return NULL;
    return dlopen(map->l_name[0] ? map->l_name : NULL, RTLD_NOW | RTLD_NOLOAD);
}

/* Signals are for the loop's thread: the workers block them all. */
static int start_thread(struct job *job)
{
    sigset_t all, before;
    int result;

    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    result = pthread_create(&job->thread, NULL, work, job);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    return result ? -1 : 0;
}

int resolver_ask(struct resolver *resolver, const char *host, resolver_answer_fn *answer,
                 void *opaque)
{
    size_t len = strlen(host) + 1;
    struct job *job;
    int result;

    if (!resolver->code && !(resolver->code = hold_code()))
        return -1;
    job = calloc(1, sizeof(*job) + len);
    if (!job)
        return -1;
    memcpy(job->host, host, len);
    job->resolver = resolver;
    job->answer = answer;
    job->opaque = opaque;
    pthread_mutex_lock(&resolver->mutex);
    result = start_thread(job);
    if (result == 0)
        dlist_append(&resolver->asked, &job->link);
    pthread_mutex_unlock(&resolver->mutex);
    if (result)
        free(job);
    return result;
}

static struct job *take_answered(struct resolver *resolver)
{
    struct dlist_node *link;

    pthread_mutex_lock(&resolver->mutex);
    link = dlist_first(&resolver->answered);
    if (link)
        dlist_remove(link);
    pthread_mutex_unlock(&resolver->mutex);
    return link ? DLIST_ENTRY(link, struct job, link) : NULL;
}

void resolver_drain(struct resolver *resolver)
{
    struct job *job;

    while ((job = take_answered(resolver))) {
        pthread_join(job->thread, NULL); /* it has nothing left to do */
        job->answer(job->opaque, job->addresses, job->count);
        free(job);
    }
}

static void move_all(struct dlist *from, struct dlist *to)
{
    struct dlist_node *link;

    while ((link = dlist_first(from))) {
        dlist_remove(link);
        dlist_append(to, link);
    }
}

void resolver_free(struct resolver *resolver)
{
    struct dlist answered;
    struct dlist_node *link;
    bool is_left;

    if (!resolver)
        return;
    dlist_init(&answered);
    pthread_mutex_lock(&resolver->mutex);
    move_all(&resolver->answered, &answered);
    is_left = resolver->is_left = !dlist_is_empty(&resolver->asked);
    for (link = dlist_first(&resolver->asked); link; link = dlist_next(&resolver->asked, link))
        pthread_detach(DLIST_ENTRY(link, struct job, link)->thread);
    pthread_mutex_unlock(&resolver->mutex);
    while ((link = dlist_first(&answered))) {
        struct job *job = DLIST_ENTRY(link, struct job, link);

        pthread_join(job->thread, NULL);
        dlist_remove(link);
        free(job);
    }
    if (is_left)
        return; /* the threads have it, and the reference to their code is never given back */
    if (resolver->code)
        dlclose(resolver->code);
    destroy(resolver);
}
