/* ip_net — a list of networks as an option names them: `10.0.0.0/8, ::1, unix`.
 *
 * Shape:    at most IP_NETS_MAX networks; all-zero is an empty list, which has nobody in it.
 * Owns:     nothing; the list is a plain value.
 * Borrows:  nothing; the option's text is not needed after it was read.
 * Calls up: nothing.
 * Not here: what membership means (forwarded.h).
 */
#ifndef LWSHOST_IP_NET_H
#define LWSHOST_IP_NET_H

#include "ip_addr.h"
#include "problem.h"

#define IP_NETS_MAX 64

struct ip_net {
    struct ip_addr base;
    unsigned bits; /* of the 128; for an IPv4 /n it is 96 + n */
};

struct ip_nets {
    struct ip_net nets[IP_NETS_MAX];
    size_t count;
    bool has_unix; /* peers on unix sockets, which have no address */
};

/* Read a list of addresses and networks, with commas or blanks between them; the word `unix` stands
 * for peers on unix sockets. An address alone is a network of one. A network with bits behind its
 * length (10.0.0.1/8) is refused: one of the two was meant, and nobody can tell which.
 * text: NULL or empty for nobody. name: the option's, for the message.
 * Returns 0, or -1 with `problem` filled; `out` is an empty list then. */
int ip_nets_parse(struct ip_nets *out, const char *text, const char *name, struct problem *problem);

/* Whether the address is in one of them. A network of IPv6 has no IPv4 addresses in it, not even
 * ::/0. O(count). */
bool ip_nets_have(const struct ip_nets *nets, const struct ip_addr *addr);

#endif
