/* ip_addr — one internet address, IPv4 or IPv6, in one canonical form of 16 bytes.
 *
 * Shape:    network order; IPv4 is held as an IPv4-mapped IPv6 address (RFC 4291 2.5.5.2), so that
 *           1.2.3.4 and ::ffff:1.2.3.4 are the same address and compare with memcmp.
 * Owns:     nothing.
 * Borrows:  nothing.
 * Calls up: nothing.
 * Not here: what kind of address it is (ip_class), names (nothing here resolves).
 */
#ifndef LWSHOST_IP_ADDR_H
#define LWSHOST_IP_ADDR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Room for any canonical text and its NUL; the same as INET6_ADDRSTRLEN. */
#define IP_ADDR_TEXT_BYTES 46

struct ip_addr {
    uint8_t octets[16];
};

/* Read `len` bytes of text. Only what inet_pton(3) takes is an address: no ports, zones, brackets,
 * blanks, octal or short forms, so that an address has one spelling that everybody agrees on.
 * Returns 0, or -1 when it is not an address; `out` is untouched then. */
int ip_addr_parse(const char *text, size_t len, struct ip_addr *out);

/* Write the canonical text (RFC 5952; mapped IPv4 as IPv4) and a NUL to `out`. */
void ip_addr_format(const struct ip_addr *addr, char out[IP_ADDR_TEXT_BYTES]);

/* Write the network that it is in, for people: `1.2.3.*`, or the first 48 bits of an IPv6 address,
 * `2001:db8:1:*`. */
void ip_addr_format_masked(const struct ip_addr *addr, char out[IP_ADDR_TEXT_BYTES]);

/* True for IPv4, plain or mapped. Its four octets are the last four. */
bool ip_addr_is_v4(const struct ip_addr *addr);

/* True when the two are the same address. */
bool ip_addr_equal(const struct ip_addr *a, const struct ip_addr *b);

/* True when the first `bits` bits are those of `net`. For an IPv4 net of /n, `bits` is 96 + n. */
bool ip_addr_in_net(const struct ip_addr *addr, const struct ip_addr *net, unsigned bits);

#endif
