#include "ip_addr.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>

_Static_assert(IP_ADDR_TEXT_BYTES == INET6_ADDRSTRLEN, "the room for an address as text");

static const uint8_t mapped_prefix[12] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};

int ip_addr_parse(const char *text, size_t len, struct ip_addr *out)
{
    char copy[IP_ADDR_TEXT_BYTES];
    struct ip_addr addr;

    if (len == 0 || len >= sizeof(copy) || memchr(text, '\0', len))
        return -1;
    memcpy(copy, text, len);
    copy[len] = '\0';
    if (memchr(copy, ':', len)) {
        if (inet_pton(AF_INET6, copy, addr.octets) != 1)
            return -1;
    } else {
        memcpy(addr.octets, mapped_prefix, sizeof(mapped_prefix));
        if (inet_pton(AF_INET, copy, addr.octets + sizeof(mapped_prefix)) != 1)
            return -1;
    }
    *out = addr;
    return 0;
}

/* By hand, because glibc does it with sprintf, and it is done for every question and answer. */
static void format_v4(const uint8_t octets[4], char *to)
{
    size_t n;

    for (n = 0; n < 4; n++) {
        unsigned octet = octets[n];

        if (octet >= 100)
            *to++ = (char)('0' + octet / 100);
        if (octet >= 10)
            *to++ = (char)('0' + octet / 10 % 10);
        *to++ = (char)('0' + octet % 10);
        *to++ = n < 3 ? '.' : '\0';
    }
}

/* glibc's inet_ntop writes RFC 5952 but for two things: it shortens a single zero group only when
 * there are two in a row (as 5952 4.2.2 asks), and writes ::a.b.c.d for IPv4-compatible addresses,
 * which 5952 section 5 allows. */
void ip_addr_format(const struct ip_addr *addr, char out[IP_ADDR_TEXT_BYTES])
{
    if (ip_addr_is_v4(addr))
        format_v4(addr->octets + sizeof(mapped_prefix), out);
    else
        inet_ntop(AF_INET6, addr->octets, out, IP_ADDR_TEXT_BYTES);
}

void ip_addr_format_masked(const struct ip_addr *addr, char out[IP_ADDR_TEXT_BYTES])
{
    const uint8_t *at = addr->octets;

    if (ip_addr_is_v4(addr))
        snprintf(out, IP_ADDR_TEXT_BYTES, "%u.%u.%u.*", at[12], at[13], at[14]);
    else
        snprintf(out, IP_ADDR_TEXT_BYTES, "%x:%x:%x:*", (unsigned)at[0] << 8 | at[1],
                 (unsigned)at[2] << 8 | at[3], (unsigned)at[4] << 8 | at[5]);
}

bool ip_addr_is_v4(const struct ip_addr *addr)
{
    return memcmp(addr->octets, mapped_prefix, sizeof(mapped_prefix)) == 0;
}

bool ip_addr_equal(const struct ip_addr *a, const struct ip_addr *b)
{
    return memcmp(a->octets, b->octets, sizeof(a->octets)) == 0;
}

bool ip_addr_in_net(const struct ip_addr *addr, const struct ip_addr *net, unsigned bits)
{
    unsigned whole = bits / 8, rest = bits % 8;

    if (bits > 128 || memcmp(addr->octets, net->octets, whole) != 0)
        return false;
    return rest == 0 || ((addr->octets[whole] ^ net->octets[whole]) >> (8 - rest)) == 0;
}
