#include "loopback_url.h"

#include "ip_addr.h"

#include <ctype.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* The host of a URL, and NULL or its port's digits; `end` is behind the port. */
struct authority {
    const char *host;
    size_t host_len;
    const char *port, *end;
};

/* Past `scheme://`, or NULL when `text` does not begin so (RFC 3986 3.1). */
static const char *skip_scheme(const char *text)
{
    const char *at = text;

    if (!isalpha((unsigned char)*at))
        return NULL;
    while (isalnum((unsigned char)*at) || (*at && strchr("+-.", *at)))
        at++;
    return strncmp(at, "://", 3) ? NULL : at + 3;
}

static bool split(const char *text, struct authority *out)
{
    const char *at = skip_scheme(text);

    if (!at)
        return false;
    if (*at == '[') {
        out->host = ++at;
        out->host_len = strcspn(at, "]/?#");
        at += out->host_len;
        if (*at++ != ']')
            return false;
    } else {
        out->host = at;
        out->host_len = strcspn(at, ":/?#@");
        at += out->host_len;
    }
    if (*at != ':')
        return false;
    out->port = ++at;
    while (isdigit((unsigned char)*at))
        at++;
    out->end = at;
    return at > out->port && at - out->port <= 5 && (!*at || strchr("/?#", *at));
}

static bool is_loopback(const char *host, size_t length)
{
    static const struct ip_addr v6 = {.octets = {[15] = 1}};
    struct ip_addr addr;

    if (length == 9 && strncasecmp(host, "localhost", 9) == 0)
        return true;
    if (ip_addr_parse(host, length, &addr))
        return false;
    return (ip_addr_is_v4(&addr) && addr.octets[12] == 127) || ip_addr_equal(&addr, &v6);
}

int loopback_url_move(const char *text, const struct moved_port *moved, size_t count, char **out)
{
    struct authority authority;
    unsigned long port;
    size_t n;

    *out = NULL;
    if (!split(text, &authority) || !is_loopback(authority.host, authority.host_len))
        return 0;
    port = strtoul(authority.port, NULL, 10);
    for (n = 0; n < count && moved[n].from != port; n++)
        ;
    if (n == count || moved[n].to == port)
        return 0;
    if (asprintf(out, "%.*s%u%s", (int)(authority.port - text), text, moved[n].to, authority.end) <
        0) {
        *out = NULL;
        return -1;
    }
    return 0;
}
