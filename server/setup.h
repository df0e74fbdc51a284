/* setup — a configuration that is read, checked and ready to be served: everything that can go
 * wrong before listening has been found out.
 *
 * Shape:    the conf, the plugins that it names, a site for each vhost.
 * Owns:     all of it, until setup_free: after the context that serves it is destroyed.
 * Borrows:  the wish and what it points to.
 * Calls up: nothing; complains to the log.
 */
#ifndef LWSHOST_SETUP_H
#define LWSHOST_SETUP_H

#include "arena.h"
#include "conf.h"
#include "log.h"
#include "plugin_set.h"
#include "site.h"

struct setup_wish {
    const char *config_dir;
    const char *data_dir;
    const char *plugin_dir;         /* the last to be searched */
    const char *const *plugin_dirs; /* the first, from the command line */
    size_t plugin_dir_count;
    int port; /* for the first listening vhost; -1: as configured */
};

struct setup {
    struct conf *conf;
    struct plugin_set *plugins;
    struct site *sites;
    size_t site_count;
    struct arena arena;
};

/* Read, load and check. Returns NULL after at least one complaint in the log. */
struct setup *setup_new(const struct setup_wish *wish, const struct log *log);

/* Free everything; NULL is fine. */
void setup_free(struct setup *setup);

#endif
