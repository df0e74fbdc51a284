#include "crowd.h"

#include "process.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#define BUFFER_BYTES (256 * 1024) /* one read's */
#define KNOCKING_MAX 64           /* that connect at a time, so that no backlog overflows */
#define EVENTS 512

int crowd_init(struct crowd *crowd, size_t capacity)
{
    memset(crowd, 0, sizeof(*crowd));
    crowd->clients = calloc(capacity, sizeof(*crowd->clients));
    crowd->buffer = malloc(BUFFER_BYTES);
    crowd->epoll = epoll_create1(EPOLL_CLOEXEC);
    return crowd->clients && crowd->buffer && crowd->epoll >= 0 ? 0 : -1;
}

void crowd_fini(struct crowd *crowd)
{
    size_t i;

    for (i = 0; i < crowd->count; i++)
        client_close(&crowd->clients[i]);
    free(crowd->clients);
    free(crowd->buffer);
    if (crowd->epoll >= 0)
        close(crowd->epoll);
}

static void listen_to(struct crowd *crowd, struct client *client, int operation, uint32_t events)
{
    struct epoll_event event = {.events = events, .data.ptr = client};

    if (epoll_ctl(crowd->epoll, operation, client->fd, &event)) {
        client_close(client);
        crowd->ended++;
    }
}

static void hear(struct crowd *crowd, struct client *client)
{
    uint64_t before = client->texts;

    if (client_read(client, crowd->buffer, BUFFER_BYTES) < 0)
        crowd->ended++;
    if (crowd->on_texts && client->texts != before)
        crowd->on_texts(crowd->opaque, client, before);
}

int crowd_poll(struct crowd *crowd, int timeout_ms)
{
    struct epoll_event events[EVENTS];
    int count = epoll_wait(crowd->epoll, events, EVENTS, timeout_ms), i;

    for (i = 0; i < count; i++) {
        struct client *client = events[i].data.ptr;

        if (client->state == CLIENT_SHAKING || client->state == CLIENT_OPEN)
            hear(crowd, client);
    }
    return count > 0 ? count : 0;
}

/* One that knocks: on with it as far as it goes. Returns 1 when it is in, 0, or -1. */
static int usher(struct crowd *crowd, const struct admission *admission, struct client *client)
{
    enum client_state before = client->state;

    if (before == CLIENT_DIALLING) {
        if (client_request(client, &admission->target))
            return -1;
        listen_to(crowd, client, EPOLL_CTL_MOD, EPOLLIN);
        return 0;
    }
    hear(crowd, client);
    if (before == CLIENT_SHAKING && client->state == CLIENT_OPEN && admission->join)
        client_send(client, 1, admission->join, strlen(admission->join));
    if (client->state == CLIENT_ENDED)
        return -1;
    if (client->state != CLIENT_OPEN || (admission->join && !client->has_joined))
        return 0;
    client->is_watched = false;
    if (admission->is_deaf)
        epoll_ctl(crowd->epoll, EPOLL_CTL_DEL, client->fd, NULL);
    return 1;
}

static int complain(const struct client *client)
{
    fprintf(stderr, "load: a client was not let in (state %d, close code %u): %.*s%.*s\n",
            (int)client->state, client->close_code, (int)client->answer_len, client->answer,
            client->start_len, client->start);
    return -1;
}

static int knock(struct crowd *crowd, const struct admission *admission)
{
    struct client *client = &crowd->clients[crowd->count];

    if (client_dial(client, &admission->target)) {
        perror("load: connect");
        client->state = CLIENT_ENDED;
        return -1;
    }
    crowd->count++;
    listen_to(crowd, client, EPOLL_CTL_ADD, EPOLLOUT);
    return 0;
}

int crowd_admit(struct crowd *crowd, const struct admission *admission)
{
    struct client *first = &crowd->clients[crowd->count];
    size_t dialled = 0, in = 0;
    double end = process_clock() + admission->limit_s;
    struct epoll_event events[EVENTS];

    while (in < admission->count) {
        int count, i;

        for (; dialled < admission->count && dialled - in < KNOCKING_MAX; dialled++)
            if (knock(crowd, admission))
                return -1;
        count = epoll_wait(crowd->epoll, events, EVENTS, 100);
        for (i = 0; i < count; i++) {
            struct client *client = events[i].data.ptr;
            bool is_new = client >= first && (client->state != CLIENT_OPEN || client->is_watched);
            int result = is_new ? usher(crowd, admission, client) : 0;

            if (result < 0)
                return complain(client);
            if (!is_new && client->state == CLIENT_OPEN)
                hear(crowd, client);
            in += (size_t)result;
        }
        if (process_clock() > end)
            return complain(first + in);
    }
    return 0;
}

void crowd_settle(struct crowd *crowd, double quiet_s, double limit_s)
{
    double now = process_clock(), end = now + limit_s, heard = now;

    while (now < end && now - heard < quiet_s) {
        if (crowd_poll(crowd, (int)(quiet_s * 1000 / 4) + 1))
            heard = process_clock();
        now = process_clock();
    }
}

void crowd_hear_out(struct crowd *crowd, struct client *client, double limit_s)
{
    double end = process_clock() + limit_s;
    int receive_buffer = 1 << 20; /* much may wait for it in the kernel */

    client->is_watched = true;
    setsockopt(client->fd, SOL_SOCKET, SO_RCVBUF, &receive_buffer, sizeof(receive_buffer));
    listen_to(crowd, client, EPOLL_CTL_ADD, EPOLLIN);
    while (client->state != CLIENT_ENDED && process_clock() < end)
        crowd_poll(crowd, 50);
}

void crowd_close(struct crowd *crowd, double limit_s)
{
    static const uint8_t normal[2] = {1000 >> 8, 1000 & 0xff};
    double end = process_clock() + limit_s;
    size_t i;

    for (i = 0; i < crowd->count; i++)
        client_send(&crowd->clients[i], 8, normal, sizeof(normal));
    while (crowd->ended < crowd->count && process_clock() < end)
        crowd_poll(crowd, 50);
}
