/* folders — where the data, the plugins and the configuration are when nobody says it.
 *
 * Shape:    three folders. Each is the one beside the running program, `<prefix>/bin/lwshost`, when
 *           it exists, and the one that the build was configured for otherwise; so an installed
 *           tree can be moved as a whole. The configuration of /usr/bin/lwshost is in /etc.
 * Owns:     the texts, until folders_fini.
 * Borrows:  nothing.
 * Calls up: nothing.
 */
#ifndef LWSHOST_FOLDERS_H
#define LWSHOST_FOLDERS_H

#include <stddef.h>

struct folders {
    char *data_dir; /* what `_lws_ddir_` stands for: it holds the folder `lwshost` */
    char *plugin_dir;
    char *config_dir;
};

/* The prefix of a program called `<prefix>/bin/lwshost`: its length within `program`, 0 when it is
 * the root folder.
 * Returns 0, or -1 when the program is not in a folder called bin. */
int folders_prefix(const char *program, size_t *length);

/* Find the folders for `program`, the absolute path of the running program, or NULL when it is not
 * known. Asks the file system what exists. Returns 0, or -1 when memory is short. */
int folders_find(struct folders *out, const char *program);

/* Free the texts. */
void folders_fini(struct folders *folders);

#endif
