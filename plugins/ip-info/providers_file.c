#include "providers_file_private.h"

#include "json_text.h"
#include "suggest.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define SHOWN_PATH_BYTES 80 /* of the file's path; of a longer one its end is shown */

/* ---- complaints */

static size_t offset_of(const struct providers_file *file, const struct place *place)
{
    struct json_member member = {0};
    size_t node = JSON_LINES_ROOT, n;

    for (n = 0; n < PLACE_MAX_PARTS && place->parts[n]; n++, node = member.node)
        if (json_lines_member(file->lines, node, place->parts[n], 0, &member))
            break;
    return member.value;
}

static void locate(const struct providers_file *file, size_t offset, int *line, int *column)
{
    size_t n;

    *line = *column = 1;
    for (n = 0; n < offset && n < file->len; n++) {
        ++*column;
        if (file->text[n] == '\n') {
            ++*line;
            *column = 1;
        }
    }
}

static const char *shown(const char *path)
{
    size_t len = strlen(path);

    return len > SHOWN_PATH_BYTES ? path + len - SHOWN_PATH_BYTES : path;
}

int providers_file_complain(const struct providers_file *file, const struct place *place,
                            struct problem *problem, const char *format, ...)
{
    char reason[200], names[120] = "";
    int line, column;
    va_list args;
    size_t n;

    va_start(args, format);
    vsnprintf(reason, sizeof(reason), format, args);
    va_end(args);
    for (n = 0; n < PLACE_MAX_PARTS && place->parts[n]; n++) {
        size_t len = strlen(names);

        snprintf(names + len, sizeof(names) - len, "%s%s", n ? "." : "", place->parts[n]);
    }
    locate(file, offset_of(file, place), &line, &column);
    return problem_set(problem, "providers-file", "%s:%d:%d: %s%s%s", shown(file->path), line,
                       column, names, n ? ": " : "", reason);
}

int providers_file_refuse_unknown(const struct providers_file *file, const struct place *place,
                                  const char *const *names, struct problem *problem)
{
    struct suggestion suggestion;
    size_t last = 0, n;

    while (last + 1 < PLACE_MAX_PARTS && place->parts[last + 1])
        last++;
    suggestion_init(&suggestion, place->parts[last]);
    for (n = 0; names[n]; n++)
        suggestion_offer(&suggestion, names[n]);
    if (suggestion.best)
        return providers_file_complain(file, place, problem,
                                       "unknown member (did you mean \"%s\"?)", suggestion.best);
    return providers_file_complain(file, place, problem, "unknown member");
}

int providers_file_blame(const struct providers_file *file, const char *name,
                         const struct problem *inner, struct problem *problem)
{
    char member[sizeof(inner->path)];
    struct place place = {{"providers", name, member}};
    char *dot;

    snprintf(member, sizeof(member), "%s", inner->path);
    dot = strchr(member, '.');
    if (dot) {
        *dot = 0;
        place.parts[3] = dot + 1;
    }
    return providers_file_complain(file, &place, problem, "%s", inner->text);
}

/* ---- the whole file */

static const json_t *providers_of(const struct providers_file *file)
{
    return json_object_get(file->root, "providers");
}

static int check_order(const struct providers_file *file, const json_t *order,
                       struct problem *problem)
{
    const struct place place = {{"order"}};
    size_t n;

    if (order && !json_is_array(order))
        return providers_file_complain(file, &place, problem, "must be a list of names");
    for (n = 0; n < json_array_size(order); n++)
        if (!json_is_string(json_array_get(order, n)))
            return providers_file_complain(file, &place, problem, "must be a list of names");
    return 0;
}

static int check_providers(const struct providers_file *file, struct problem *problem)
{
    struct place place = {{"providers"}};
    const json_t *providers = providers_of(file);
    const char *name;
    json_t *value;

    if (providers && !json_is_object(providers))
        return providers_file_complain(file, &place, problem, "must be an object");
    json_object_foreach((json_t *)(uintptr_t)providers, name, value)
    {
        place.parts[1] = name;
        if (!json_is_object(value))
            return providers_file_complain(file, &place, problem, "must be an object");
    }
    return 0;
}

static int check(const struct providers_file *file, struct problem *problem)
{
    static const char *const names[] = {"version", "order", "defaults", "providers", NULL};
    struct provider scratch = {.name = ""};
    struct place place = {{NULL}};
    const json_t *version = json_object_get(file->root, "version");
    const char *name;
    json_t *value;
    size_t n;

    json_object_foreach(file->root, name, value)
    {
        place.parts[0] = name;
        for (n = 0; names[n] && strcmp(names[n], name) != 0; n++)
            ;
        if (!names[n])
            return providers_file_refuse_unknown(file, &place, names, problem);
    }
    place.parts[0] = version ? "version" : NULL;
    if (!json_is_integer(version) || json_integer_value(version) != 1)
        return providers_file_complain(file, &place, problem,
                                       version ? "must be 1" : "\"version\": 1 is missing");
    if (check_order(file, json_object_get(file->root, "order"), problem) ||
        check_providers(file, problem))
        return -1;
    return providers_file_apply(file, &scratch, problem);
}

struct providers_file *providers_file_parse(const char *path, const char *text, size_t len,
                                            struct problem *problem)
{
    struct providers_file *file = calloc(1, sizeof(*file));
    json_error_t error;

    if (!file || !(file->text = malloc(len + 1))) {
        free(file);
        problem_set(problem, "providers-file", "out of memory");
        return NULL;
    }
    memcpy(file->text, text, len);
    file->text[len] = 0;
    file->len = len;
    file->path = path;
    file->root = json_text_load(text, len, JSON_REJECT_DUPLICATES, &error);
    if (!file->root)
        problem_set(problem, "providers-file", "%s:%d:%d: %s", shown(path), error.line,
                    error.column > 0 ? error.column : 1, error.text);
    else if (!json_is_object(file->root))
        problem_set(problem, "providers-file", "%s:1:1: must be an object", shown(path));
    else if (!(file->lines = json_lines_new(file->text, len)))
        problem_set(problem, "providers-file", "out of memory");
    else if (check(file, problem) == 0)
        return file;
    providers_file_free(file);
    return NULL;
}

/* Returns the file's text, which the caller frees, or NULL with errno. */
static char *read_all(const char *path, size_t *len)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    struct stat info;
    ssize_t got = -1;
    char *text = NULL;

    *len = 0;
    if (fd < 0)
        return NULL;
    if (fstat(fd, &info) || !S_ISREG(info.st_mode) || info.st_size > PROVIDERS_FILE_MAX_BYTES)
        errno = EFBIG;
    else if ((text = malloc(PROVIDERS_FILE_MAX_BYTES + 1)))
        while ((got = read(fd, text + *len, PROVIDERS_FILE_MAX_BYTES + 1 - *len)) > 0)
            *len += (size_t)got;
    close(fd);
    if (text && (got < 0 || *len > PROVIDERS_FILE_MAX_BYTES)) {
        free(text);
        text = NULL;
    }
    return text;
}

struct providers_file *providers_file_read(const char *path, struct problem *problem)
{
    struct providers_file *file;
    size_t len;
    char *text;

    errno = EFBIG;
    text = read_all(path, &len);
    if (!text) {
        problem_set(problem, "providers-file", "can't read %s: %s", shown(path),
                    errno == EFBIG ? "not a regular file of at most 1 MiB" : strerror(errno));
        return NULL;
    }
    file = providers_file_parse(path, text, len, problem);
    free(text);
    return file;
}

const char *providers_file_order(const struct providers_file *file, size_t n)
{
    return json_string_value(json_array_get(json_object_get(file->root, "order"), n));
}

const char *providers_file_name(const struct providers_file *file, size_t n)
{
    json_t *providers = (json_t *)(uintptr_t)providers_of(file);
    void *iter = json_object_iter(providers);

    while (iter && n--)
        iter = json_object_iter_next(providers, iter);
    return iter ? json_object_iter_key(iter) : NULL;
}

bool providers_file_has(const struct providers_file *file, const char *name, const char *member)
{
    const json_t *provider = json_object_get(providers_of(file), name);

    return provider && (!member || json_object_get(provider, member));
}

int providers_file_apply(const struct providers_file *file, struct provider *provider,
                         struct problem *problem)
{
    const struct place defaults = {{"defaults"}}, own = {{"providers", provider->name}};
    const json_t *object = json_object_get(file->root, "defaults");

    if (object && providers_members_read(file, &defaults, object, true, provider, problem))
        return -1;
    object = json_object_get(providers_of(file), provider->name);
    return object ? providers_members_read(file, &own, object, false, provider, problem) : 0;
}

void providers_file_free(struct providers_file *file)
{
    if (!file)
        return;
    json_lines_free(file->lines);
    json_decref(file->root);
    free(file->text);
    free(file);
}
