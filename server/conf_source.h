/* conf_source — one file's text as JSON: comments blanked, parsed, each member's line known.
 *
 * Shape:    a list behind conf->sources, newest first; `json` and `text` only while it is read.
 * Owns:     the index of lines until conf_source_free_all; `json` and `text` until
 *           conf_source_forget.
 * Borrows:  the text that is read, during conf_source_add only.
 * Calls up: nothing.
 * Not here: what the members mean.
 */
#ifndef LWSHOST_CONF_SOURCE_H
#define LWSHOST_CONF_SOURCE_H

#include "conf.h"
#include "json_lines.h"
#include "problem.h"

#include <jansson.h>

struct conf_source {
    struct conf_source *next;
    const char *file; /* as complaints call it */
    struct json_lines *lines;
    json_t *json; /* an object */
    char *text;   /* what `lines` has the offsets of */
};

/* Parse `len` bytes. `#` to the end of the line is a comment, a UTF-8 byte order mark is skipped.
 * Returns the source, or NULL with `problem` filled: line and reason, or no line when memory is
 * short. */
struct conf_source *conf_source_add(struct conf *conf, const char *file, const char *text,
                                    size_t len, struct problem *problem);

/* Let go of what only reading needs. */
void conf_source_forget(struct conf_source *source);

/* Free what the sources of `conf` hold outside of the conf's memory. */
void conf_source_free_all(struct conf *conf);

#endif
