#include "uv_repair.h"

#include "lws_compat.h"

#if defined(LWS_WITH_EVLIB_PLUGINS) && defined(LWS_WITH_LIBUV) && LWSHOST_LWS_CLOSES_TWICE

#include <dlfcn.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define LOOP_PLUGIN LWS_INSTALL_LIBDIR "/libwebsockets-evlib_uv.so"

static const char new_name[] = "uv";

/* lws's struct lws_event_loop_ops is private, but begins with the name in all versions up to 4.5.
 */
struct loop_ops {
    const char *name;
};

/* The struct is constant: its page is writable for this one change only. */
static int rename_loop(struct loop_ops *ops)
{
    uintptr_t page_bytes = (uintptr_t)sysconf(_SC_PAGESIZE);
    uintptr_t first = (uintptr_t)&ops->name & ~(page_bytes - 1);

    if (mprotect((void *)first, page_bytes, PROT_READ | PROT_WRITE))
        return -1;
    ops->name = new_name;
    return mprotect((void *)first, page_bytes, PROT_READ);
}

int uv_repair(void)
{
    void *library = dlopen(LOOP_PLUGIN, RTLD_NOW | RTLD_LOCAL);
    const lws_plugin_evlib_t *plugin = library ? dlsym(library, "evlib_uv") : NULL;
    struct loop_ops *ops;

    if (!plugin || plugin->hdr.api_magic != LWS_PLUGIN_API_MAGIC)
        return -1;
    ops = (struct loop_ops *)(uintptr_t)plugin->ops;
    if (ops->name == new_name || strcmp(ops->name, "libuv"))
        return 0;
    return rename_loop(ops);
}

#else

int uv_repair(void) { return 0; }

#endif
