/* our_memory — allocations of lwshost and its plugins fail now and then, loaded with LD_PRELOAD.
 *
 * Shape:    one of a hundred calls of malloc, calloc, realloc and strdup that come from the program
 *           or a plugin, while the file that LWSHOST_TEST_SHORT_MEMORY names exists; in no pattern,
 *           but the same each time. Those of libraries are left alone: jansson 2.14 itself crashes
 *           without memory.
 * Owns:     nothing.
 * Borrows:  nothing.
 * Calls up: the next malloc and its like.
 */
#include <dlfcn.h>
#include <errno.h>
#include <link.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define ONE_OF 100
#define EARLY_BYTES 65536 /* dlsym allocates while it looks for malloc */

static void *(*next_malloc)(size_t size);
static void *(*next_calloc)(size_t count, size_t size);
static void *(*next_realloc)(void *old, size_t size);
static void (*next_free)(void *old);
static char early[EARLY_BYTES];
static size_t early_used;

static void find(void)
{
    static bool is_finding;

    if (is_finding)
        return;
    is_finding = true;
    next_calloc = (void *(*)(size_t, size_t))(uintptr_t)dlsym(RTLD_NEXT, "calloc");
    next_realloc = (void *(*)(void *, size_t))(uintptr_t)dlsym(RTLD_NEXT, "realloc");
    next_free = (void (*)(void *))(uintptr_t)dlsym(RTLD_NEXT, "free");
    next_malloc = (void *(*)(size_t))(uintptr_t)dlsym(RTLD_NEXT, "malloc");
}

static void *take_early(size_t size)
{
    void *piece = early + early_used;

    early_used += (size + 15) & ~(size_t)15;
    return early_used <= EARLY_BYTES ? piece : NULL;
}

struct place {
    uintptr_t address;
    bool is_ours;
};

static int look(struct dl_phdr_info *info, size_t size, void *user)
{
    struct place *place = user;
    size_t n;

    (void)size;
    for (n = 0; n < info->dlpi_phnum; n++) {
        const ElfW(Phdr) *part = &info->dlpi_phdr[n];
        uintptr_t start = info->dlpi_addr + part->p_vaddr;

        if (part->p_type != PT_LOAD || place->address < start ||
            place->address >= start + part->p_memsz)
            continue;
        place->is_ours = !info->dlpi_name[0] || strstr(info->dlpi_name, "libprotocol_");
        return 1;
    }
    return 0;
}

static bool fails(const void *caller)
{
    static __thread uint32_t state = 1; /* of a linear congruential generator */
    static __thread bool is_asking;
    const char *file = getenv("LWSHOST_TEST_SHORT_MEMORY");
    struct place place = {.address = (uintptr_t)caller};

    if (is_asking || !file || access(file, F_OK) != 0)
        return false;
    is_asking = true;
    dl_iterate_phdr(look, &place);
    is_asking = false;
    if (!place.is_ours)
        return false;
    state = state * 1664525u + 1013904223u;
    if ((state >> 16) % ONE_OF)
        return false;
    errno = ENOMEM;
    return true;
}

void *malloc(size_t size)
{
    if (!next_malloc)
        find();
    if (!next_malloc)
        return take_early(size);
    return fails(__builtin_return_address(0)) ? NULL : next_malloc(size);
}

void *calloc(size_t count, size_t size)
{
    if (!next_calloc)
        find();
    if (!next_malloc)
        return take_early(count * size);
    return fails(__builtin_return_address(0)) ? NULL : next_calloc(count, size);
}

void *realloc(void *old, size_t size)
{
    if (!next_malloc)
        find();
    return fails(__builtin_return_address(0)) ? NULL : next_realloc(old, size);
}

void free(void *old)
{
    if ((char *)old >= early && (char *)old < early + EARLY_BYTES)
        return;
    if (next_free)
        next_free(old);
}

char *strdup(const char *text)
{
    size_t bytes = strlen(text) + 1;
    char *copy = fails(__builtin_return_address(0)) ? NULL : malloc(bytes);

    return copy ? memcpy(copy, text, bytes) : NULL;
}
