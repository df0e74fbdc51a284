#include "event.h"

#include "utf8.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#define TIME_BYTES 40

int event_format_find(const char *word, enum event_format *out)
{
    if (strcmp(word, "key-value") == 0)
        *out = EVENT_KEY_VALUE;
    else if (strcmp(word, "json") == 0)
        *out = EVENT_JSON;
    else
        return -1;
    return 0;
}

void event_begin(struct event *event, const char *name)
{
    event->name = name;
    event->is_notable = false;
    event->count = 0;
}

static struct event_field *add(struct event *event, const char *key)
{
    struct event_field *field;

    if (event->count == EVENT_FIELDS)
        return NULL;
    field = &event->fields[event->count++];
    memset(field, 0, sizeof(*field));
    field->key = key;
    return field;
}

void event_text(struct event *event, const char *key, const char *text)
{
    if (text)
        event_bytes(event, key, text, strlen(text));
}

void event_bytes(struct event *event, const char *key, const char *text, size_t len)
{
    struct event_field *field = text ? add(event, key) : NULL;

    if (!field)
        return;
    field->text = text;
    field->len = len;
}

void event_number(struct event *event, const char *key, uint64_t number)
{
    struct event_field *field = add(event, key);

    if (field)
        field->number = number;
}

/* What a reader of the line would not see, or would see at another place: the format characters of
 * Unicode that have to do with that. */
static bool is_deceptive(uint32_t point)
{
    static const struct {
        uint32_t first, last;
    } ranges[] = {
        {0x00ad, 0x00ad}, {0x061c, 0x061c}, {0x180e, 0x180e}, {0x200b, 0x200f},   {0x2028, 0x202e},
        {0x2060, 0x206f}, {0xfeff, 0xfeff}, {0xfff9, 0xfffb}, {0xe0000, 0xe007f},
    };
    size_t n;

    for (n = 0; n < sizeof(ranges) / sizeof(ranges[0]); n++)
        if (point >= ranges[n].first && point <= ranges[n].last)
            return true;
    return false;
}

static int escape(struct bytes *out, uint32_t point)
{
    if (point == '"' || point == '\\')
        return bytes_printf(out, "\\%c", (char)point);
    if (point < 0x10000)
        return bytes_printf(out, "\\u%04" PRIx32, point);
    point -= 0x10000;
    return bytes_printf(out, "\\u%04" PRIx32 "\\u%04" PRIx32, 0xd800 + (point >> 10),
                        0xdc00 + (point & 0x3ff));
}

static int write_quoted(struct bytes *out, const char *text, size_t len)
{
    size_t limit = len > EVENT_TEXT_BYTES ? EVENT_TEXT_BYTES : len, at = 0, step;
    int failed = bytes_append_str(out, "\"");

    while (at < limit && !failed) {
        uint32_t point;

        step = utf8_next(text + at, len - at, &point);
        if (step == 0) {
            failed = escape(out, 0xfffd);
            step = 1;
        } else if (point == '"' || point == '\\' || utf8_is_control(point) || is_deceptive(point)) {
            failed = escape(out, point);
        } else {
            failed = bytes_append(out, text + at, step);
        }
        at += step;
    }
    return failed || (at < len && bytes_append_str(out, "...")) || bytes_append_str(out, "\"") ? -1
                                                                                               : 0;
}

static bool is_plain(const char *text, size_t len)
{
    static const char plain[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
                                "._:/@+-";
    size_t n;

    for (n = 0; n < len; n++)
        if (!text[n] || !strchr(plain, text[n]))
            return false;
    return len > 0 && len <= EVENT_TEXT_BYTES;
}

static int write_key(struct bytes *out, enum event_format format, const char *key, bool is_first)
{
    if (format == EVENT_JSON)
        return bytes_printf(out, "%s\"%s\":", is_first ? "" : ",", key);
    return bytes_printf(out, "%s%s=", is_first ? "" : " ", key);
}

static int write_text(struct bytes *out, enum event_format format, const char *text, size_t len)
{
    if (format == EVENT_KEY_VALUE && is_plain(text, len))
        return bytes_append(out, text, len);
    return write_quoted(out, text, len);
}

static void print_time(int64_t wall_ms, char out[TIME_BYTES])
{
    time_t seconds = (time_t)(wall_ms / 1000);
    struct tm utc;
    char text[TIME_BYTES - 8];

    if (!gmtime_r(&seconds, &utc) || !strftime(text, sizeof(text), "%Y-%m-%dT%H:%M:%S", &utc))
        text[0] = '\0';
    snprintf(out, TIME_BYTES, "%s.%03uZ", text, (unsigned)(wall_ms % 1000));
}

int event_write(const struct event *event, enum event_format format, int64_t wall_ms,
                struct bytes *out)
{
    int failed = format == EVENT_JSON ? bytes_append_str(out, "{") : 0;
    char when[TIME_BYTES];
    size_t n;

    if (wall_ms >= 0) {
        print_time(wall_ms, when);
        failed |= write_key(out, format, "time", true);
        failed |= write_text(out, format, when, strlen(when));
    }
    failed |= write_key(out, format, "event", wall_ms < 0);
    failed |= write_text(out, format, event->name, strlen(event->name));
    for (n = 0; n < event->count; n++) {
        const struct event_field *field = &event->fields[n];

        failed |= write_key(out, format, field->key, false);
        failed |= field->text ? write_text(out, format, field->text, field->len)
                              : bytes_printf(out, "%" PRIu64, field->number);
    }
    failed |= bytes_append_str(out, format == EVENT_JSON ? "}\n" : "\n");
    return failed ? -1 : 0;
}
