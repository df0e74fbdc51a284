#include "listen_addr.h"

#include <arpa/inet.h>
#include <errno.h>
#include <ifaddrs.h>
#include <net/if.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

static bool has_ipv6(void)
{
    int fd = socket(AF_INET6, SOCK_STREAM | SOCK_CLOEXEC, 0);

    if (fd < 0)
        return false;
    close(fd);
    return true;
}

static int find_any(const struct listen_wish *wish, struct listen_addr *out,
                    struct problem *problem)
{
    if (wish->only_ipv6) {
        if (wish->no_ipv6 || !has_ipv6())
            return problem_set(problem, NULL, "IPv6 alone is asked for, and there is none");
        out->kind = LISTEN_ANY_V6;
    } else
        out->kind = wish->no_ipv6 || !has_ipv6() ? LISTEN_ANY_V4 : LISTEN_ANY;
    return 0;
}

static int find_path(const char *path, struct listen_addr *out, struct problem *problem)
{
    if (!path || !*path)
        return problem_set(problem, NULL, "the path of the unix socket is missing");
    if (strlen(path) >= sizeof(((struct sockaddr_un *)NULL)->sun_path))
        return problem_set(problem, NULL, "\"%s\" is too long for a unix socket", path);
    out->kind = LISTEN_UNIX;
    out->path = path;
    return 0;
}

static int take_address(const struct listen_wish *wish, const struct ip_addr *addr,
                        struct listen_addr *out, struct problem *problem)
{
    out->kind = ip_addr_is_v4(addr) ? LISTEN_V4 : LISTEN_V6;
    ip_addr_format(addr, out->text);
    if (out->kind == LISTEN_V6 && wish->no_ipv6)
        return problem_set(problem, NULL, "%s is an IPv6 address, and noipv6 is set", out->text);
    return 0;
}

static bool address_of(const struct sockaddr *from, struct ip_addr *out)
{
    char text[IP_ADDR_TEXT_BYTES];
    const void *raw;

    if (!from || (from->sa_family != AF_INET && from->sa_family != AF_INET6))
        return false;
    if (from->sa_family == AF_INET)
        raw = &((const struct sockaddr_in *)(const void *)from)->sin_addr;
    else
        raw = &((const struct sockaddr_in6 *)(const void *)from)->sin6_addr;
    return inet_ntop(from->sa_family, raw, text, sizeof(text)) &&
           ip_addr_parse(text, strlen(text), out) == 0;
}

static int find_interface(const struct listen_wish *wish, struct listen_addr *out,
                          struct problem *problem)
{
    struct ip_addr addr, best = {{0}};
    struct ifaddrs *all, *at;
    bool is_there = false, has_best = false;

    if (getifaddrs(&all))
        return problem_set(problem, NULL, "the interfaces can't be listed: %s", strerror(errno));
    for (at = all; at; at = at->ifa_next) {
        if (strcmp(at->ifa_name, wish->interface))
            continue;
        is_there = true;
        if (!address_of(at->ifa_addr, &addr) ||
            (ip_addr_is_v4(&addr) ? wish->only_ipv6 : wish->no_ipv6))
            continue;
        if (!has_best || (ip_addr_is_v4(&addr) && !ip_addr_is_v4(&best)))
            best = addr;
        has_best = true;
    }
    freeifaddrs(all);
    if (!is_there)
        return problem_set(problem, NULL, "\"%s\" is neither an address nor an interface",
                           wish->interface);
    if (!has_best)
        return problem_set(problem, NULL, "interface \"%s\" has no address", wish->interface);
    return take_address(wish, &best, out, problem);
}

int listen_addr_find(const struct listen_wish *wish, struct listen_addr *out,
                     struct problem *problem)
{
    struct ip_addr addr;

    memset(out, 0, sizeof(*out));
    if (wish->is_path)
        return find_path(wish->interface, out, problem);
    if (!wish->interface || !*wish->interface)
        return find_any(wish, out, problem);
    if (ip_addr_parse(wish->interface, strlen(wish->interface), &addr) == 0)
        return take_address(wish, &addr, out, problem);
    return find_interface(wish, out, problem);
}

static socklen_t fill_v4(const struct listen_addr *addr, unsigned port, struct sockaddr_in *out)
{
    out->sin_family = AF_INET;
    out->sin_port = htons((uint16_t)port);
    if (addr->kind == LISTEN_V4)
        inet_pton(AF_INET, addr->text, &out->sin_addr);
    return sizeof(*out);
}

static socklen_t fill_v6(const struct listen_addr *addr, unsigned port, struct sockaddr_in6 *out)
{
    out->sin6_family = AF_INET6;
    out->sin6_port = htons((uint16_t)port);
    if (addr->kind == LISTEN_V6)
        inet_pton(AF_INET6, addr->text, &out->sin6_addr);
    return sizeof(*out);
}

/* lws removes whatever has the path of a unix socket before it binds: nothing that is not a socket,
 * and none that somebody listens on, must be there. */
static int try_path(const char *path)
{
    struct sockaddr_un name = {.sun_family = AF_UNIX};
    struct stat about;
    int fd, result = 0;

    if (*path == '@' || lstat(path, &about))
        return 0;
    if (!S_ISSOCK(about.st_mode))
        return EEXIST;
    fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0)
        return errno;
    memcpy(name.sun_path, path, strlen(path));
    if (connect(fd, (const struct sockaddr *)(const void *)&name, sizeof(name)) == 0)
        result = EADDRINUSE;
    close(fd);
    return result;
}

int listen_addr_try(const struct listen_addr *addr, unsigned port)
{
    bool is_v4 = addr->kind == LISTEN_V4 || addr->kind == LISTEN_ANY_V4;
    union {
        struct sockaddr any;
        struct sockaddr_in v4;
        struct sockaddr_in6 v6;
    } name;
    socklen_t length;
    int fd, result = 0, on = 1, only = addr->kind == LISTEN_ANY_V6;

    if (addr->kind == LISTEN_UNIX)
        return try_path(addr->path);
    memset(&name, 0, sizeof(name));
    length = is_v4 ? fill_v4(addr, port, &name.v4) : fill_v6(addr, port, &name.v6);
    fd = socket(is_v4 ? AF_INET : AF_INET6, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0)
        return errno;
    if (setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on)) ||
        (!is_v4 && setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &only, sizeof(only))) ||
        bind(fd, &name.any, length) || listen(fd, 1))
        result = errno;
    close(fd);
    return result;
}

bool listen_addr_equal(const struct listen_addr *a, const struct listen_addr *b)
{
    if (a->kind != b->kind)
        return false;
    return a->kind == LISTEN_UNIX ? strcmp(a->path, b->path) == 0 : strcmp(a->text, b->text) == 0;
}

void listen_addr_url(const struct listen_addr *addr, bool is_tls, unsigned port, char *out,
                     size_t bytes)
{
    const char *scheme = is_tls ? "https" : "http";

    switch (addr->kind) {
    case LISTEN_UNIX:
        snprintf(out, bytes, "unix:%s", addr->path);
        break;
    case LISTEN_ANY:
    case LISTEN_ANY_V4:
        snprintf(out, bytes, "%s://127.0.0.1:%u/", scheme, port);
        break;
    case LISTEN_ANY_V6:
        snprintf(out, bytes, "%s://[::1]:%u/", scheme, port);
        break;
    case LISTEN_V4:
        snprintf(out, bytes, "%s://%s:%u/", scheme, addr->text, port);
        break;
    case LISTEN_V6:
        snprintf(out, bytes, "%s://[%s]:%u/", scheme, addr->text, port);
        break;
    }
}
