/* lwshost/ip_info.h — address lookups in a libwebsockets server of your own (liblwshost-ip-info.a).
 *
 * Add the protocol to your vhost's, name it in its per-vhost options, and give it a path:
 *
 *     const struct lws_protocols *protocols[] = {&http, lws_ip_info_protocol(), NULL};
 *     const struct lws_protocol_vhost_options lookups = {NULL, options, "ip-info", ""};
 *     const struct lws_http_mount mount = {.mountpoint = "/ip-info", .mountpoint_len = 8,
 *         .origin_protocol = LWSMPRO_CALLBACK, .origin = "ip-info", .protocol = "ip-info"};
 *     info.pprotocols = protocols;
 *     info.pvo = &lookups;
 *     info.mounts = &mount;
 *
 * For an `info.protocols` array of structs copy it in:
 * `protocols[1] = *lws_ip_info_protocol();`. Each vhost has a cache and connections of its own.
 * What can be asked, and all options, the providers above all: docs/ip-info.md.
 *
 * Everything but name resolution happens on the thread that runs the context's loop, whichever loop
 * that is, and these functions are for that thread. The library has no constructors, and no names
 * but those below.
 */
#ifndef LWSHOST_IP_INFO_H
#define LWSHOST_IP_INFO_H

#include <libwebsockets.h>

#ifdef __cplusplus
extern "C" {
#endif

/* The protocol "ip-info". The struct is constant and lives as long as the program. */
const struct lws_protocols *lws_ip_info_protocol(void);

/* Look at the options of one vhost without starting anything or asking anybody.
 * options: the list that "ip-info" gets; may be NULL.
 * Returns 0, or -1 when one is wrong; then `why` (`size` bytes; NULL with 0 when nobody asks) says
 * which and what about it, in one line. */
int lws_ip_info_check(const struct lws_protocol_vhost_options *options, char *why, size_t size);

/* Why the lookups of `vhost` could not start. They start with the first turn of the loop; the
 * reason is in lws's log, too, and requests are answered with 503. Returns NULL when they run, did
 * not start yet, or are not there; the text lives as long as the vhost. */
const char *lws_ip_info_problem(struct lws_vhost *vhost);

/* Begin to stop: new requests are answered with 503. Then run the loop until lws_ip_info_pending
 * returns 0, or patience ends; no answer takes longer than the option `deadline-ms` allows. */
void lws_ip_info_stop(struct lws_vhost *vhost);

/* How many answers of `vhost` have not ended yet. */
unsigned lws_ip_info_pending(struct lws_vhost *vhost);

#ifdef __cplusplus
}
#endif

#endif
