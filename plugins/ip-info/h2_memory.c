#include "h2_memory.h"

#include <stdlib.h>

static void *take_memory(size_t bytes, void *opaque)
{
    (void)opaque;
    return malloc(bytes);
}

static void give_memory(void *piece, void *opaque)
{
    (void)opaque;
    free(piece);
}

static void *take_zeroed(size_t count, size_t bytes, void *opaque)
{
    (void)opaque;
    return calloc(count, bytes);
}

static void *change_memory(void *piece, size_t bytes, void *opaque)
{
    (void)opaque;
    return realloc(piece, bytes);
}

nghttp2_mem h2_memory(void)
{
    return (nghttp2_mem){NULL, take_memory, give_memory, take_zeroed, change_memory};
}
