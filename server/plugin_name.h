/* plugin_name — which plugin file may provide a protocol, by libwebsockets' rules for file names.
 *
 * Shape:    pure functions on fixed buffers. The base name of a plugin file is what stands behind
 *           the first '_' or '-' up to the first '.': libprotocol_chat_room.so → chat_room; it is
 *           also the name of the symbol that the file exports.
 * Owns:     nothing.
 * Borrows:  nothing after a call returns.
 * Calls up: nothing.
 * Not here: looking into folders and loading (plugins).
 */
#ifndef LWSHOST_PLUGIN_NAME_H
#define LWSHOST_PLUGIN_NAME_H

#include <stdbool.h>

#define PLUGIN_NAME_BYTES 64 /* lws's bound on a base name, its NUL included */
#define PLUGIN_NAME_MIN 6    /* lws passes over shorter base names */

/* The first candidate for `protocol`: its name with '-' turned into '_'.
 * Returns false when it is too short or too long to be one; `out` is empty then, or holds a name
 * that plugin_name_shorter can still shorten. */
bool plugin_name_first(const char *protocol, char out[PLUGIN_NAME_BYTES]);

/* Cut the last '_' and what is behind it off, for plugins that provide several protocols:
 * chat_room_text → chat_room. Returns false when nothing that lws would load is left. */
bool plugin_name_shorter(char name[PLUGIN_NAME_BYTES]);

/* The base name of the plugin file called `file`, without folder. Returns false when lws would not
 * take the file for a plugin. */
bool plugin_name_of_file(const char *file, char out[PLUGIN_NAME_BYTES]);

#endif
