#include "url.h"

#include <stdlib.h>
#include <string.h>

static int check_bytes(const char *text, struct problem *problem)
{
    const char *c;

    for (c = text; *c; c++)
        if (*c <= ' ' || *c >= 127)
            return problem_set(problem, NULL, "a URL has no blanks and no bytes beyond ASCII");
    return 0;
}

static const char *read_scheme(const char *text, struct url *url)
{
    url->is_tls = strncmp(text, "https://", 8) == 0;
    if (url->is_tls)
        return text + 8;
    return strncmp(text, "http://", 7) == 0 ? text + 7 : NULL;
}

static int read_port(struct url *url, const char *text, size_t len, struct problem *problem)
{
    unsigned long port = 0;
    size_t n;

    for (n = 0; n < len && text[n] >= '0' && text[n] <= '9' && port < 65536; n++)
        port = port * 10 + (unsigned long)(text[n] - '0');
    if (n == 0 || n != len || port == 0 || port > 65535)
        return problem_set(problem, NULL, "the port \"%.*s\" is not a number from 1 to 65535",
                           (int)len, text);
    url->port = (unsigned)port;
    return 0;
}

static int read_host(struct url *url, const char *text, size_t len, bool is_bracketed,
                     struct problem *problem)
{
    static const char name_bytes[] =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-_";

    if (len == 0 || len >= URL_HOST_BYTES)
        return problem_set(problem, NULL, "the host has 1 to %d bytes", URL_HOST_BYTES - 1);
    memcpy(url->host, text, len);
    url->host[len] = 0;
    if (strspn(url->host, is_bracketed ? "0123456789abcdefABCDEF:." : name_bytes) != len)
        return problem_set(problem, NULL, "\"%s\" is not a host", url->host);
    return 0;
}

int url_parse(const char *text, struct url *url, struct problem *problem)
{
    const char *host, *end, *host_end;
    bool is_bracketed;

    if (check_bytes(text, problem))
        return -1;
    host = read_scheme(text, url);
    if (!host)
        return problem_set(problem, NULL, "a URL begins with http:// or https://");
    end = host + strcspn(host, "/?#");
    if (memchr(host, '@', (size_t)(end - host)))
        return problem_set(problem, NULL, "a URL must not hold a user or a password");
    if (*end == '?')
        return problem_set(problem, NULL, "the path before \"?\" is missing, at least \"/\"");
    if (strchr(end, '#'))
        return problem_set(problem, NULL, "a fragment (#) is not sent to a server");
    url->authority = host;
    url->authority_bytes = (size_t)(end - host);
    url->target = end;
    url->port = url->is_tls ? 443 : 80;
    is_bracketed = host[0] == '[';
    host += is_bracketed;
    host_end = host + strcspn(host, is_bracketed ? "]/?" : ":/?");
    if (is_bracketed && *host_end != ']')
        return problem_set(problem, NULL, "\"[\" without \"]\"");
    if (read_host(url, host, (size_t)(host_end - host), is_bracketed, problem))
        return -1;
    host_end += is_bracketed;
    if (host_end == end)
        return 0;
    if (*host_end != ':')
        return problem_set(problem, NULL, "the host is followed by a port, a path or nothing");
    return read_port(url, host_end + 1, (size_t)(end - host_end - 1), problem);
}

bool url_same_origin(const struct url *url, const struct url *other)
{
    return url->is_tls == other->is_tls && url->authority_bytes == other->authority_bytes &&
           memcmp(url->authority, other->authority, url->authority_bytes) == 0;
}
