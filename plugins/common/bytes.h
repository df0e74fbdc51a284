/* bytes — a growable run of bytes.
 *
 * Shape:    `len` bytes at `data`, always followed by one NUL that is not counted once anything was
 *           appended; all-zero is a valid empty one.
 * Owns:     `data`, until bytes_fini or bytes_steal.
 * Borrows:  nothing; what is appended is copied.
 * Calls up: nothing.
 * Not here: limits. A caller that reads from outside checks its own bound before it appends.
 */
#ifndef LWSHOST_BYTES_H
#define LWSHOST_BYTES_H

#include <stdarg.h>
#include <stddef.h>

struct bytes {
    char *data;
    size_t len;
    size_t capacity;
};

/* Make room for `extra` more bytes and the NUL. Returns 0, or -1 when memory is short; the content
 * is untouched then. */
int bytes_reserve(struct bytes *bytes, size_t extra);

/* Append `len` bytes. Returns 0, or -1 when memory is short; the content is untouched then. */
int bytes_append(struct bytes *bytes, const void *data, size_t len);

/* Append a NUL-terminated string. As bytes_append. */
int bytes_append_str(struct bytes *bytes, const char *text);

/* Append printf-style. As bytes_append. */
int bytes_printf(struct bytes *bytes, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* Forget the content, keep the memory for reuse. */
void bytes_clear(struct bytes *bytes);

/* Hand the memory to the caller, who frees it with free(); NULL when nothing was ever appended.
 * The run is empty afterwards. */
char *bytes_steal(struct bytes *bytes);

/* Free the memory. The run is empty, and usable, afterwards. */
void bytes_fini(struct bytes *bytes);

#endif
