#include "conf_value.h"

#include "conf_complain.h"
#include "conf_memory.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

static const char data_dir_mark[] = "_lws_ddir_";

static const char *with_data_dir(struct conf_reader *reader, const char *text, size_t len)
{
    const char *mark = reader->is_global ? NULL : strstr(text, data_dir_mark);
    struct bytes joined = {0};
    const char *copy = NULL;

    if (!mark)
        return conf_memory_text(reader->conf, text, len);
    if (bytes_append(&joined, text, (size_t)(mark - text)) == 0 &&
        bytes_append_str(&joined, reader->env->data_dir) == 0 &&
        bytes_append_str(&joined, mark + strlen(data_dir_mark)) == 0)
        copy = conf_memory_text(reader->conf, joined.data, joined.len);
    bytes_fini(&joined);
    return copy;
}

const char *conf_value_text(struct conf_reader *reader, const struct conf_item *item)
{
    const char *text;

    if (json_is_string(item->json))
        text = with_data_dir(reader, json_string_value(item->json), json_string_length(item->json));
    else if (json_is_number(item->json)) /* as written: 1.50 and 007 are for its reader to judge */
        text = conf_memory_text(reader->conf, reader->source->text + item->at.value,
                                item->at.value_bytes);
    else if (json_is_boolean(item->json))
        text = conf_memory_text(reader->conf, json_is_true(item->json) ? "1" : "0", 1);
    else {
        conf_reader_error(reader, item->at.line, "must be a text, a number or true/false");
        return NULL;
    }
    if (!text)
        conf_reader_no_memory(reader);
    return text;
}

static int read_text(struct conf_reader *reader, const struct conf_item *item,
                     const struct conf_key *key, const char **out)
{
    const char *text;
    size_t n, len;

    if (!json_is_string(item->json) && !json_is_number(item->json))
        return conf_reader_error(reader, item->at.line, "must be a text");
    text = conf_value_text(reader, item);
    if (!text)
        return -1;
    len = strlen(text);
    if (len == 0 && key->min > 0)
        return conf_reader_error(reader, item->at.line, "must not be empty");
    if (len > key->max)
        return conf_reader_error(reader, item->at.line, "must have at most %lu bytes, has %zu",
                                 key->max, len);
    for (n = 0; n < len; n++) /* such a text ends up in an HTTP header or a file's name */
        if ((unsigned char)text[n] < 0x20 || text[n] == 0x7f)
            return conf_reader_error(reader, item->at.line, "must not hold control characters");
    *out = text;
    return 0;
}

static int read_number(struct conf_reader *reader, const struct conf_item *item,
                       const struct conf_key *key, unsigned long *out)
{
    char clipped[CONF_CLIP_BYTES];
    unsigned long number;
    const char *text;
    char *end;

    if (!json_is_string(item->json) && !json_is_number(item->json))
        return conf_reader_error(reader, item->at.line, "must be a number from %lu to %lu",
                                 key->min, key->max);
    text = conf_value_text(reader, item);
    if (!text)
        return -1;
    errno = 0;
    number = strtoul(text, &end, 10);
    if (text[0] < '0' || text[0] > '9' || *end || errno || number < key->min || number > key->max)
        return conf_reader_error(reader, item->at.line, "\"%s\" is not a number from %lu to %lu",
                                 conf_clip(text, clipped), key->min, key->max);
    *out = number;
    return 0;
}

static int read_flag(struct conf_reader *reader, const struct conf_item *item, bool *out)
{
    static const char *const words[] = {"0", "1", "off", "on", "no", "yes", "false", "true"};
    char clipped[CONF_CLIP_BYTES];
    const char *text = conf_value_text(reader, item);
    size_t n;

    if (!text)
        return -1;
    for (n = 0; n < sizeof(words) / sizeof(words[0]); n++) {
        if (strcasecmp(text, words[n]) == 0) {
            *out = n % 2;
            return 0;
        }
    }
    return conf_reader_error(reader, item->at.line, "\"%s\" is neither \"1\" nor \"0\"",
                             conf_clip(text, clipped));
}

static int add_bits(struct conf_reader *reader, const struct conf_item *item,
                    const struct conf_key *key, unsigned long *out)
{
    unsigned long bits;

    if (read_number(reader, item, key, &bits))
        return -1;
    *out |= bits;
    return 0;
}

/* One number, or a list of numbers, whose bits are added to what is there. */
static int read_bits(struct conf_reader *reader, const struct conf_item *item,
                     const struct conf_key *key, unsigned long *out)
{
    struct conf_item element;
    int result = 0;
    size_t n;

    if (!json_is_array(item->json))
        return add_bits(reader, item, key, out);
    for (n = 0; n < json_array_size(item->json); n++) {
        size_t before = conf_reader_element(reader, item, n, &element);

        result |= add_bits(reader, &element, key, out);
        conf_reader_leave(reader, before);
    }
    return result;
}

int conf_value_read(struct conf_reader *reader, const struct conf_item *item,
                    const struct conf_key *key, void *member, bool *asks)
{
    unsigned long *number = member;
    bool is_on = false;
    int result = -1;

    switch (key->type) {
    case CONF_TEXT:
        return read_text(reader, item, key, member);
    case CONF_PORT: {
        struct conf_vhost *vhost = (void *)((char *)member - offsetof(struct conf_vhost, port));

        vhost->has_port = true;
        return read_number(reader, item, key, number);
    }
    case CONF_NUMBER:
        result = read_number(reader, item, key, number);
        *asks = result || *number;
        return result;
    case CONF_BITS:
        result = read_bits(reader, item, key, number);
        *asks = result || *number;
        return result;
    case CONF_SWITCH:
        result = read_flag(reader, item, &is_on);
        if (result == 0)
            *(enum conf_switch *)member = is_on ? CONF_SWITCH_ON : CONF_SWITCH_OFF;
        break;
    default:
        result = read_flag(reader, item, &is_on);
        if (result == 0)
            *(bool *)member = is_on;
        break;
    }
    *asks = is_on;
    return result;
}
