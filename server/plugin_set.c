#include "plugin_set.h"

#include "lws_compat.h"
#include "plugin_name.h"

#include <dirent.h>
#include <dlfcn.h>
#include <libwebsockets.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define CLASS "lws_protocol_plugin"

struct plugin {
    struct plugin *next;
    struct lws_plugin *list; /* what lws's loader made of one filter; usually one */
};

struct plugin_set {
    const char **folders;
    size_t folder_count;
    const struct log *log;
    struct plugin *plugins;
};

struct plugin_set *plugin_set_new(const char *const *folders, size_t count, const struct log *log)
{
    struct plugin_set *set = calloc(1, sizeof(*set));

    if (!set)
        return NULL;
    set->log = log;
    set->folders = calloc(count + 1, sizeof(*set->folders));
    if (!set->folders) {
        free(set);
        return NULL;
    }
    for (; set->folder_count < count; set->folder_count++)
        set->folders[set->folder_count] = folders[set->folder_count];
    return set;
}

static const lws_plugin_protocol_t *exported(const struct lws_plugin *plugin)
{
    return (const lws_plugin_protocol_t *)(const void *)plugin->hdr;
}

static const struct lwshost_hooks *hooks_of(const struct lws_protocols *protocol)
{
    return protocol->id == LWSHOST_HOOKS_ID ? protocol->user : NULL;
}

static bool search_list(const struct lws_plugin *list, const char *name,
                        struct plugin_protocol *out)
{
    for (; list; list = list->list) {
        const lws_plugin_protocol_t *plugin = exported(list);
        int n;

        for (n = 0; n < plugin->count_protocols; n++) {
            if (!plugin->protocols[n].name || strcmp(plugin->protocols[n].name, name))
                continue;
            out->protocol = &plugin->protocols[n];
            out->hooks = hooks_of(&plugin->protocols[n]);
            if (!out->hooks)
                out->hooks = hooks_of(&plugin->protocols[0]);
            return true;
        }
    }
    return false;
}

static bool search_loaded(const struct plugin_set *set, const char *name,
                          struct plugin_protocol *out)
{
    const struct plugin *plugin;

    for (plugin = set->plugins; plugin; plugin = plugin->next)
        if (search_list(plugin->list, name, out))
            return true;
    return false;
}

/* What is wrong with the plugin file at `path`, into `why`, or nothing. lws's loader only logs it,
 * in its own words, and on 4.1 leaks a little each time. */
static void inspect(const char *path, const char *base, struct bytes *why)
{
    void *library = dlopen(path, RTLD_NOW | RTLD_LOCAL);
    const lws_plugin_header_t *header;

    if (!library) {
        bytes_printf(why, "; %s can't be loaded: %s", path, dlerror());
        return;
    }
    header = dlsym(library, base);
    if (!header)
        bytes_printf(why, "; %s is no protocol plugin: it has no symbol \"%s\"", path, base);
    else if (!LWSHOST_IS_PLUGIN_API(header->api_magic) || strcmp(header->_class, CLASS))
        bytes_printf(why, "; %s is a plugin for another libwebsockets than %s", path,
                     LWS_LIBRARY_VERSION);
    dlclose(library);
}

/* Inspect every file of `folder` that has the base name. Returns how many there are. */
static size_t inspect_folder(const char *folder, const char *base, struct bytes *why)
{
    DIR *dir = opendir(folder);
    struct dirent *entry;
    char other[PLUGIN_NAME_BYTES], path[512];
    size_t count = 0;

    if (!dir)
        return 0;
    while ((entry = readdir(dir))) {
        if (!plugin_name_of_file(entry->d_name, other) || strcmp(other, base))
            continue;
        count++;
        snprintf(path, sizeof(path), "%s/%s", folder, entry->d_name);
        inspect(path, base, why);
    }
    closedir(dir);
    return count;
}

static bool is_loadable(const char *folder, const char *base)
{
    struct bytes why = {0};
    bool result = inspect_folder(folder, base, &why) && !why.len;

    bytes_fini(&why);
    return result;
}

/* Load what has the base name `base` in `folder`, and keep it when it has the protocol `name`. */
static bool load(struct plugin_set *set, const char *folder, const char *base, const char *name,
                 struct plugin_protocol *out)
{
    const char *const folders[] = {folder, NULL};
    struct plugin *plugin = is_loadable(folder, base) ? calloc(1, sizeof(*plugin)) : NULL;

    if (!plugin)
        return false;
    log_lws_silent();
    lws_plugins_init(&plugin->list, folders, CLASS, base, NULL, NULL);
    log_lws_setting_up(set->log, !set->log->is_serving);
    if (plugin->list && search_list(plugin->list, name, out)) {
        plugin->next = set->plugins;
        set->plugins = plugin;
        log_info(set->log, "protocol %s: plugin %s of %s", name, base, folder);
        return true;
    }
    if (plugin->list)
        lws_plugins_destroy(&plugin->list, NULL, NULL);
    free(plugin);
    return false;
}

static void explain(const struct plugin_set *set, const char *name, struct bytes *why)
{
    char base[PLUGIN_NAME_BYTES];
    bool is_candidate;
    size_t n;

    bytes_append_str(why, "no plugin provides this protocol; searched ");
    for (n = 0; n < set->folder_count; n++)
        bytes_printf(why, "%s%s", n ? ", " : "", set->folders[n]);
    for (is_candidate = plugin_name_first(name, base); is_candidate;
         is_candidate = plugin_name_shorter(base))
        for (n = 0; n < set->folder_count; n++)
            inspect_folder(set->folders[n], base, why);
}

/* By name: libprotocol_<the protocol>.so, or with fewer words of its name. */
static bool load_fitting(struct plugin_set *set, const char *name, struct plugin_protocol *out)
{
    char base[PLUGIN_NAME_BYTES];
    bool is_candidate;
    size_t n;

    for (n = 0; n < set->folder_count; n++)
        for (is_candidate = plugin_name_first(name, base); is_candidate;
             is_candidate = plugin_name_shorter(base))
            if (load(set, set->folders[n], base, name, out))
                return true;
    return false;
}

/* Other people's plugins need not be named after their protocols. */
static bool load_any(struct plugin_set *set, const char *name, struct plugin_protocol *out)
{
    char base[PLUGIN_NAME_BYTES];
    bool is_found = false;
    size_t n;

    for (n = 0; n < set->folder_count && !is_found; n++) {
        struct dirent **entries;
        int count = scandir(set->folders[n], &entries, NULL, alphasort), at;

        for (at = 0; at < count; at++) {
            if (!is_found && plugin_name_of_file(entries[at]->d_name, base))
                is_found = load(set, set->folders[n], base, name, out);
            free(entries[at]);
        }
        if (count >= 0)
            free(entries);
    }
    return is_found;
}

int plugin_set_find(struct plugin_set *set, const char *name, struct plugin_protocol *out,
                    struct bytes *why)
{
    if (search_loaded(set, name, out) || load_fitting(set, name, out) || load_any(set, name, out))
        return 0;
    explain(set, name, why);
    return -1;
}

void plugin_set_free(struct plugin_set *set)
{
    if (!set)
        return;
    while (set->plugins) {
        struct plugin *plugin = set->plugins;

        set->plugins = plugin->next;
        lws_plugins_destroy(&plugin->list, NULL, NULL);
        free(plugin);
    }
    free(set->folders);
    free(set);
}
