#include "conf_memory.h"

#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

struct conf_block {
    struct conf_block *next;
    max_align_t piece[];
};

void *conf_memory_take(struct conf *conf, size_t bytes)
{
    struct conf_block *block;

    if (bytes > SIZE_MAX - sizeof(*block))
        return NULL;
    block = calloc(1, sizeof(*block) + bytes);
    if (!block)
        return NULL;
    block->next = conf->blocks;
    conf->blocks = block;
    return block->piece;
}

char *conf_memory_text(struct conf *conf, const char *text, size_t len)
{
    char *copy = conf_memory_take(conf, len + 1);

    if (copy && len)
        memcpy(copy, text, len);
    return copy;
}

void *conf_memory_next(struct conf *conf, void *array, size_t *count, size_t bytes)
{
    char *elements;

    memcpy(&elements, array, sizeof(elements));
    if ((*count & (*count - 1)) == 0) { /* 0 or a power of two: it is full, double it */
        size_t capacity = *count ? *count * 2 : 1;
        char *grown = capacity > SIZE_MAX / bytes ? NULL : conf_memory_take(conf, capacity * bytes);

        if (!grown)
            return NULL;
        if (*count)
            memcpy(grown, elements, *count * bytes);
        elements = grown;
        memcpy(array, &elements, sizeof(elements));
    }
    return elements + bytes * (*count)++;
}

void conf_memory_free(struct conf *conf)
{
    struct conf_block *block, *next;

    for (block = conf->blocks; block; block = next) {
        next = block->next;
        free(block);
    }
    conf->blocks = NULL;
}
