#include "conf.h"
#include "conf_complain.h"
#include "conf_dir.h"
#include "conf_source.h"

#include <stdarg.h>

/* Complain about a file as a whole. Returns -1 always. */
static int refuse_file(const struct conf_env *env, const char *file, const char *format, ...)
{
    struct conf_source source = {.file = file};
    struct conf_place place = {.source = &source, .path = ""};
    va_list args;

    va_start(args, format);
    conf_complain(env, true, &place, format, args);
    va_end(args);
    return -1;
}

static int read_file(struct conf *conf, const char *file, const struct conf_env *env)
{
    struct bytes content = {0};
    const char *reason = conf_file_read(file, &content);
    int result;

    if (reason)
        return refuse_file(env, file, "cannot be read: %s", reason);
    result = conf_read_text(conf, file, content.data, content.len, env);
    bytes_fini(&content);
    return result;
}

static int read_fragments(struct conf *conf, const char *dir, const struct conf_env *env)
{
    struct conf_names names;
    const char *reason = conf_dir_list(dir, &names);
    struct bytes file = {0};
    int result = 0;
    size_t n;

    if (reason)
        return refuse_file(env, dir, "cannot be listed: %s", reason);
    for (n = 0; n < names.count; n++) {
        bytes_clear(&file);
        if (bytes_printf(&file, "%s/%s", dir, names.items[n]))
            result = refuse_file(env, dir, "out of memory");
        else
            result |= read_file(conf, file.data, env);
    }
    bytes_fini(&file);
    conf_names_fini(&names);
    return result;
}

static int read_all(struct conf *conf, const char *dir, const struct conf_env *env)
{
    struct bytes path = {0};
    int result;

    if (bytes_printf(&path, "%s/conf", dir))
        return refuse_file(env, dir, "out of memory");
    result = read_file(conf, path.data, env);
    if (bytes_append_str(&path, ".d"))
        result = refuse_file(env, dir, "out of memory");
    else
        result |= read_fragments(conf, path.data, env);
    bytes_fini(&path);
    return result ? result : conf_finish(conf, env); /* what is missing may be what was refused */
}

struct conf *conf_read_dir(const char *dir, const struct conf_env *env)
{
    struct conf *conf = conf_new();

    if (!conf)
        refuse_file(env, dir, "out of memory");
    if (conf && read_all(conf, dir, env)) {
        conf_free(conf);
        return NULL;
    }
    return conf;
}
