/* json_writer — JSON text written member by member into a run of bytes.
 *
 * Shape:    remembers whether a comma is due and whether memory was short; all-zero but for `out`
 *           is a valid beginning. Calls after a failure do nothing, so that only the end is
 *           checked.
 * Owns:     nothing.
 * Borrows:  `out`, as long as it is used, and the texts during a call.
 * Calls up: nothing.
 * Not here: checking: texts must be valid UTF-8, and every begin needs its end.
 */
#ifndef CHAT_JSON_WRITER_H
#define CHAT_JSON_WRITER_H

#include "bytes.h"

#include <stdbool.h>
#include <stdint.h>

struct json_writer {
    struct bytes *out;
    bool has_failed;
    bool needs_comma;
};

/* In all of these `name` is the member's name, plain ASCII that needs no escape, or NULL for an
 * element of an array and for the outermost value. */
void json_out_begin(struct json_writer *writer, const char *name, char bracket); /* '{' or '[' */
void json_out_end(struct json_writer *writer, char bracket);                     /* '}' or ']' */
void json_out_text(struct json_writer *writer, const char *name, const char *text, size_t len);
void json_out_string(struct json_writer *writer, const char *name, const char *text);
void json_out_number(struct json_writer *writer, const char *name, int64_t number);
void json_out_flag(struct json_writer *writer, const char *name, bool flag);
void json_out_null(struct json_writer *writer, const char *name);

#endif
