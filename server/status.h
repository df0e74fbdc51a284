/* status — the host's own protocol for who watches over it: "lwshost-status".
 *
 * Shape:    HTTP only, for callback://lwshost-status mounts. What is answered the last part of the
 *           path says: `healthz` whether the server serves, `metrics` its numbers, for the networks
 *           of the option `admin-net` only.
 * Owns:     its sessions' answers.
 * Borrows:  the site that is the vhost's user pointer.
 * Calls up: server_report.
 */
#ifndef LWSHOST_STATUS_H
#define LWSHOST_STATUS_H

#include "plugin_set.h"

#define STATUS_PROTOCOL "lwshost-status"

/* Fill in the protocol, which no plugin has to be loaded for. */
void status_protocol(struct plugin_protocol *out);

#endif
