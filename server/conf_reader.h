/* conf_reader — one file of the configuration on its way into the struct: where we are, and what
 * was complained about.
 *
 * Shape:    a cursor. `path` is the place of what is being read, like `vhosts[0].mounts`.
 * Owns:     `path`, until conf_reader_fini.
 * Borrows:  conf, env and source, until conf_reader_fini.
 * Calls up: env->complain.
 */
#ifndef LWSHOST_CONF_READER_H
#define LWSHOST_CONF_READER_H

#include "bytes.h"
#include "conf.h"
#include "conf_keys.h"
#include "conf_source.h"

struct conf_reader {
    struct conf *conf;
    const struct conf_env *env;
    struct conf_source *source;
    struct bytes path;
    unsigned errors;
    bool is_global;        /* inside "global", where lwsws replaces no `_lws_ddir_` */
    bool is_out_of_memory; /* said once, and nothing after it: what is read then is incomplete */
};

/* A value and where it stands. */
struct conf_item {
    json_t *json; /* borrowed */
    struct json_member at;
};

/* Complain about the current path, at `line` (0: without one), printf-style and without the path.
 * Returns -1 always. */
int conf_reader_error(struct conf_reader *reader, int line, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
void conf_reader_warn(struct conf_reader *reader, int line, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* Complain about the member `member` (NULL: about the whole) of what was read at `place`. */
void conf_complain_at(struct conf_reader *reader, bool is_error, const struct conf_place *place,
                      const char *member, const char *format, ...)
    __attribute__((format(printf, 5, 6)));

/* Complain, once, that memory is short. Returns -1 always. */
int conf_reader_no_memory(struct conf_reader *reader);

/* Go to the member `key` of the current path (an element's key is "[n]").
 * Returns what conf_reader_leave goes back to. */
size_t conf_reader_enter(struct conf_reader *reader, const char *key);
void conf_reader_leave(struct conf_reader *reader, size_t before);

/* Go to element `n` of the array `array`, which is at the current path, and fill `element`.
 * Returns as conf_reader_enter. */
size_t conf_reader_element(struct conf_reader *reader, const struct conf_item *array, size_t n,
                           struct conf_item *element);

/* Fill `place` with the current path and where that stands. Returns 0, or -1 when memory is short.
 */
int conf_reader_place(struct conf_reader *reader, const struct json_member *at,
                      struct conf_place *place);

/* Read the members of the object `item` into the struct `out`, as `keys` say.
 * Returns 0, or -1 when anything in it was complained about as an error. */
int conf_read_object(struct conf_reader *reader, const struct conf_item *item,
                     const struct conf_keys *keys, void *out);

void conf_reader_fini(struct conf_reader *reader);

#endif
