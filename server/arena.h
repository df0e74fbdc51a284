/* arena — memory that is freed together.
 *
 * Shape:    a list of blocks; all-zero is a valid empty one.
 * Owns:     every block, until arena_free.
 * Borrows:  nothing.
 * Calls up: nothing.
 */
#ifndef LWSHOST_ARENA_H
#define LWSHOST_ARENA_H

#include <stddef.h>

struct arena {
    struct arena_block *newest;
};

/* `count` zeroed items of `bytes` each; NULL when memory is short. A count of 0 is taken as 1. */
void *arena_new(struct arena *arena, size_t count, size_t bytes);

/* A printf-style text; NULL when memory is short. */
char *arena_printf(struct arena *arena, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* Free everything. The arena is empty, and usable, afterwards. */
void arena_free(struct arena *arena);

#endif
