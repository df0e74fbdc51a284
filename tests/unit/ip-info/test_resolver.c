#include "resolver.h"

#include <dirent.h>
#include <dlfcn.h>
#include <netdb.h>
#include <poll.h>
#include <semaphore.h>
#include <unistd.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static sem_t held_up; /* posted once for each question about "wait" that may be answered */

/* Stands before the system's: "wait" is 127.0.0.9, when the test lets it. */
int getaddrinfo(const char *name, const char *service, const struct addrinfo *hints,
                struct addrinfo **list)
{
    int (*system_lookup)(const char *, const char *, const struct addrinfo *, struct addrinfo **) =
        (int (*)(const char *, const char *, const struct addrinfo *, struct addrinfo **))(
            uintptr_t)dlsym(RTLD_NEXT, "getaddrinfo");

    if (strcmp(name, "wait") != 0)
        return system_lookup(name, service, hints, list);
    while (sem_wait(&held_up))
        ;
    return system_lookup("127.0.0.9", service, hints, list);
}

/* A pipe stands for the loop that is woken. */
static int wake_fds[2];

static void wake(void *opaque)
{
    (void)opaque;
    assert_int_equal(write(wake_fds[1], "w", 1), 1);
}

struct answer {
    unsigned times;
    size_t count;
    struct ip_addr first;
};

static void on_answer(void *opaque, const struct ip_addr *addresses, size_t count)
{
    struct answer *answer = opaque;

    answer->times++;
    answer->count = count;
    if (count)
        answer->first = addresses[0];
}

static void wait_for(struct resolver *resolver, const struct answer *answer)
{
    char byte;

    while (!answer->times) {
        struct pollfd fd = {.fd = wake_fds[0], .events = POLLIN};

        assert_int_equal(poll(&fd, 1, 60000), 1);
        assert_int_equal(read(wake_fds[0], &byte, 1), 1);
        resolver_drain(resolver);
    }
}

static void names_become_addresses_on_the_callers_thread(void **state)
{
    struct resolver *resolver = resolver_new(wake, NULL);
    struct answer v4 = {0}, v6 = {0}, none = {0};
    char text[IP_ADDR_TEXT_BYTES];

    (void)state;
    assert_non_null(resolver);
    assert_int_equal(resolver_ask(resolver, "127.0.0.1", on_answer, &v4), 0);
    assert_int_equal(resolver_ask(resolver, "not a name", on_answer, &none), 0);
    assert_int_equal(resolver_ask(resolver, "::1", on_answer, &v6), 0);
    assert_int_equal(v4.times, 0);
    wait_for(resolver, &v4);
    wait_for(resolver, &none);
    wait_for(resolver, &v6);
    assert_int_equal(v4.count, 1);
    ip_addr_format(&v4.first, text);
    assert_string_equal(text, "127.0.0.1");
    assert_int_equal(none.count, 0);
    ip_addr_format(&v6.first, text);
    assert_string_equal(text, v6.count ? "::1" : text);
    resolver_drain(resolver);
    assert_int_equal(v4.times + none.times + v6.times, 3);
    resolver_free(resolver);
}

static void stopping_forgets_what_is_unanswered(void **state)
{
    struct resolver *resolver = resolver_new(wake, NULL);
    struct answer answers[50] = {0};
    size_t n;

    (void)state;
    for (n = 0; n < 50; n++)
        assert_int_equal(resolver_ask(resolver, "127.0.0.1", on_answer, &answers[n]), 0);
    resolver_free(resolver);
    for (n = 0; n < 50; n++)
        assert_int_equal(answers[n].times, 0);
    resolver_free(resolver_new(wake, NULL)); /* without ever having had a thread */
    resolver_free(NULL);
}

static void one_that_takes_its_time_holds_up_no_other(void **state)
{
    struct resolver *resolver = resolver_new(wake, NULL);
    struct answer slow = {0}, quick = {0};
    char text[IP_ADDR_TEXT_BYTES];

    (void)state;
    assert_int_equal(resolver_ask(resolver, "wait", on_answer, &slow), 0);
    assert_int_equal(resolver_ask(resolver, "127.0.0.1", on_answer, &quick), 0);
    wait_for(resolver, &quick);
    assert_int_equal(slow.times, 0);
    sem_post(&held_up);
    wait_for(resolver, &slow);
    ip_addr_format(&slow.first, text);
    assert_string_equal(text, "127.0.0.9");
    resolver_free(resolver);
}

static unsigned count_threads(void)
{
    DIR *dir = opendir("/proc/self/task");
    struct dirent *entry;
    unsigned count = 0;

    assert_non_null(dir);
    while ((entry = readdir(dir)))
        count += entry->d_name[0] != '.';
    closedir(dir);
    return count;
}

static unsigned threads_at_first;

static void freeing_waits_for_nobody(void **state)
{
    struct resolver *resolver = resolver_new(wake, NULL);
    struct answer slow[3] = {0}, quick = {0};
    size_t n;

    (void)state;
    for (n = 0; n < 3; n++)
        assert_int_equal(resolver_ask(resolver, "wait", on_answer, &slow[n]), 0);
    assert_int_equal(resolver_ask(resolver, "127.0.0.1", on_answer, &quick), 0);
    resolver_free(resolver); /* would never return if it waited */
    for (n = 0; n < 3; n++)
        sem_post(&held_up);
    /* Each comes back, and frees what is left. */
    for (n = 0; count_threads() > threads_at_first && n < 60000; n++)
        poll(NULL, 0, 1);
    assert_int_equal(count_threads(), threads_at_first);
    assert_int_equal(slow[0].times + slow[1].times + slow[2].times + quick.times, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_become_addresses_on_the_callers_thread),
        cmocka_unit_test(stopping_forgets_what_is_unanswered),
        cmocka_unit_test(one_that_takes_its_time_holds_up_no_other),
        cmocka_unit_test(freeing_waits_for_nobody)};

    if (pipe(wake_fds) || sem_init(&held_up, 0, 0))
        return 1;
    threads_at_first = count_threads();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
