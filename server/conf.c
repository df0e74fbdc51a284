#include "conf.h"

#include "conf_check.h"
#include "conf_memory.h"
#include "conf_reader.h"

#include <stdlib.h>

struct conf *conf_new(void) { return calloc(1, sizeof(struct conf)); }

int conf_read_text(struct conf *conf, const char *file, const char *text, size_t len,
                   const struct conf_env *env)
{
    struct conf_reader reader = {.conf = conf, .env = env};
    struct conf_source unread = {.file = file};
    struct problem problem = {.line = 0};
    struct conf_item top = {.json = NULL};

    reader.source = conf_source_add(conf, file, text, len, &problem);
    if (!reader.source) {
        reader.source = &unread;
        return conf_reader_error(&reader, problem.line, "%s", problem.text);
    }
    top.json = reader.source->json;
    top.at.node = JSON_LINES_ROOT;
    top.at.line = 1;
    conf_read_object(&reader, &top, &conf_top_keys, conf);
    conf_source_forget(reader.source);
    conf_reader_fini(&reader);
    return reader.errors ? -1 : 0;
}

int conf_finish(struct conf *conf, const struct conf_env *env)
{
    struct conf_reader reader = {.conf = conf, .env = env};
    struct conf_source nowhere = {.file = "configuration"};
    struct conf_source *source = conf->sources;

    while (source && source->next) /* the first that was read */
        source = source->next;
    reader.source = source ? source : &nowhere;
    if (conf->vhost_count == 0)
        return conf_reader_error(&reader, 0, "no vhost in it nor in conf.d, nothing to serve");
    return conf_check_whole(&reader);
}

void conf_free(struct conf *conf)
{
    if (!conf)
        return;
    conf_source_free_all(conf);
    conf_memory_free(conf);
    free(conf);
}
