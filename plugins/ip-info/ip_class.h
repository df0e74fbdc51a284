/* ip_class — what kind of address one is, by the special-purpose registries of IANA.
 *
 * Shape:    a constant table of nets, the narrower before the wider.
 * Owns:     nothing.
 * Borrows:  nothing.
 * Calls up: nothing.
 * Not here: parsing and printing (ip_addr), who is asked about a public address (lookup).
 */
#ifndef LWSHOST_IP_CLASS_H
#define LWSHOST_IP_CLASS_H

#include "ip_addr.h"

enum ip_kind {
    IP_KIND_PUBLIC, /* the only kind that a provider is asked about */
    IP_KIND_PRIVATE,
    IP_KIND_SHARED,
    IP_KIND_LOOPBACK,
    IP_KIND_LINK_LOCAL,
    IP_KIND_DOCUMENTATION,
    IP_KIND_BENCHMARK,
    IP_KIND_MULTICAST,
    IP_KIND_BROADCAST,
    IP_KIND_UNSPECIFIED,
    IP_KIND_DISCARD,
    IP_KIND_TEREDO,
    IP_KIND_ORCHID,
    IP_KIND_6TO4,
    IP_KIND_RESERVED,
    IP_KIND_COUNT
};

/* The address that a question about `addr` is really about: the IPv4 address inside 64:ff9b::/96
 * (NAT64, RFC 6052), `addr` itself otherwise. */
struct ip_addr ip_class_subject(const struct ip_addr *addr);

/* The kind of `addr`; for NAT64 the kind of its subject. */
enum ip_kind ip_class_of(const struct ip_addr *addr);

/* The kind's name in answers, like "link-local". */
const char *ip_kind_name(enum ip_kind kind);

#endif
