/* lookup_stub — the service that is asked: answers every request the same way, after a while.
 *
 *   lookup_stub [DELAY_MS]
 *
 * An HTTP/1.1 server for benchmarks and nothing else. It takes requests without a body, one at a
 * time on a connection, and keeps connections open. `GET /stats` tells how many it has had.
 */
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

#define PEERS 4096
#define INPUT 4096

static const char body[] = "{\"ret\":1,\"start\":-1,\"end\":-1,\"country\":\"\\u4e2d\\u56fd\","
                           "\"province\":\"\\u5317\\u4eac\",\"city\":\"\\u5317\\u4eac\","
                           "\"district\":\"\",\"isp\":\"\",\"type\":\"\",\"desc\":\"\"}";

struct peer {
    int fd;
    uint64_t due_ns; /* when its answer is; only while it is in `waiting` */
    size_t len;
    char input[INPUT];
};

struct stub {
    int listener, epoll, timer;
    uint64_t delay_ns;
    unsigned long accepted, open, most_open, requests;
    struct peer *waiting[PEERS]; /* a ring: all wait equally long, so it is in order of time */
    size_t first, waiting_count;
};

static uint64_t now_ns(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

static void leave(struct stub *stub, struct peer *peer)
{
    size_t i;

    for (i = 0; i < stub->waiting_count; i++)
        if (stub->waiting[(stub->first + i) % PEERS] == peer)
            stub->waiting[(stub->first + i) % PEERS] = NULL;
    close(peer->fd);
    free(peer);
    stub->open--;
}

static void answer(struct peer *peer, const char *text)
{
    char out[1024];
    int len = snprintf(out, sizeof(out),
                       "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
                       "Content-Length: %zu\r\n\r\n%s",
                       strlen(text), text);

    /* A socket that does not take it will not take the next either; its owner notices. */
    if (send(peer->fd, out, (size_t)len, MSG_NOSIGNAL | MSG_DONTWAIT) < 0)
        shutdown(peer->fd, SHUT_RDWR);
}

static void set_timer(const struct stub *stub, uint64_t due_ns)
{
    struct itimerspec when = {.it_value = {.tv_sec = (time_t)(due_ns / 1000000000u),
                                           .tv_nsec = (long)(due_ns % 1000000000u)}};

    timerfd_settime(stub->timer, TFD_TIMER_ABSTIME, &when, NULL);
}

static void wait_turn(struct stub *stub, struct peer *peer)
{
    if (stub->waiting_count == PEERS) { /* most of them have left */
        shutdown(peer->fd, SHUT_RDWR);
        return;
    }
    peer->due_ns = now_ns() + stub->delay_ns;
    stub->waiting[(stub->first + stub->waiting_count) % PEERS] = peer;
    if (stub->waiting_count++ == 0)
        set_timer(stub, peer->due_ns);
}

static void answer_due(struct stub *stub)
{
    uint64_t fired, now = now_ns();

    if (read(stub->timer, &fired, sizeof(fired)) < 0 && errno != EAGAIN)
        return;
    while (stub->waiting_count) {
        struct peer *peer = stub->waiting[stub->first];

        if (peer && peer->due_ns > now) {
            set_timer(stub, peer->due_ns);
            return;
        }
        stub->first = (stub->first + 1) % PEERS;
        stub->waiting_count--;
        if (peer)
            answer(peer, body);
    }
}

static void tell(const struct stub *stub, struct peer *peer)
{
    char text[200];

    snprintf(text, sizeof(text),
             "{\"accepted\": %lu, \"open\": %lu, \"most_open\": %lu, \"requests\": %lu}",
             stub->accepted, stub->open, stub->most_open, stub->requests);
    answer(peer, text);
}

static void take_request(struct stub *stub, struct peer *peer)
{
    if (peer->len < 4 || memcmp(peer->input + peer->len - 4, "\r\n\r\n", 4) != 0)
        return;
    if (strncmp(peer->input, "GET /stats ", 11) == 0) {
        tell(stub, peer);
    } else {
        stub->requests++;
        if (stub->delay_ns)
            wait_turn(stub, peer);
        else
            answer(peer, body);
    }
    peer->len = 0;
}

static void hear(struct stub *stub, struct peer *peer)
{
    ssize_t len = recv(peer->fd, peer->input + peer->len, INPUT - 1 - peer->len, 0);

    if (len < 0 && errno == EAGAIN)
        return;
    if (len <= 0) {
        leave(stub, peer);
        return;
    }
    peer->len += (size_t)len;
    peer->input[peer->len] = '\0';
    take_request(stub, peer);
}

static void welcome(struct stub *stub)
{
    int fd = accept4(stub->listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC), one = 1;
    struct peer *peer = fd >= 0 && stub->open < PEERS ? calloc(1, sizeof(*peer)) : NULL;
    struct epoll_event event = {.events = EPOLLIN, .data.ptr = peer};

    if (!peer) {
        if (fd >= 0)
            close(fd);
        return;
    }
    peer->fd = fd;
    stub->accepted++;
    if (++stub->open > stub->most_open)
        stub->most_open = stub->open;
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));
    if (epoll_ctl(stub->epoll, EPOLL_CTL_ADD, fd, &event))
        leave(stub, peer);
}

static int start(struct stub *stub)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    struct epoll_event event = {.events = EPOLLIN, .data.ptr = &stub->listener};
    socklen_t size = sizeof(address);

    stub->listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    stub->epoll = epoll_create1(EPOLL_CLOEXEC);
    stub->timer = timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC);
    if (stub->listener < 0 || stub->epoll < 0 || stub->timer < 0 ||
        bind(stub->listener, (struct sockaddr *)&address, size) || listen(stub->listener, 1024) ||
        getsockname(stub->listener, (struct sockaddr *)&address, &size) ||
        epoll_ctl(stub->epoll, EPOLL_CTL_ADD, stub->listener, &event))
        return -1;
    event.data.ptr = &stub->timer;
    if (epoll_ctl(stub->epoll, EPOLL_CTL_ADD, stub->timer, &event))
        return -1;
    printf("listening on %u\n", ntohs(address.sin_port));
    fflush(stdout);
    return 0;
}

int main(int argc, char **argv)
{
    static struct stub stub;
    struct epoll_event events[256];

    stub.delay_ns = argc > 1 ? strtoull(argv[1], NULL, 10) * 1000000u : 0;
    if (start(&stub)) {
        perror("lookup_stub");
        return 1;
    }
    for (;;) {
        int count = epoll_wait(stub.epoll, events, 256, -1), i;

        for (i = 0; i < count; i++) {
            if (events[i].data.ptr == &stub.listener)
                welcome(&stub);
            else if (events[i].data.ptr == &stub.timer)
                answer_due(&stub);
            else
                hear(&stub, events[i].data.ptr);
        }
    }
}
