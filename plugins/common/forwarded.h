/* forwarded — who a request comes from when proxies stand in between.
 *
 * Shape:    one decision over the peer of the connection and the text of X-Forwarded-For.
 * Owns:     nothing.
 * Borrows:  its arguments, during a call.
 * Calls up: nothing.
 * Not here: how lws keeps the header (client_address.h).
 *
 * Each proxy appends the address that it was called from, so that only what stands on the right,
 * written by proxies of ours, is to be believed; what a client wrote itself stands to the left.
 */
#ifndef LWSHOST_FORWARDED_H
#define LWSHOST_FORWARDED_H

#include "ip_net.h"

/* The header that names the client; an option chooses by client_header_words. Others than these lws
 * does not keep on HTTP/2, and of several lines on HTTP/1 it tells but one. */
enum client_header { CLIENT_HEADER_X_FORWARDED_FOR, CLIENT_HEADER_X_REAL_IP };

/* NULL-terminated, for OPTION_CHOICE. */
extern const char *const client_header_words[];

/* Find the client's address: from the peer to the left as long as the address is of `trusted`; the
 * first one that is not is the client's. When all are, it is the leftmost one. At what is no
 * address, the last trusted one counts. Ports (`1.2.3.4:5`, `[::1]:5`) and brackets are left out,
 * empty elements passed over.
 * peer: the other end of the connection, or NULL for a unix socket.
 * values: all lines of the header in order, commas between them; NULL for none.
 * Returns true with `out` filled, or false when there is no address: a unix socket that is not
 * trusted, or says nothing. O(len), and for each address the length of the list. */
bool forwarded_client(const struct ip_addr *peer, const struct ip_nets *trusted, const char *values,
                      size_t len, struct ip_addr *out);

#endif
