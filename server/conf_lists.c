#include "conf_lists.h"

#include "conf_check.h"
#include "conf_memory.h"
#include "conf_value.h"

#include <string.h>

#define KEEPALIVE_DEFAULT_S 5 /* lwsws's */
#define THREADS 1             /* lwshost's loop is one thread, whatever lws was built for */

/* Something that reads one element of a list into what `user` points to. */
typedef int element_fn(struct conf_reader *reader, const struct conf_item *element, void *user);

static int read_elements(struct conf_reader *reader, const struct conf_item *item,
                         element_fn *read_element, void *user)
{
    struct conf_item element;
    int result = 0;
    size_t n;

    if (!json_is_array(item->json))
        return conf_reader_error(reader, item->at.line, "must be a list of objects: [{ … }]");
    for (n = 0; n < json_array_size(item->json); n++) {
        size_t before = conf_reader_element(reader, item, n, &element);

        result |= read_element(reader, &element, user);
        conf_reader_leave(reader, before);
    }
    return result;
}

static int add_pair(struct conf_reader *reader, const char *name, const struct conf_item *value,
                    void *user)
{
    struct conf_pairs *pairs = user;
    const char *text = conf_value_text(reader, value);
    struct conf_pair *pair;

    if (!text)
        return -1;
    pair = conf_memory_next(reader->conf, &pairs->items, &pairs->count, sizeof(*pair));
    if (!pair)
        return conf_reader_no_memory(reader);
    pair->value = text;
    pair->name = conf_memory_text(reader->conf, name, strlen(name));
    if (!pair->name)
        return conf_reader_no_memory(reader);
    return conf_reader_place(reader, &value->at, &pair->place);
}

/* Something that reads one member of an object into what `user` points to. */
typedef int member_fn(struct conf_reader *reader, const char *name, const struct conf_item *member,
                      void *user);

/* shape: how an object looks here, for the complaint when there is none. */
static int read_members(struct conf_reader *reader, const struct conf_item *item, const char *shape,
                        member_fn *read_member, void *user)
{
    const struct json_lines *lines = reader->source->lines;
    struct json_member again;
    const char *name;
    json_t *value;
    int result = 0;

    if (!json_is_object(item->json))
        return conf_reader_error(reader, item->at.line, "must be an object: %s", shape);
    json_object_foreach(item->json, name, value)
    {
        size_t before = conf_reader_enter(reader, name);
        struct conf_item member = {.json = value};

        json_lines_member(lines, item->at.node, name, 0, &member.at);
        if (json_lines_member(lines, item->at.node, name, 1, &again) == 0)
            result =
                conf_reader_error(reader, again.line, "given already on line %d", member.at.line);
        else
            result |= read_member(reader, name, &member, user);
        conf_reader_leave(reader, before);
    }
    return result;
}

/* The members of one object as names and values. */
static int read_map(struct conf_reader *reader, const struct conf_item *item, void *pairs)
{
    return read_members(reader, item, "{ … }", add_pair, pairs);
}

/* Options of a protocol: lwsws hands on all of those that share a name, its lws-server-status
 * counts on it. Our own plugins refuse them by themselves. */
static int read_options(struct conf_reader *reader, const struct conf_item *item,
                        struct conf_pairs *pairs)
{
    const struct json_lines *lines = reader->source->lines;
    const char *name;
    json_t *value;
    int result = 0;

    json_object_foreach(item->json, name, value)
    {
        size_t before = conf_reader_enter(reader, name), nth;
        struct conf_item member;

        for (nth = 0; json_lines_member(lines, item->at.node, name, nth, &member.at) == 0; nth++) {
            member.json = json_loadb(reader->source->text + member.at.value, member.at.value_bytes,
                                     JSON_DECODE_ANY | JSON_DECODE_INT_AS_REAL, NULL);
            if (!member.json)
                result = conf_reader_no_memory(reader);
            else
                result |= add_pair(reader, name, &member, pairs);
            json_decref(member.json);
        }
        conf_reader_leave(reader, before);
    }
    return result;
}

static int read_protocol(struct conf_reader *reader, const char *name, const struct conf_item *item,
                         void *user)
{
    struct conf_vhost *vhost = user;
    struct conf_protocol *protocol;
    size_t n;

    if (!name[0])
        return conf_reader_error(reader, item->at.line, "a protocol's name must not be empty");
    if (!json_is_object(item->json))
        return conf_reader_error(reader, item->at.line,
                                 "must be an object with the protocol's options: { … }");
    for (n = 0; n < vhost->protocol_count; n++)
        if (strcmp(vhost->protocols[n].name, name) == 0)
            return conf_reader_error(reader, item->at.line, "given already on line %d",
                                     vhost->protocols[n].place.line);
    protocol = conf_memory_next(reader->conf, &vhost->protocols, &vhost->protocol_count,
                                sizeof(*protocol));
    if (!protocol)
        return conf_reader_no_memory(reader);
    protocol->name = conf_memory_text(reader->conf, name, strlen(name));
    if (!protocol->name)
        return conf_reader_no_memory(reader);
    if (conf_reader_place(reader, &item->at, &protocol->place))
        return -1;
    return read_options(reader, item, &protocol->options);
}

static int read_protocols(struct conf_reader *reader, const struct conf_item *item, void *vhost)
{
    return read_members(reader, item, "{ \"protocol\": { … } }", read_protocol, vhost);
}

static int read_mount(struct conf_reader *reader, const struct conf_item *item, void *user)
{
    struct conf_vhost *vhost = user;
    struct conf_mount *mount =
        conf_memory_next(reader->conf, &vhost->mounts, &vhost->mount_count, sizeof(*mount));

    if (!mount)
        return conf_reader_no_memory(reader);
    if (conf_reader_place(reader, &item->at, &mount->place) ||
        conf_read_object(reader, item, &conf_mount_keys, mount))
        return -1;
    return conf_check_mount(reader, mount);
}

static int read_vhost(struct conf_reader *reader, const struct conf_item *item, void *user)
{
    struct conf *conf = user;
    struct conf_vhost *vhost =
        conf_memory_next(conf, &conf->vhosts, &conf->vhost_count, sizeof(*vhost));

    if (!vhost)
        return conf_reader_no_memory(reader);
    vhost->keepalive_timeout = KEEPALIVE_DEFAULT_S;
    if (conf_reader_place(reader, &item->at, &vhost->place) ||
        conf_read_object(reader, item, &conf_vhost_keys, vhost))
        return -1;
    return conf_check_vhost(reader, vhost);
}

static int read_folder(struct conf_reader *reader, const struct conf_item *item, void *folders)
{
    if (!json_is_string(item->json) || json_string_length(item->json) == 0)
        return conf_reader_error(reader, item->at.line, "must be the name of a folder");
    return add_pair(reader, "plugin-dir", item, folders);
}

static int read_global(struct conf_reader *reader, const struct conf_item *item,
                       struct conf_global *global)
{
    struct conf_place place = {.source = reader->source, .path = "global", .node = item->at.node};
    int result;

    reader->is_global = true;
    result = conf_read_object(reader, item, &conf_global_keys, global);
    reader->is_global = false;
    if ((json_object_get(item->json, "username") || json_object_get(item->json, "groupname")) &&
        conf_reader_place(reader, &item->at, &global->user_place))
        return -1;
    if (json_object_get(item->json, "event-log") &&
        conf_reader_place(reader, &item->at, &global->log_place))
        return -1;
    if (result == 0 && global->count_threads > THREADS) {
        conf_complain_at(reader, false, &place, "count-threads",
                         "ignored, lwshost serves with one thread");
        global->count_threads = 0; /* for a later file to give */
    }
    return result ? result : conf_check_global(reader, &place, global);
}

int conf_list_read(struct conf_reader *reader, const struct conf_item *item,
                   const struct conf_key *key, void *member)
{
    switch (key->type) {
    case CONF_FOLDERS:
        return json_is_array(item->json) ? read_elements(reader, item, read_folder, member)
                                         : read_folder(reader, item, member);
    case CONF_MAP:
        return read_map(reader, item, member);
    case CONF_LIST:
        return read_elements(reader, item, read_map, member);
    case CONF_GLOBAL:
        return read_global(reader, item, member);
    case CONF_VHOSTS:
        return read_elements(reader, item, read_vhost, reader->conf);
    case CONF_MOUNTS:
        return read_elements(reader, item, read_mount,
                             (char *)member - offsetof(struct conf_vhost, mounts));
    default:
        return read_elements(reader, item, read_protocols,
                             (char *)member - offsetof(struct conf_vhost, protocols));
    }
}
