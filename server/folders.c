#include "folders.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

int folders_prefix(const char *program, size_t *length)
{
    static const char folder[] = "/bin";
    const char *slash = strrchr(program, '/');
    size_t before = slash ? (size_t)(slash - program) : 0;

    if (!slash || before < sizeof(folder) - 1 ||
        memcmp(slash - (sizeof(folder) - 1), folder, sizeof(folder) - 1))
        return -1;
    *length = before - (sizeof(folder) - 1);
    return 0;
}

/* `<prefix>/<relative>` when `<prefix>/<relative>/<probe>` is a folder, else `fallback`. */
static char *choose(const char *program, const char *relative, const char *probe,
                    const char *fallback)
{
    struct stat about;
    char *path = NULL, *probed = NULL, *result = NULL;
    size_t length;

    if (!program || folders_prefix(program, &length))
        return strdup(fallback);
    if (asprintf(&path, "%.*s/%s", (int)length, program, relative) < 0)
        return NULL;
    if (asprintf(&probed, "%s/%s", path, probe) < 0)
        probed = NULL;
    else if (stat(probed, &about) == 0 && S_ISDIR(about.st_mode))
        result = path;
    else
        result = strdup(fallback);
    if (result != path)
        free(path);
    free(probed);
    return result;
}

/* Whether the program belongs to the system, whose configuration is not in /usr (Filesystem
 * Hierarchy Standard 3.0, 3.7.4). */
static bool is_of_system(const char *program)
{
    size_t length;

    return program && folders_prefix(program, &length) == 0 && length == strlen("/usr") &&
           memcmp(program, "/usr", length) == 0;
}

int folders_find(struct folders *out, const char *program)
{
    out->data_dir = choose(program, LWSHOST_DATA_SUBDIR, "lwshost", LWSHOST_DATA_DIR);
    out->plugin_dir = choose(program, LWSHOST_PLUGIN_SUBDIR, ".", LWSHOST_PLUGIN_DIR);
    out->config_dir = is_of_system(program)
                          ? strdup("/etc/lwshost")
                          : choose(program, LWSHOST_CONFIG_SUBDIR, ".", LWSHOST_CONFIG_DIR);
    if (out->data_dir && out->plugin_dir && out->config_dir)
        return 0;
    folders_fini(out);
    return -1;
}

void folders_fini(struct folders *folders)
{
    free(folders->data_dir);
    free(folders->plugin_dir);
    free(folders->config_dir);
    memset(folders, 0, sizeof(*folders));
}
