/* conf_dir — the files that a configuration folder consists of.
 *
 * Shape:    functions; files are read whole, at most CONF_FILE_MAX bytes each.
 * Owns:     nothing after a call.
 * Borrows:  nothing after a call.
 * Calls up: nothing.
 * Not here: what is in them.
 */
#ifndef LWSHOST_CONF_DIR_H
#define LWSHOST_CONF_DIR_H

#include "bytes.h"

#include <stddef.h>

#define CONF_FILE_MAX (4u << 20)

struct conf_names {
    char **items;
    size_t count;
};

/* Read a regular file into the empty `content`.
 * Returns NULL, or the reason why not as a text that lives forever or until the next call of
 * strerror; `content` is empty then. */
const char *conf_file_read(const char *path, struct bytes *content);

/* List the names in `dir` that have no '~' and are regular files (or links to one), by strcmp. A
 * folder that does not exist is empty.
 * Returns NULL with `names` filled, for conf_names_fini, or the reason why not, as above. */
const char *conf_dir_list(const char *dir, struct conf_names *names);

void conf_names_fini(struct conf_names *names);

#endif
