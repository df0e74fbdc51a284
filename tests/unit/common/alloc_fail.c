#include "alloc_fail.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

void *__real_malloc(size_t bytes);
void *__real_calloc(size_t count, size_t bytes);
void *__real_realloc(void *piece, size_t bytes);
char *__real_strdup(const char *text);
void *__wrap_malloc(size_t bytes);
void *__wrap_calloc(size_t count, size_t bytes);
void *__wrap_realloc(void *piece, size_t bytes);
char *__wrap_strdup(const char *text);

static bool is_armed, has_failed;
static unsigned long left;

static bool fails(void)
{
    if (!is_armed || has_failed || left-- > 0)
        return false;
    has_failed = true;
    return true;
}

void *__wrap_malloc(size_t bytes) { return fails() ? NULL : __real_malloc(bytes); }

void *__wrap_calloc(size_t count, size_t bytes)
{
    return fails() ? NULL : __real_calloc(count, bytes);
}

void *__wrap_realloc(void *piece, size_t bytes)
{
    return fails() ? NULL : __real_realloc(piece, bytes);
}

char *__wrap_strdup(const char *text) { return fails() ? NULL : __real_strdup(text); }

void alloc_fail_arm(unsigned long n)
{
    left = n;
    has_failed = false;
    is_armed = true;
}

bool alloc_fail_disarm(void)
{
    is_armed = false;
    return has_failed;
}

void alloc_fail_include_jansson(bool is_included)
{
    json_set_alloc_funcs(is_included ? __wrap_malloc : __real_malloc, free);
}
