/* One datagram to whoever waits for it. */
#include "notify.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cmocka.h>

/* A socket that is bound to `name` of `length` bytes. */
static int manager(const char *name, size_t length)
{
    struct sockaddr_un at = {.sun_family = AF_UNIX};
    int fd = socket(AF_UNIX, SOCK_DGRAM, 0);

    memcpy(at.sun_path, name, length);
    assert_true(fd >= 0);
    assert_int_equal(bind(fd, (const struct sockaddr *)&at,
                          (socklen_t)(offsetof(struct sockaddr_un, sun_path) + length)),
                     0);
    return fd;
}

static void hears(int fd, const char *expected)
{
    char text[64];
    ssize_t length = recv(fd, text, sizeof(text), MSG_DONTWAIT);

    assert_int_equal(length, strlen(expected));
    assert_memory_equal(text, expected, strlen(expected));
    assert_int_equal(recv(fd, text, sizeof(text), MSG_DONTWAIT), -1);
}

static void tells_a_socket_with_a_path(void **state)
{
    char folder[] = "/tmp/lwshost-notify-XXXXXX", path[64];
    int fd;

    (void)state;
    assert_non_null(mkdtemp(folder));
    snprintf(path, sizeof(path), "%s/manager", folder);
    fd = manager(path, strlen(path));
    assert_int_equal(notify_send(path, "READY=1"), 0);
    hears(fd, "READY=1");
    close(fd);
    assert_int_equal(notify_send(path, "READY=1"), -1); /* nobody listens any more */
    unlink(path);
    assert_int_equal(notify_send(path, "READY=1"), -1);
    rmdir(folder);
}

static void tells_an_abstract_socket(void **state)
{
    char name[64];
    int fd;

    (void)state;
    snprintf(name, sizeof(name), "@lwshost-notify-%ld", (long)getpid());
    name[0] = '\0';
    fd = manager(name, 1 + strlen(name + 1));
    name[0] = '@';
    assert_int_equal(notify_send(name, "READY=1"), 0);
    hears(fd, "READY=1");
    close(fd);
}

static void does_nothing_when_nobody_asks(void **state)
{
    (void)state;
    assert_int_equal(notify_send(NULL, "READY=1"), 0);
    assert_int_equal(notify_send("", "READY=1"), 0);
}

static void refuses_what_is_no_address(void **state)
{
    char path[200];

    (void)state;
    memset(path, 'x', sizeof(path) - 1);
    path[0] = '/';
    path[sizeof(path) - 1] = '\0';
    assert_int_equal(notify_send(path, "READY=1"), -1);
    assert_int_equal(errno, EINVAL);
    assert_int_equal(notify_send("relative", "READY=1"), -1);
    assert_int_equal(errno, EINVAL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tells_a_socket_with_a_path),
        cmocka_unit_test(tells_an_abstract_socket),
        cmocka_unit_test(does_nothing_when_nobody_asks),
        cmocka_unit_test(refuses_what_is_no_address),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
