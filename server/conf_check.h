/* conf_check — what keys mean together: a mount's origin, a vhost's address, TLS that is half
 * there, protocols that a mount names.
 *
 * Shape:    functions on a reader that stands at the object.
 * Owns:     nothing.
 * Borrows:  everything during the call.
 * Calls up: env->complain, through the reader.
 */
#ifndef LWSHOST_CONF_CHECK_H
#define LWSHOST_CONF_CHECK_H

#include "conf_reader.h"

/* Split the origin of a mount, whose keys are all right one by one, into scheme and rest, and check
 * that it can work. Returns 0, or -1 after a complaint. */
int conf_check_mount(struct conf_reader *reader, struct conf_mount *mount);

/* Check a vhost whose keys and mounts are all right one by one. Returns 0, or -1 after a
 * complaint. */
int conf_check_vhost(struct conf_reader *reader, struct conf_vhost *vhost);

/* Check what the "global" at `place` was given, all right key by key. Returns 0, or -1 after a
 * complaint. */
int conf_check_global(struct conf_reader *reader, const struct conf_place *place,
                      const struct conf_global *global);

/* Check that no two vhosts share name and port. Returns 0, or -1 after a complaint. */
int conf_check_whole(struct conf_reader *reader);

#endif
