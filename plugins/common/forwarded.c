#include "forwarded.h"

#include <string.h>

const char *const client_header_words[] = {
    [CLIENT_HEADER_X_FORWARDED_FOR] = "x-forwarded-for",
    [CLIENT_HEADER_X_REAL_IP] = "x-real-ip",
    NULL,
};

static bool is_blank(char c) { return c == ' ' || c == '\t'; }

/* What is left of `*len` bytes in front of the last comma goes to `*len`; the element behind it is
 * returned, without blanks around it. */
static const char *last_element(const char *values, size_t *len, size_t *element_len)
{
    size_t start = *len, end = *len;

    while (start > 0 && values[start - 1] != ',')
        start--;
    *len = start > 0 ? start - 1 : 0;
    while (end > start && is_blank(values[end - 1]))
        end--;
    while (start < end && is_blank(values[start]))
        start++;
    *element_len = end - start;
    return values + start;
}

static bool is_port(const char *text, size_t len)
{
    size_t n;

    if (len < 2 || len > 6 || text[0] != ':')
        return false;
    for (n = 1; n < len; n++)
        if (text[n] < '0' || text[n] > '9')
            return false;
    return true;
}

/* As ip_addr_parse; some proxies write a port too, and IPv6 in brackets. */
static int read_element(const char *text, size_t len, struct ip_addr *out)
{
    const char *end = len ? memchr(text, text[0] == '[' ? ']' : ':', len) : NULL;
    size_t address_len = end ? (size_t)(end - text) : len;

    if (len && text[0] == '[') {
        if (!end || (address_len + 1 < len && !is_port(end + 1, len - address_len - 1)) ||
            !memchr(text, ':', address_len))
            return -1;
        return ip_addr_parse(text + 1, address_len - 1, out);
    }
    if (end && is_port(end, len - address_len))
        len = address_len;
    return ip_addr_parse(text, len, out);
}

bool forwarded_client(const struct ip_addr *peer, const struct ip_nets *trusted, const char *values,
                      size_t len, struct ip_addr *out)
{
    bool has_address = peer != NULL;
    bool is_trusted = peer ? ip_nets_have(trusted, peer) : trusted->has_unix;
    size_t left = values ? len : 0;

    if (peer)
        *out = *peer;
    while (is_trusted && left > 0) {
        size_t element_len;
        const char *element = last_element(values, &left, &element_len);

        if (element_len == 0)
            continue;
        if (read_element(element, element_len, out))
            break;
        has_address = true;
        is_trusted = ip_nets_have(trusted, out);
    }
    return has_address;
}
