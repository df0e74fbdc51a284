#include "conf_dir.h"

#include "conf.h"
#include "conf_complain.h"
#include "conf_source.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const char out_of_memory[] = "out of memory";

static const char *read_all(int fd, struct bytes *content)
{
    struct stat status;
    ssize_t got;

    if (fstat(fd, &status))
        return strerror(errno);
    if (!S_ISREG(status.st_mode))
        return "not a regular file";
    for (;;) {
        if (bytes_reserve(content, 16384))
            return out_of_memory;
        got = read(fd, content->data + content->len, 16384);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return strerror(errno);
        content->len += (size_t)got;
        content->data[content->len] = '\0';
        if (got == 0)
            return NULL;
        if (content->len > CONF_FILE_MAX)
            return "longer than 4 MiB";
    }
}

const char *conf_file_read(const char *path, struct bytes *content)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK); /* a FIFO must not stop us */
    const char *reason;

    if (fd < 0)
        return strerror(errno);
    reason = read_all(fd, content);
    close(fd);
    if (reason)
        bytes_fini(content);
    return reason;
}

static int by_name(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

static bool is_wanted(int dir, const char *name)
{
    struct stat status;

    if (strchr(name, '~'))
        return false;
    /* A link that leads nowhere is for the reader to complain about. */
    return fstatat(dir, name, &status, 0) != 0 || S_ISREG(status.st_mode);
}

static const char *collect(DIR *dir, struct conf_names *names)
{
    struct dirent *entry;

    while (errno = 0, (entry = readdir(dir))) {
        char **items;

        if (!is_wanted(dirfd(dir), entry->d_name))
            continue;
        items = realloc(names->items, (names->count + 1) * sizeof(*items));
        if (!items)
            return out_of_memory;
        names->items = items;
        items[names->count] = strdup(entry->d_name);
        if (!items[names->count])
            return out_of_memory;
        names->count++;
    }
    return errno ? strerror(errno) : NULL;
}

const char *conf_dir_list(const char *path, struct conf_names *names)
{
    DIR *dir = opendir(path);
    const char *reason;

    memset(names, 0, sizeof(*names));
    if (!dir)
        return errno == ENOENT ? NULL : strerror(errno);
    reason = collect(dir, names);
    closedir(dir);
    if (reason)
        conf_names_fini(names);
    else if (names->count)
        qsort(names->items, names->count, sizeof(*names->items), by_name);
    return reason;
}

void conf_names_fini(struct conf_names *names)
{
    size_t n;

    for (n = 0; n < names->count; n++)
        free(names->items[n]);
    free(names->items);
    memset(names, 0, sizeof(*names));
}
