#include "json_writer.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

static void put(struct json_writer *writer, const char *text, size_t len)
{
    if (!writer->has_failed && bytes_append(writer->out, text, len))
        writer->has_failed = true;
}

static void put_name(struct json_writer *writer, const char *name)
{
    if (writer->needs_comma)
        put(writer, ",", 1);
    writer->needs_comma = true;
    if (!name)
        return;
    put(writer, "\"", 1);
    put(writer, name, strlen(name));
    put(writer, "\":", 2);
}

void json_out_begin(struct json_writer *writer, const char *name, char bracket)
{
    put_name(writer, name);
    put(writer, &bracket, 1);
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

void json_out_text(struct json_writer *writer, const char *name, const char *text, size_t len)
{
    size_t n, plain = 0;

    put_name(writer, name);
    put(writer, "\"", 1);
    for (n = 0; n < len; n++) {
        if (!needs_escape((unsigned char)text[n]))
            continue;
        put(writer, text + plain, n - plain);
        put_escape(writer, (unsigned char)text[n]);
        plain = n + 1;
    }
    put(writer, text + plain, len - plain);
    put(writer, "\"", 1);
}

void json_out_string(struct json_writer *writer, const char *name, const char *text)
{
    json_out_text(writer, name, text, strlen(text));
}

void json_out_number(struct json_writer *writer, const char *name, int64_t number)
{
    char digits[24];
    int len = snprintf(digits, sizeof(digits), "%" PRId64, number);

    put_name(writer, name);
    put(writer, digits, (size_t)len);
}

void json_out_flag(struct json_writer *writer, const char *name, bool flag)
{
    put_name(writer, name);
    put(writer, flag ? "true" : "false", flag ? 4 : 5);
}

void json_out_null(struct json_writer *writer, const char *name)
{
    put_name(writer, name);
    put(writer, "null", 4);
}
