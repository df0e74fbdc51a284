#include "conf_reader.h"

#include "conf_complain.h"
#include "conf_lists.h"
#include "conf_memory.h"
#include "conf_value.h"

#include <string.h>

static struct conf_place here(struct conf_reader *reader, int line)
{
    struct conf_place place = {.source = reader->source, .line = line};

    place.path = reader->path.data ? reader->path.data : "";
    return place;
}

int conf_reader_error(struct conf_reader *reader, int line, const char *format, ...)
{
    struct conf_place place = here(reader, line);
    va_list args;

    reader->errors++;
    if (reader->is_out_of_memory)
        return -1;
    va_start(args, format);
    conf_complain(reader->env, true, &place, format, args);
    va_end(args);
    return -1;
}

void conf_reader_warn(struct conf_reader *reader, int line, const char *format, ...)
{
    struct conf_place place = here(reader, line);
    va_list args;

    if (reader->is_out_of_memory)
        return;
    va_start(args, format);
    conf_complain(reader->env, false, &place, format, args);
    va_end(args);
}

void conf_complain_at(struct conf_reader *reader, bool is_error, const struct conf_place *place,
                      const char *member, const char *format, ...)
{
    struct conf_place at = *place;
    struct json_member found;
    struct bytes path = {0};
    va_list args;

    reader->errors += is_error;
    if (reader->is_out_of_memory)
        return;
    if (member && json_lines_member(place->source->lines, place->node, member, 0, &found) == 0 &&
        bytes_printf(&path, "%s.%s", place->path, member) == 0) {
        at.path = path.data;
        at.line = found.line;
    }
    va_start(args, format);
    conf_complain(reader->env, is_error, &at, format, args);
    va_end(args);
    bytes_fini(&path);
}

int conf_reader_no_memory(struct conf_reader *reader)
{
    bytes_clear(&reader->path);
    conf_reader_error(reader, 0, "out of memory");
    reader->is_out_of_memory = true;
    return -1;
}

size_t conf_reader_enter(struct conf_reader *reader, const char *key)
{
    size_t before = reader->path.len;

    if ((before && key[0] != '[' && bytes_append_str(&reader->path, ".")) ||
        bytes_append_str(&reader->path, key))
        conf_reader_no_memory(reader);
    return before;
}

void conf_reader_leave(struct conf_reader *reader, size_t before)
{
    if (reader->is_out_of_memory) /* the path was given up */
        return;
    reader->path.len = before;
    reader->path.data[before] = '\0';
}

size_t conf_reader_element(struct conf_reader *reader, const struct conf_item *array, size_t n,
                           struct conf_item *element)
{
    char key[32];

    snprintf(key, sizeof(key), "[%zu]", n);
    memset(element, 0, sizeof(*element));
    element->json = json_array_get(array->json, n);
    json_lines_member(reader->source->lines, array->at.node, key, 0, &element->at);
    return conf_reader_enter(reader, key);
}

int conf_reader_place(struct conf_reader *reader, const struct json_member *at,
                      struct conf_place *place)
{
    place->source = reader->source;
    place->line = at->line;
    place->node = at->node;
    place->path = conf_memory_text(reader->conf, reader->path.data ? reader->path.data : "",
                                   reader->path.len);
    return place->path ? 0 : conf_reader_no_memory(reader);
}

void conf_reader_fini(struct conf_reader *reader) { bytes_fini(&reader->path); }

/* A key that this libwebsockets can't honour is an error when people would wrongly rely on it. */
static void judge(struct conf_reader *reader, const struct conf_key *key, int line)
{
    const struct conf_features *features = reader->env->features;
    const char *missing = conf_needs_missing(key->needs, features);

    if (key->since > features->version && key->is_protective)
        conf_reader_error(reader, line, "needs libwebsockets %u.%u, this one is %u.%u.%u",
                          key->since / 1000000, key->since / 1000 % 1000,
                          features->version / 1000000, features->version / 1000 % 1000,
                          features->version % 1000);
    else if (key->since > features->version)
        conf_reader_warn(reader, line, "ignored, needs libwebsockets %u.%u, this one is %u.%u.%u",
                         key->since / 1000000, key->since / 1000 % 1000,
                         features->version / 1000000, features->version / 1000 % 1000,
                         features->version % 1000);
    else if (missing && key->is_protective)
        conf_reader_error(reader, line, "this libwebsockets was built without %s", missing);
    else if (missing)
        conf_reader_warn(reader, line, "ignored, this libwebsockets was built without %s", missing);
}

/* Read one value and complain where it can't be honoured, unless it asks for nothing ("0"). */
static void read_value(struct conf_reader *reader, const struct conf_item *item,
                       const struct conf_key *key, char *out)
{
    bool asks = true;
    void *member = out + key->offset;

    if (key->remark) {
        conf_reader_warn(reader, item->at.line, "%s", key->remark);
        return;
    }
    if (key->type <= CONF_SWITCH ? conf_value_read(reader, item, key, member, &asks)
                                 : conf_list_read(reader, item, key, member))
        return;
    if (asks)
        judge(reader, key, item->at.line);
}

/* jansson has only the last of several members with one key; the text still has the others. */
static void read_repeated(struct conf_reader *reader, const struct conf_key *key, size_t object,
                          char *out)
{
    struct conf_item item;
    size_t nth;

    for (nth = 0; json_lines_member(reader->source->lines, object, key->name, nth, &item.at) == 0;
         nth++) {
        item.json = json_loadb(reader->source->text + item.at.value, item.at.value_bytes,
                               JSON_DECODE_ANY | JSON_DECODE_INT_AS_REAL, NULL);
        if (!item.json) {
            conf_reader_no_memory(reader);
            return;
        }
        read_value(reader, &item, key, out);
        json_decref(item.json);
    }
}

static void read_member(struct conf_reader *reader, const struct conf_key *key, json_t *value,
                        size_t object, char *out)
{
    struct conf_item item = {.json = value};
    struct json_member again;

    if (key->may_repeat) {
        read_repeated(reader, key, object, out);
        return;
    }
    if (json_lines_member(reader->source->lines, object, key->name, 0, &item.at))
        return;
    if (json_lines_member(reader->source->lines, object, key->name, 1, &again) == 0)
        conf_reader_error(reader, again.line, "given already on line %d", item.at.line);
    else
        read_value(reader, &item, key, out);
}

/* Returns the key that was probably meant, or NULL. */
static const struct conf_key *refuse_unknown(struct conf_reader *reader,
                                             const struct conf_keys *keys, const char *name,
                                             size_t object)
{
    const struct conf_key *meant = conf_keys_suggest(keys, name);
    struct json_member at = {.line = 0};

    json_lines_member(reader->source->lines, object, name, 0, &at);
    if (meant)
        conf_reader_error(reader, at.line, "unknown key (did you mean \"%s\"?)", meant->name);
    else
        conf_reader_error(reader, at.line, "unknown key");
    return meant;
}

int conf_read_object(struct conf_reader *reader, const struct conf_item *item,
                     const struct conf_keys *keys, void *out)
{
    bool is_seen[CONF_KEYS_MAX] = {false};
    unsigned errors = reader->errors;
    const char *name;
    json_t *value;
    size_t n;

    if (!json_is_object(item->json))
        return conf_reader_error(reader, item->at.line, "must be an object: { … }");
    json_object_foreach(item->json, name, value)
    {
        const struct conf_key *key = conf_keys_find(keys, name);
        size_t before = conf_reader_enter(reader, name);

        if (key)
            read_member(reader, key, value, item->at.node, out);
        else
            key = refuse_unknown(reader, keys, name, item->at.node);
        if (key)
            is_seen[key - keys->rows] = true; /* misspelt is one complaint, not also missing */
        conf_reader_leave(reader, before);
    }
    for (n = 0; n < keys->count; n++)
        if (keys->rows[n].is_required && !is_seen[n])
            conf_reader_error(reader, item->at.line, "\"%s\" is missing", keys->rows[n].name);
    return reader->errors == errors ? 0 : -1;
}
