#include "ip_class.h"

#include <string.h>

#define V4(a, b, c, d)                                                                             \
    {                                                                                              \
        {                                                                                          \
            0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, a, b, c, d                                   \
        }                                                                                          \
    }
#define V6(a, b, c, d, e, f)                                                                       \
    {                                                                                              \
        {                                                                                          \
            a, b, c, d, e, f                                                                       \
        }                                                                                          \
    }

struct net {
    struct ip_addr addr;
    unsigned bits; /* of the 128; an IPv4 /n is 96 + n */
    enum ip_kind kind;
};

/* iana-ipv4-special-registry, RFC 6890, RFC 5771. 192.0.0.9 and .10 are the two anycast addresses
 * of 192.0.0.0/24 that are globally reachable. */
static const struct net v4_nets[] = {
    {V4(0, 0, 0, 0), 128, IP_KIND_UNSPECIFIED},
    {V4(0, 0, 0, 0), 96 + 8, IP_KIND_RESERVED},
    {V4(10, 0, 0, 0), 96 + 8, IP_KIND_PRIVATE},
    {V4(100, 64, 0, 0), 96 + 10, IP_KIND_SHARED},
    {V4(127, 0, 0, 0), 96 + 8, IP_KIND_LOOPBACK},
    {V4(169, 254, 0, 0), 96 + 16, IP_KIND_LINK_LOCAL},
    {V4(172, 16, 0, 0), 96 + 12, IP_KIND_PRIVATE},
    {V4(192, 0, 0, 9), 128, IP_KIND_PUBLIC},
    {V4(192, 0, 0, 10), 128, IP_KIND_PUBLIC},
    {V4(192, 0, 0, 0), 96 + 24, IP_KIND_RESERVED},
    {V4(192, 0, 2, 0), 96 + 24, IP_KIND_DOCUMENTATION},
    {V4(192, 88, 99, 0), 96 + 24, IP_KIND_RESERVED},
    {V4(192, 168, 0, 0), 96 + 16, IP_KIND_PRIVATE},
    {V4(198, 18, 0, 0), 96 + 15, IP_KIND_BENCHMARK},
    {V4(198, 51, 100, 0), 96 + 24, IP_KIND_DOCUMENTATION},
    {V4(203, 0, 113, 0), 96 + 24, IP_KIND_DOCUMENTATION},
    {V4(224, 0, 0, 0), 96 + 4, IP_KIND_MULTICAST},
    {V4(255, 255, 255, 255), 128, IP_KIND_BROADCAST},
    {V4(240, 0, 0, 0), 96 + 4, IP_KIND_RESERVED},
};

/* iana-ipv6-special-registry. What is outside 2000::/3 and not listed is not assigned as unicast.
 */
static const struct net v6_nets[] = {
    {V6(0, 0, 0, 0, 0, 0), 128, IP_KIND_UNSPECIFIED},
    {{{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1}}, 128, IP_KIND_LOOPBACK},
    {V6(0x00, 0x64, 0xff, 0x9b, 0x00, 0x01), 48, IP_KIND_PRIVATE},
    {V6(0x01, 0x00, 0, 0, 0, 0), 64, IP_KIND_DISCARD},
    {V6(0x20, 0x01, 0x00, 0x00, 0, 0), 32, IP_KIND_TEREDO},
    {V6(0x20, 0x01, 0x00, 0x02, 0, 0), 48, IP_KIND_BENCHMARK},
    {V6(0x20, 0x01, 0x00, 0x20, 0, 0), 28, IP_KIND_ORCHID},
    {V6(0x20, 0x01, 0x00, 0x00, 0, 0), 23, IP_KIND_RESERVED},
    {V6(0x20, 0x01, 0x0d, 0xb8, 0, 0), 32, IP_KIND_DOCUMENTATION},
    {V6(0x20, 0x02, 0, 0, 0, 0), 16, IP_KIND_6TO4},
    {V6(0x3f, 0xff, 0, 0, 0, 0), 20, IP_KIND_DOCUMENTATION},
    {V6(0x5f, 0x00, 0, 0, 0, 0), 16, IP_KIND_RESERVED},
    {V6(0xfc, 0x00, 0, 0, 0, 0), 7, IP_KIND_PRIVATE},
    {V6(0xfe, 0x80, 0, 0, 0, 0), 10, IP_KIND_LINK_LOCAL},
    {V6(0xfe, 0xc0, 0, 0, 0, 0), 10, IP_KIND_PRIVATE},
    {V6(0xff, 0x00, 0, 0, 0, 0), 8, IP_KIND_MULTICAST},
    {V6(0x20, 0x00, 0, 0, 0, 0), 3, IP_KIND_PUBLIC},
};

static const struct ip_addr nat64_net = V6(0x00, 0x64, 0xff, 0x9b, 0, 0);

static enum ip_kind find(const struct net *nets, size_t count, const struct ip_addr *addr,
                         enum ip_kind fallback)
{
    size_t n;

    for (n = 0; n < count; n++)
        if (ip_addr_in_net(addr, &nets[n].addr, nets[n].bits))
            return nets[n].kind;
    return fallback;
}

struct ip_addr ip_class_subject(const struct ip_addr *addr)
{
    struct ip_addr subject = V4(0, 0, 0, 0);

    if (!ip_addr_in_net(addr, &nat64_net, 96))
        return *addr;
    memcpy(subject.octets + 12, addr->octets + 12, 4);
    return subject;
}

enum ip_kind ip_class_of(const struct ip_addr *addr)
{
    struct ip_addr subject = ip_class_subject(addr);

    if (ip_addr_is_v4(&subject))
        return find(v4_nets, sizeof(v4_nets) / sizeof(v4_nets[0]), &subject, IP_KIND_PUBLIC);
    return find(v6_nets, sizeof(v6_nets) / sizeof(v6_nets[0]), &subject, IP_KIND_RESERVED);
}

const char *ip_kind_name(enum ip_kind kind)
{
    static const char *const names[IP_KIND_COUNT] = {
        [IP_KIND_PUBLIC] = "public",         [IP_KIND_PRIVATE] = "private",
        [IP_KIND_SHARED] = "shared",         [IP_KIND_LOOPBACK] = "loopback",
        [IP_KIND_LINK_LOCAL] = "link-local", [IP_KIND_DOCUMENTATION] = "documentation",
        [IP_KIND_BENCHMARK] = "benchmark",   [IP_KIND_MULTICAST] = "multicast",
        [IP_KIND_BROADCAST] = "broadcast",   [IP_KIND_UNSPECIFIED] = "unspecified",
        [IP_KIND_DISCARD] = "discard",       [IP_KIND_TEREDO] = "teredo",
        [IP_KIND_ORCHID] = "orchid",         [IP_KIND_6TO4] = "6to4",
        [IP_KIND_RESERVED] = "reserved",
    };

    return names[kind];
}
