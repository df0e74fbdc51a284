#include "link.h"

#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <unistd.h>

int link_open(struct link *link, uint16_t port)
{
    struct sockaddr_in address = {
        .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK), .sin_port = htons(port)};
    int one = 1;

    link->len = 0;
    link->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (link->fd < 0)
        return -1;
    setsockopt(link->fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));
    if (connect(link->fd, (struct sockaddr *)&address, sizeof(address)) == 0)
        return 0;
    link_close(link);
    return -1;
}

void link_close(struct link *link)
{
    if (link->fd >= 0)
        close(link->fd);
    link->fd = -1;
}

int link_send(struct link *link, const char *request, size_t len)
{
    return send(link->fd, request, len, MSG_NOSIGNAL) == (ssize_t)len ? 0 : -1;
}

/* The value of Content-Length in a head, or -1. */
static long length_of(const char *head, size_t len)
{
    static const char name[] = "content-length:";
    const char *line = head, *end = head + len;

    while ((line = memchr(line, '\n', (size_t)(end - line))) != NULL) {
        line++;
        if ((size_t)(end - line) > sizeof(name) && strncasecmp(line, name, sizeof(name) - 1) == 0)
            return strtol(line + sizeof(name) - 1, NULL, 10);
    }
    return -1;
}

/* Returns 1 when an answer is at the front of the input, 0 when not all of it is, -1 when it is
 * none. */
static int parse(struct link *link)
{
    const char *head_end = memmem(link->input, link->len, "\r\n\r\n", 4);
    size_t head_bytes;
    long length;

    if (!head_end)
        return link->len == LINK_ANSWER_BYTES ? -1 : 0;
    head_bytes = (size_t)(head_end - link->input) + 4;
    length = length_of(link->input, head_bytes);
    if (length < 0 || (size_t)length > LINK_ANSWER_BYTES - head_bytes ||
        strncmp(link->input, "HTTP/1.1 ", 9) != 0)
        return -1;
    if (link->len < head_bytes + (size_t)length)
        return 0;
    if (link->len > head_bytes + (size_t)length) /* nobody has asked for more */
        return -1;
    link->status = (unsigned)strtoul(link->input + 9, NULL, 10);
    link->body = link->input + head_bytes;
    link->body_bytes = (size_t)length;
    return 1;
}

int link_read(struct link *link)
{
    ssize_t len =
        recv(link->fd, link->input + link->len, LINK_ANSWER_BYTES - link->len, MSG_DONTWAIT);
    int result = -1;

    if (len < 0 && (errno == EAGAIN || errno == EINTR))
        return 0;
    if (len > 0) {
        link->len += (size_t)len;
        link->input[link->len] = '\0';
        result = parse(link);
    }
    if (result < 0)
        link_close(link);
    else if (result > 0)
        link->len = 0;
    return result;
}
