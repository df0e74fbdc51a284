/* mounts — the mounts of a vhost as libwebsockets' linked list.
 *
 * Shape:    callback mounts from the shortest mountpoint to the longest, then the others in the
 *           order of the file: lws up to 4.5 lets a callback mount win over every longer one that
 *           it has seen before, so the list must not have any before it.
 * Owns:     nothing; the arena does.
 * Borrows:  the texts of the conf, as long as the vhost lives.
 * Calls up: nothing.
 */
#ifndef LWSHOST_MOUNTS_H
#define LWSHOST_MOUNTS_H

#include "arena.h"
#include "conf.h"

#include <libwebsockets.h>

/* Build the list. out: NULL when there are no mounts. Returns 0, or -1 when memory is short. */
int mounts_build(const struct conf_vhost *vhost, struct arena *arena, struct lws_http_mount **out);

#endif
