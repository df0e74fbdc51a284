#include "json_writer.h"

#include "eight_bytes.h"

#include <stdio.h>
#include <string.h>

static void put(struct json_writer *writer, const char *text, size_t len)
{
    if (!writer->has_failed && bytes_append(writer->out, text, len))
        writer->has_failed = true;
}

/* The separator, the name, and one character of the value if `first` is not NUL: they are most of
 * what is written, and go in at one go. */
static void put_head(struct json_writer *writer, const char *name, char first)
{
    size_t len = name ? strlen(name) : 0;
    char *to;

    if (writer->has_failed || bytes_reserve(writer->out, len + 5)) {
        writer->has_failed = true;
        return;
    }
    to = writer->out->data + writer->out->len;
    if (writer->needs_comma)
        *to++ = ',';
    writer->needs_comma = true;
    if (name) {
        *to++ = '"';
        memcpy(to, name, len);
        to += len;
        *to++ = '"';
        *to++ = ':';
    }
    if (first)
        *to++ = first;
    *to = '\0';
    writer->out->len = (size_t)(to - writer->out->data);
}

void json_out_begin(struct json_writer *writer, const char *name, char bracket)
{
    put_head(writer, name, bracket);
    writer->needs_comma = false;
}

void json_out_end(struct json_writer *writer, char bracket)
{
    put(writer, &bracket, 1);
    writer->needs_comma = true;
}

static bool needs_escape(unsigned char c) { return c < 0x20 || c == '"' || c == '\\' || c == 0x7f; }

static void put_escape(struct json_writer *writer, unsigned char c)
{
    char escape[8];
    int len;

    if (c == '"' || c == '\\')
        len = snprintf(escape, sizeof(escape), "\\%c", c);
    else if (c == '\n')
        len = snprintf(escape, sizeof(escape), "\\n");
    else if (c == '\t')
        len = snprintf(escape, sizeof(escape), "\\t");
    else
        len = snprintf(escape, sizeof(escape), "\\u%04x", c);
    put(writer, escape, (size_t)len);
}

/* How many bytes of `text` come before one that needs an escape. */
static size_t plain_run(const char *text, size_t len)
{
    size_t n = 0;

    for (; len - n >= 8; n += 8) {
        uint64_t eight = eight_bytes(text + n);

        if (eight_have_below(eight, 0x20) || eight_have(eight, '"') || eight_have(eight, '\\') ||
            eight_have(eight, 0x7f))
            break;
    }
    while (n < len && !needs_escape((unsigned char)text[n]))
        n++;
    return n;
}

void json_out_text(struct json_writer *writer, const char *name, const char *text, size_t len)
{
    size_t run;

    put_head(writer, name, '"');
    while ((run = plain_run(text, len)) < len) {
        put(writer, text, run);
        put_escape(writer, (unsigned char)text[run]);
        text += run + 1;
        len -= run + 1;
    }
    put(writer, text, len);
    put(writer, "\"", 1);
}

void json_out_string(struct json_writer *writer, const char *name, const char *text)
{
    json_out_text(writer, name, text, strlen(text));
}

void json_out_number(struct json_writer *writer, const char *name, int64_t number)
{
    char digits[20], *from = digits + sizeof(digits);
    uint64_t rest = number < 0 ? 0 - (uint64_t)number : (uint64_t)number;

    do
        *--from = (char)('0' + rest % 10);
    while (rest /= 10);
    put_head(writer, name, number < 0 ? '-' : '\0');
    put(writer, from, (size_t)(digits + sizeof(digits) - from));
}

void json_out_flag(struct json_writer *writer, const char *name, bool flag)
{
    put_head(writer, name, '\0');
    put(writer, flag ? "true" : "false", flag ? 4 : 5);
}

void json_out_null(struct json_writer *writer, const char *name)
{
    put_head(writer, name, '\0');
    put(writer, "null", 4);
}
