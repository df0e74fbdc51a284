#include "json_out.h"

#include <stdio.h>
#include <string.h>

static void put(struct json_out *json, const char *text, size_t len)
{
    if (!json->has_failed && bytes_append(json->out, text, len))
        json->has_failed = true;
}

static void begin_value(struct json_out *json)
{
    if (json->wants_comma)
        put(json, ",", 1);
    json->wants_comma = true;
}

void json_out_open(struct json_out *json, char bracket)
{
    begin_value(json);
    put(json, &bracket, 1);
    json->wants_comma = false;
}

void json_out_close(struct json_out *json, char bracket)
{
    put(json, &bracket, 1);
    json->wants_comma = true;
}

/* RFC 8259 7: the quote, the backslash and everything below U+0020 must be escaped. */
static void put_escaped(struct json_out *json, const char *text)
{
    char escape[8];

    while (*text) {
        const char *from = text;

        while (*text && *text != '"' && *text != '\\' && (unsigned char)*text >= 0x20)
            text++;
        put(json, from, (size_t)(text - from));
        if (!*text)
            return;
        if (*text == '"' || *text == '\\')
            snprintf(escape, sizeof(escape), "\\%c", *text);
        else
            snprintf(escape, sizeof(escape), "\\u%04x", (unsigned)(unsigned char)*text);
        put(json, escape, strlen(escape));
        text++;
    }
}

void json_out_string(struct json_out *json, const char *text)
{
    begin_value(json);
    put(json, "\"", 1);
    put_escaped(json, text);
    put(json, "\"", 1);
}

void json_out_key(struct json_out *json, const char *name)
{
    json_out_string(json, name);
    put(json, ":", 1);
    json->wants_comma = false;
}

void json_out_number(struct json_out *json, unsigned long number)
{
    char text[24];

    snprintf(text, sizeof(text), "%lu", number);
    json_out_literal(json, text);
}

void json_out_literal(struct json_out *json, const char *text)
{
    begin_value(json);
    put(json, text, strlen(text));
}
