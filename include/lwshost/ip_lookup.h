/* lwshost/ip_lookup.h — a local address database in a libwebsockets server of your own
 * (liblwshost-ip-lookup.a), as a provider for ip-info or on its own.
 *
 * Add the protocol to your vhost's, name it in its per-vhost options with at least `database`, and
 * give it a path, as with lwshost/ip_info.h. Requests and options: docs/ip-lookup.md.
 *
 * Requests are answered on the thread that runs the context's loop, and these functions are for
 * that thread. The library has no constructors, and no names but those below.
 */
#ifndef LWSHOST_IP_LOOKUP_H
#define LWSHOST_IP_LOOKUP_H

#include <libwebsockets.h>

#ifdef __cplusplus
extern "C" {
#endif

/* The protocol "ip-lookup". The struct is constant and lives as long as the program. */
const struct lws_protocols *lws_ip_lookup_protocol(void);

/* Look at the options of one vhost without opening the database.
 * options: the list that "ip-lookup" gets; may be NULL.
 * Returns 0, or -1 when one is wrong; then `why` (`size` bytes; NULL with 0 when nobody asks) says
 * which and what about it, in one line. */
int lws_ip_lookup_check(const struct lws_protocol_vhost_options *options, char *why, size_t size);

/* Why the database of `vhost` could not be opened. It is opened with the first turn of the loop;
 * the reason is in lws's log, too, and requests are answered with 503. Returns NULL when it is
 * open, was not tried yet, or is not there; the text lives as long as the vhost. */
const char *lws_ip_lookup_problem(struct lws_vhost *vhost);

#ifdef __cplusplus
}
#endif

#endif
