/* conf_memory — the memory that a configuration hangs on: many small pieces with one death.
 *
 * Shape:    a list of blocks behind conf->blocks, one a piece.
 * Owns:     every piece, until conf_memory_free.
 * Borrows:  nothing; texts are copied.
 * Calls up: nothing.
 */
#ifndef LWSHOST_CONF_MEMORY_H
#define LWSHOST_CONF_MEMORY_H

#include "conf.h"

/* Take `bytes` zeroed bytes. Returns NULL when memory is short. */
void *conf_memory_take(struct conf *conf, size_t bytes);

/* Copy `len` bytes of text and add a NUL. Returns NULL when memory is short. */
char *conf_memory_text(struct conf *conf, const char *text, size_t len);

/* Add one zeroed element of `bytes` bytes to an array that only this function has made grow.
 * array: the address of the pointer to its first element; elements move, and what they were stays
 *        in memory till the end.
 * Returns the new element with `count` raised, or NULL when memory is short. */
void *conf_memory_next(struct conf *conf, void *array, size_t *count, size_t bytes);

/* Free every piece. */
void conf_memory_free(struct conf *conf);

#endif
