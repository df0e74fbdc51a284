/* status_options — the options of the host's protocol "lwshost-status".
 *
 * Shape:    one struct, filled through a table (options.h).
 * Owns:     nothing.
 * Borrows:  the texts, from the vhost's options.
 * Calls up: nothing.
 */
#ifndef LWSHOST_STATUS_OPTIONS_H
#define LWSHOST_STATUS_OPTIONS_H

#include "options.h"

struct status_options {
    const char *admin_net; /* as in ip_net.h */
};

#define STATUS_OPTIONS 1

extern const struct option status_option_table[STATUS_OPTIONS];

#endif
