#include "resolver.h"

#include <poll.h>
#include <unistd.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_become_addresses_on_the_callers_thread),
        cmocka_unit_test(stopping_forgets_what_is_unanswered)};

    if (pipe(wake_fds))
        return 1;
    return cmocka_run_group_tests(tests, NULL, NULL);
}
