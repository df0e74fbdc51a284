#include "origin.h"

#include "text_list.h"

#include <string.h>
#include <strings.h>

/* The bytes of `authority` without the default port of `scheme`. */
static size_t without_port(const char *authority, size_t len, const char *port)
{
    size_t port_len = strlen(port);

    if (len > port_len && memcmp(authority + len - port_len, port, port_len) == 0)
        return len - port_len;
    return len;
}

static bool is_same(const char *origin, const char *host)
{
    const char *authority = strstr(origin, "://");
    const char *port = strncasecmp(origin, "https:", 6) == 0 ? ":443" : ":80";
    size_t origin_len, host_len;

    if (!authority || !host)
        return false;
    authority += 3;
    origin_len = without_port(authority, strlen(authority), port);
    host_len = without_port(host, strlen(host), port);
    return origin_len > 0 && origin_len == host_len && strncasecmp(authority, host, host_len) == 0;
}

int origin_check_option(const char *allowed, struct problem *problem)
{
    const char *item, *scheme;
    size_t len, count = 0;

    if (strcmp(allowed, "same") == 0 || strcmp(allowed, "any") == 0)
        return 0;
    while ((item = text_list_next(&allowed, &len))) {
        scheme = memmem(item, len, "://", 3);
        if (!scheme || scheme == item || memchr(scheme + 3, '/', len - (size_t)(scheme + 3 - item)))
            return problem_set(problem, "origins", "\"%.*s\" is no origin like https://example.com",
                               (int)len, item);
        count++;
    }
    if (count == 0)
        return problem_set(problem, "origins", "is neither \"same\" nor \"any\" nor a list");
    return 0;
}

bool origin_is_allowed(const char *allowed, const char *origin, const char *host)
{
    const char *item;
    size_t len;

    if (!origin || strcmp(allowed, "any") == 0)
        return true;
    if (strcmp(allowed, "same") == 0)
        return is_same(origin, host);
    while ((item = text_list_next(&allowed, &len)))
        if (strlen(origin) == len && strncasecmp(origin, item, len) == 0)
            return true;
    return false;
}
