/* utf8 — reading UTF-8 (RFC 3629) and cleaning what people type.
 *
 * Shape:    pure functions over bytes and lengths; NUL has no meaning.
 * Owns:     nothing.
 * Borrows:  its arguments, during a call.
 * Calls up: nothing.
 * Not here: what a nick may be (nick.h).
 */
#ifndef LWSHOST_UTF8_H
#define LWSHOST_UTF8_H

#include "bytes.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Read one code point from the `len` bytes at `text`. Returns its bytes, or 0 when there is no
 * valid one (overlong forms, surrogates and what lies above U+10FFFF are not). */
size_t utf8_next(const char *text, size_t len, uint32_t *code_point);

/* Whether all of `text` is valid UTF-8. */
bool utf8_is_valid(const char *text, size_t len);

/* The number of code points of valid UTF-8. */
size_t utf8_count(const char *text, size_t len);

/* White space as Unicode has it (property White_Space). */
bool utf8_is_space(uint32_t code_point);

/* C0, DEL or C1. */
bool utf8_is_control(uint32_t code_point);

/* Append valid UTF-8 to `out` without control characters other than LF and TAB, and without white
 * space at either end. Returns 0, or -1 when memory is short. */
int utf8_clean_text(struct bytes *out, const char *text, size_t len);

/* Append valid UTF-8 to `out` with one space in the place of each control character, so that it
 * stays one line. Returns 0, or -1 when memory is short. */
int utf8_clean_line(struct bytes *out, const char *text, size_t len);

#endif
