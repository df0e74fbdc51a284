/* conf — the whole configuration of a host, read from lwsws's JSON files and checked.
 *
 * Shape:    a tree of plain structs, see conf_tree.h. Once conf_read_dir or conf_finish has said
 *           that it is good, it no longer changes.
 * Owns:     everything that hangs on it, until conf_free: libwebsockets keeps pointers to the
 *           strings, so that is after the context is destroyed.
 * Borrows:  the env and what it points to, during reading only.
 * Calls up: env->complain, once a complaint; it must not free the conf.
 * Not here: libwebsockets; what a protocol thinks of its options; whether a file named in the
 *           configuration exists.
 */
#ifndef LWSHOST_CONF_H
#define LWSHOST_CONF_H

#include "conf_features.h"
#include "conf_tree.h"

#include <stdbool.h>
#include <stddef.h>

struct conf_env {
    const char *data_dir; /* for `_lws_ddir_` */
    const struct conf_features *features;

    /* Take one complaint: a line without its newline, `file:line: path: reason`, free of control
     * characters. A warning has "warning: " before the reason and spoils nothing. */
    void (*complain)(void *user, bool is_error, const char *line);
    void *user;
};

/* Read `dir`/conf and then every regular file of `dir`/conf.d (which may be missing) in name order,
 * but for names with a '~', and check the whole. Complaints name files as `dir` followed by
 * "/conf" or "/conf.d/NAME".
 * Returns the conf, for conf_free, or NULL when at least one error was complained about. */
struct conf *conf_read_dir(const char *dir, const struct conf_env *env);

/* Begin with an empty configuration. Returns NULL when memory is short. */
struct conf *conf_new(void);

/* Add one file's text: `len` bytes that complaints call `file`. All errors in it are complained
 * about, not only the first, unless it is no JSON.
 * Returns 0, or -1 when there was an error; the conf is good for conf_free only then, or for
 * reading more files to find what else is wrong. */
int conf_read_text(struct conf *conf, const char *file, const char *text, size_t len,
                   const struct conf_env *env);

/* Check what only the whole can tell: vhosts that collide, no vhost at all.
 * Returns 0, or -1 when there was an error. */
int conf_finish(struct conf *conf, const struct conf_env *env);

/* Write `file:line: path` of a place (of its key `member`, when that is not NULL and was given) and
 * a NUL to `out`, for a complaint that is found later: a port that is in use, an option that its
 * plugin refuses. Cut when it is too long; control characters are replaced. */
void conf_place_print(const struct conf_place *place, const char *member, char *out, size_t bytes);

/* Free everything; NULL is fine. */
void conf_free(struct conf *conf);

#endif
