/* short_memory — libwebsockets' allocations fail now and then, loaded with LD_PRELOAD.
 *
 * Shape:    one of nine of them, and half of those for connections to others, while the file that
 *           LWSHOST_TEST_SHORT_MEMORY names exists; in no pattern, but the same each time.
 * Owns:     nothing.
 * Borrows:  nothing.
 * Calls up: lws_set_allocator, before main.
 */
#include <dlfcn.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define ONE_OF 9
#define ONE_OF_CONNECTIONS 2 /* of their "client stash", the names of what they connect to */

typedef void *allocator_fn(void *old, size_t size, const char *reason);

static void *allocate(void *old, size_t size, const char *reason)
{
    static uint32_t state = 1; /* of a linear congruential generator */
    const char *file = getenv("LWSHOST_TEST_SHORT_MEMORY");

    uint32_t one_of = reason && strcmp(reason, "client stash") == 0 ? ONE_OF_CONNECTIONS : ONE_OF;

    if (size == 0) {
        free(old);
        return NULL;
    }
    state = state * 1664525u + 1013904223u;
    if ((state >> 16) % one_of == 0 && file && access(file, F_OK) == 0)
        return NULL;
    return realloc(old, size);
}

__attribute__((constructor)) static void begin(void)
{
    void (*set)(allocator_fn *) =
        (void (*)(allocator_fn *))(uintptr_t)dlsym(RTLD_DEFAULT, "lws_set_allocator");

    if (set)
        set(allocate);
}
