/* eight_bytes — looking at eight bytes of a text at once, for the common case that nothing special
 * is among them.
 *
 * Shape:    plain functions on a word that holds eight bytes in any order.
 * Owns:     nothing.
 * Borrows:  nothing.
 * Calls up: nothing.
 */
#ifndef EIGHT_BYTES_H
#define EIGHT_BYTES_H

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#define EIGHT_TIMES(byte) ((uint64_t)(byte)*0x0101010101010101u)

static inline uint64_t eight_bytes(const char *at)
{
    uint64_t eight;

    memcpy(&eight, at, sizeof(eight));
    return eight;
}

/* Whether one of them is below `limit`, which is at most 128. */
static inline bool eight_have_below(uint64_t eight, uint8_t limit)
{
    return ((eight - EIGHT_TIMES(limit)) & ~eight & EIGHT_TIMES(0x80)) != 0;
}

/* Whether one of them is `byte`. */
static inline bool eight_have(uint64_t eight, uint8_t byte)
{
    return eight_have_below(eight ^ EIGHT_TIMES(byte), 1);
}

#endif
