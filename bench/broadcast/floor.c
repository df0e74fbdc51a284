/* floor — the least that telling everybody can cost: one send() for each of them, in a loop.
 *
 * A WebSocket server for the load generator and nothing else. It knows one handshake key, takes
 * whole masked text frames only, drops what a socket does not take, and has no bounds and no
 * manners. What it costs is what the kernel costs.
 */
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#define PEERS 65536
#define INPUT 16384

static const char answer[] = "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n"
                             "Connection: Upgrade\r\n"
                             "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n";

struct peer {
    int fd;
    bool is_open; /* the handshake is over */
    size_t place; /* in `open` */
    size_t len;
    uint8_t input[INPUT];
};

struct floor {
    int listener, epoll;
    struct peer *open[PEERS];
    size_t count;
};

static void leave(struct floor *floor, struct peer *peer)
{
    if (peer->is_open) {
        floor->open[peer->place] = floor->open[--floor->count];
        floor->open[peer->place]->place = peer->place;
    }
    close(peer->fd);
    free(peer);
}

static void tell_all(struct floor *floor, const uint8_t *payload, size_t len)
{
    uint8_t frame[INPUT + 4];
    size_t head = 2, i;

    frame[0] = 0x81;
    frame[1] = (uint8_t)len;
    if (len >= 126) {
        frame[1] = 126;
        frame[2] = (uint8_t)(len >> 8);
        frame[3] = (uint8_t)len;
        head = 4;
    }
    memcpy(frame + head, payload, len);
    for (i = 0; i < floor->count; i++)
        if (send(floor->open[i]->fd, frame, head + len, MSG_NOSIGNAL | MSG_DONTWAIT) < 0)
            continue;
}

/* Returns the bytes of a whole frame at the front of the input, 0 when there is none yet, and -1
 * when the peer is to go. */
static ssize_t take_frame(struct floor *floor, struct peer *peer)
{
    size_t head = 2, len, i;
    uint8_t *mask;

    if (peer->len < 4)
        return 0;
    len = peer->input[1] & 0x7f;
    if (len == 126) {
        len = (size_t)peer->input[2] << 8 | peer->input[3];
        head = 4;
    }
    if (peer->input[0] != 0x81 || len > INPUT - 8)
        return -1;
    if (peer->len < head + 4 + len)
        return 0;
    mask = peer->input + head;
    for (i = 0; i < len; i++)
        mask[4 + i] ^= mask[i % 4];
    tell_all(floor, mask + 4, len);
    return (ssize_t)(head + 4 + len);
}

static int take_input(struct floor *floor, struct peer *peer)
{
    ssize_t used;
    size_t done = 0;

    if (!peer->is_open) {
        if (!memmem(peer->input, peer->len, "\r\n\r\n", 4))
            return 0;
        peer->len = 0;
        peer->is_open = true;
        peer->place = floor->count;
        floor->open[floor->count++] = peer;
        return send(peer->fd, answer, sizeof(answer) - 1, MSG_NOSIGNAL) < 0 ? -1 : 0;
    }
    /* Frame by frame from the front: what is left moves down once. */
    while ((used = take_frame(floor, peer)) > 0) {
        done = (size_t)used;
        peer->len -= done;
        memmove(peer->input, peer->input + done, peer->len);
    }
    return used < 0 ? -1 : 0;
}

static void welcome(struct floor *floor)
{
    int fd = accept4(floor->listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC), one = 1;
    struct peer *peer = fd >= 0 && floor->count < PEERS ? calloc(1, sizeof(*peer)) : NULL;
    struct epoll_event event = {.events = EPOLLIN, .data.ptr = peer};

    if (!peer) {
        if (fd >= 0)
            close(fd);
        return;
    }
    peer->fd = fd;
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));
    if (epoll_ctl(floor->epoll, EPOLL_CTL_ADD, fd, &event))
        leave(floor, peer);
}

static void hear(struct floor *floor, struct peer *peer)
{
    ssize_t len = recv(peer->fd, peer->input + peer->len, INPUT - peer->len, 0);

    if (len < 0 && errno == EAGAIN)
        return;
    if (len > 0)
        peer->len += (size_t)len;
    if (len <= 0 || take_input(floor, peer))
        leave(floor, peer);
}

static int open_listener(void)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t size = sizeof(address);
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

    if (fd < 0 || bind(fd, (struct sockaddr *)&address, size) || listen(fd, 4096) ||
        getsockname(fd, (struct sockaddr *)&address, &size))
        return -1;
    printf("listening on %u\n", ntohs(address.sin_port));
    fflush(stdout);
    return fd;
}

int main(void)
{
    static struct floor floor;
    struct epoll_event events[256], event = {.events = EPOLLIN};

    floor.listener = open_listener();
    floor.epoll = epoll_create1(EPOLL_CLOEXEC);
    if (floor.listener < 0 || floor.epoll < 0 ||
        epoll_ctl(floor.epoll, EPOLL_CTL_ADD, floor.listener, &event)) {
        perror("floor");
        return 1;
    }
    for (;;) {
        int count = epoll_wait(floor.epoll, events, 256, -1), i;

        for (i = 0; i < count; i++) {
            if (events[i].data.ptr)
                hear(&floor, events[i].data.ptr);
            else
                welcome(&floor);
        }
    }
}
