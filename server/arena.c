#include "arena.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

struct arena_block {
    struct arena_block *older;
    max_align_t data[];
};

void *arena_new(struct arena *arena, size_t count, size_t bytes)
{
    struct arena_block *block;
    size_t total;

    if (__builtin_mul_overflow(count ? count : 1, bytes, &total) ||
        total > SIZE_MAX - sizeof(*block))
        return NULL;
    block = calloc(1, sizeof(*block) + total);
    if (!block)
        return NULL;
    block->older = arena->newest;
    arena->newest = block;
    return block->data;
}

char *arena_printf(struct arena *arena, const char *format, ...)
{
    va_list list;
    char *text;
    int length;

    va_start(list, format);
    length = vsnprintf(NULL, 0, format, list);
    va_end(list);
    if (length < 0)
        return NULL;
    text = arena_new(arena, (size_t)length + 1, 1);
    if (!text)
        return NULL;
    va_start(list, format);
    vsnprintf(text, (size_t)length + 1, format, list);
    va_end(list);
    return text;
}

void arena_free(struct arena *arena)
{
    while (arena->newest) {
        struct arena_block *block = arena->newest;

        arena->newest = block->older;
        free(block);
    }
}
