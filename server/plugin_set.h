/* plugin_set — the protocol plugins that are loaded, found by the protocols that somebody names.
 *
 * Shape:    the folders to search, in order, and the plugins found so far.
 * Owns:     the loaded plugins, until plugin_set_free: after the context that uses their protocols
 *           is destroyed.
 * Borrows:  the names of the folders.
 * Calls up: nothing.
 * Not here: which file names to try (plugin_name).
 */
#ifndef LWSHOST_PLUGIN_SET_H
#define LWSHOST_PLUGIN_SET_H

#include "bytes.h"
#include "host_hooks.h"
#include "log.h"

struct plugin_set;

/* A protocol and what its plugin has to say to a host; both live as long as the set. */
struct plugin_protocol {
    const struct lws_protocols *protocol;
    const struct lwshost_hooks *hooks; /* NULL when the plugin has none */
};

/* An empty set that searches `folders`; the array is copied, the names are borrowed.
 * Returns NULL when memory is short. */
struct plugin_set *plugin_set_new(const char *const *folders, size_t count, const struct log *log);

/* Find the protocol called `name`, loading its plugin when none that is loaded has it. Files of a
 * fitting name are tried first, folder by folder, and then every other plugin file of the folders.
 * why: gets the reason, one line, when it is not found.
 * Returns 0, or -1 when it is not found. */
int plugin_set_find(struct plugin_set *set, const char *name, struct plugin_protocol *out,
                    struct bytes *why);

/* Unload everything; NULL is fine. */
void plugin_set_free(struct plugin_set *set);

#endif
