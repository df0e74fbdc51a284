#include "client.h"

#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define OP_TEXT 0x1
#define OP_CLOSE 0x8
#define OP_PING 0x9
#define OP_PONG 0xa
#define FIN 0x80

/* RFC 6455's example: its answer is known without SHA-1. */
#define KEY "dGhlIHNhbXBsZSBub25jZQ=="
#define ACCEPT "s3pPLMBiTxaQ9kYGzzhZRbK+xOo="

#define JOINED "{\"type\":\"joined\"" /* lwshost's answer in JSON mode */

int client_dial(struct client *client, const struct client_target *target)
{
    struct sockaddr_in address = {.sin_family = AF_INET,
                                  .sin_port = htons(target->port),
                                  .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    int one = 1;

    memset(client, 0, sizeof(*client));
    client->is_watched = true;
    client->fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (client->fd < 0)
        return -1;
    setsockopt(client->fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));
    if (target->receive_buffer)
        setsockopt(client->fd, SOL_SOCKET, SO_RCVBUF, &target->receive_buffer,
                   sizeof(target->receive_buffer));
    if (connect(client->fd, (struct sockaddr *)&address, sizeof(address)) && errno != EINPROGRESS)
        return -1;
    return 0;
}

int client_request(struct client *client, const struct client_target *target)
{
    char request[700];
    int len =
        snprintf(request, sizeof(request),
                 "GET %s HTTP/1.1\r\nHost: 127.0.0.1:%u\r\nUpgrade: websocket\r\n"
                 "Connection: Upgrade\r\nSec-WebSocket-Key: " KEY "\r\n"
                 "Sec-WebSocket-Version: 13\r\n%s%s%s\r\n",
                 target->path, target->port, target->protocol ? "Sec-WebSocket-Protocol: " : "",
                 target->protocol ? target->protocol : "", target->protocol ? "\r\n" : "");

    if (len >= (int)sizeof(request) || send(client->fd, request, (size_t)len, MSG_NOSIGNAL) != len)
        return -1;
    client->state = CLIENT_SHAKING;
    return 0;
}

size_t client_frame(uint8_t *to, uint8_t opcode, const void *payload, size_t len)
{
    static const uint8_t mask[4] = {0x37, 0xfa, 0x21, 0x3d};
    const uint8_t *from = payload;
    uint8_t *at = to;
    size_t i;

    *at++ = (uint8_t)(FIN | opcode);
    if (len < 126) {
        *at++ = (uint8_t)(0x80 | len);
    } else if (len < 65536) {
        *at++ = 0x80 | 126;
        *at++ = (uint8_t)(len >> 8);
        *at++ = (uint8_t)len;
    } else {
        *at++ = 0x80 | 127;
        for (i = 8; i-- > 0;)
            *at++ = (uint8_t)((uint64_t)len >> (8 * i));
    }
    memcpy(at, mask, sizeof(mask));
    at += sizeof(mask);
    for (i = 0; i < len; i++)
        *at++ = (uint8_t)(from[i] ^ mask[i % 4]);
    return (size_t)(at - to);
}

void client_send(struct client *client, uint8_t opcode, const void *payload, size_t len)
{
    uint8_t frame[512 + 14];
    size_t size = len <= 512 ? client_frame(frame, opcode, payload, len) : 0;

    if (client->state != CLIENT_OPEN)
        return;
    if (size == 0 || send(client->fd, frame, size, MSG_NOSIGNAL) != (ssize_t)size)
        client_close(client);
}

void client_close(struct client *client)
{
    struct linger reset = {.l_onoff = 1, .l_linger = 0};

    if (client->state == CLIENT_ENDED)
        return;
    setsockopt(client->fd, SOL_SOCKET, SO_LINGER, &reset, sizeof(reset));
    close(client->fd);
    if (!client->close_code)
        client->close_code = 1006;
    client->state = CLIENT_ENDED;
}

static void end_frame(struct client *client)
{
    if (client->opcode == OP_TEXT) {
        client->texts++;
        if (client->start_len >= strlen(JOINED) &&
            memcmp(client->start, JOINED, strlen(JOINED)) == 0)
            client->has_joined = true;
    } else if (client->opcode == OP_PING)
        client_send(client, OP_PONG, client->start, client->start_len);
    else if (client->opcode == OP_CLOSE)
        client->close_code = (uint16_t)(client->start_len < 2 ? 1005
                                                              : (uint8_t)client->start[0] << 8 |
                                                                    (uint8_t)client->start[1]);
}

/* How long a frame's head is, as far as its first two bytes say. */
static size_t head_size(const uint8_t *head)
{
    unsigned len = head[1] & 0x7f;

    return len < 126 ? 2 : len == 126 ? 4 : 10;
}

static uint64_t payload_size(const uint8_t *head)
{
    unsigned len = head[1] & 0x7f, i;
    uint64_t size = 0;

    if (len < 126)
        return len;
    if (len == 126)
        return (uint64_t)head[2] << 8 | head[3];
    for (i = 0; i < 8; i++)
        size = size << 8 | head[2 + i];
    return size;
}

/* A head is whole. Returns 0, or -1: no such frame can come from a server here, where nothing is
 * compressed or fragmented. */
static int begin_frame(struct client *client, const uint8_t *head)
{
    client->opcode = head[0] & 0x0f;
    client->left = payload_size(head);
    client->start_len = 0;
    if (!(head[0] & FIN) || head[0] & 0x70 || head[1] & 0x80)
        return -1;
    if (client->left == 0)
        end_frame(client);
    return 0;
}

static void take_payload(struct client *client, const uint8_t *data, size_t len)
{
    size_t room = sizeof(client->start) - client->start_len, part = len < room ? len : room;

    if (client->is_watched || client->opcode != OP_TEXT) {
        memcpy(client->start + client->start_len, data, part);
        client->start_len = (uint8_t)(client->start_len + part);
    }
    client->left -= len;
    if (client->left == 0)
        end_frame(client);
}

/* What every frame of a busy room is: a whole one in the buffer. Returns what of `data` is done. */
static size_t take_whole(struct client *client, const uint8_t *data, size_t len)
{
    size_t done = 0;

    while (len - done >= sizeof(client->head) && data[done] == (FIN | OP_TEXT)) {
        const uint8_t *head = data + done;
        size_t skip = head_size(head), size = (size_t)payload_size(head);

        if (head[1] & 0x80 || len - done - skip < size)
            break;
        client->texts++;
        done += skip + size;
    }
    return done;
}

static int parse(struct client *client, const uint8_t *data, size_t len)
{
    while (len) {
        size_t part = 0;

        if (client->left) {
            part = client->left < len ? (size_t)client->left : len;
            take_payload(client, data, part);
        } else if (client->head_len == 0 && !client->is_watched) {
            part = take_whole(client, data, len);
        }
        if (part == 0) {
            client->head[client->head_len++] = *data;
            part = 1;
            if (client->head_len >= 2 && client->head_len == head_size(client->head)) {
                client->head_len = 0;
                if (begin_frame(client, client->head))
                    return -1;
            }
        }
        data += part;
        len -= part;
    }
    return 0;
}

/* The handshake's answer ends with an empty line; what follows are frames. */
static int take_answer(struct client *client, const uint8_t *data, size_t len)
{
    const char *end;
    size_t used;

    if (client->answer_len + len >= sizeof(client->answer))
        return -1;
    memcpy(client->answer + client->answer_len, data, len);
    client->answer_len += len;
    end = memmem(client->answer, client->answer_len, "\r\n\r\n", 4);
    if (!end)
        return 0;
    used = (size_t)(end - client->answer) + 4;
    if (strncmp(client->answer, "HTTP/1.1 101", 12) != 0 ||
        !memmem(client->answer, used, ACCEPT, strlen(ACCEPT)))
        return -1;
    client->state = CLIENT_OPEN;
    client->bytes += client->answer_len - used;
    return parse(client, (const uint8_t *)client->answer + used, client->answer_len - used);
}

int client_read(struct client *client, uint8_t *buffer, size_t max)
{
    bool is_shaking = client->state == CLIENT_SHAKING;
    ssize_t len;
    int failed;

    if (is_shaking && max > sizeof(client->answer) / 2)
        max = sizeof(client->answer) / 2;
    len = recv(client->fd, buffer, max, 0);
    if (len < 0 && (errno == EAGAIN || errno == EINTR))
        return 0;
    failed = len <= 0;
    if (!failed && is_shaking)
        failed = take_answer(client, buffer, (size_t)len);
    else if (!failed) {
        client->bytes += (uint64_t)len;
        failed = parse(client, buffer, (size_t)len);
    }
    if (failed || client->state == CLIENT_ENDED) {
        client_close(client);
        return -1;
    }
    return 1;
}
