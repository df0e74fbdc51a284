#include "bytes.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int bytes_reserve(struct bytes *bytes, size_t extra)
{
    size_t wanted, capacity = bytes->capacity ? bytes->capacity : 64;
    char *data;

    if (extra >= SIZE_MAX / 2 - bytes->len)
        return -1;
    wanted = bytes->len + extra + 1;
    if (wanted <= bytes->capacity)
        return 0;
    while (capacity < wanted)
        capacity *= 2;
    data = realloc(bytes->data, capacity);
    if (!data)
        return -1;
    bytes->data = data;
    bytes->capacity = capacity;
    return 0;
}

int bytes_append(struct bytes *bytes, const void *data, size_t len)
{
    if (bytes_reserve(bytes, len))
        return -1;
    if (len)
        memcpy(bytes->data + bytes->len, data, len);
    bytes->len += len;
    bytes->data[bytes->len] = '\0';
    return 0;
}

int bytes_append_str(struct bytes *bytes, const char *text)
{
    return bytes_append(bytes, text, strlen(text));
}

int bytes_printf(struct bytes *bytes, const char *format, ...)
{
    va_list args;
    int len;

    va_start(args, format);
    len = vsnprintf(NULL, 0, format, args);
    va_end(args);
    if (len < 0 || bytes_reserve(bytes, (size_t)len))
        return -1;
    va_start(args, format);
    vsnprintf(bytes->data + bytes->len, (size_t)len + 1, format, args);
    va_end(args);
    bytes->len += (size_t)len;
    return 0;
}

void bytes_clear(struct bytes *bytes)
{
    bytes->len = 0;
    if (bytes->data)
        bytes->data[0] = '\0';
}

char *bytes_steal(struct bytes *bytes)
{
    char *data = bytes->data;

    memset(bytes, 0, sizeof(*bytes));
    return data;
}

void bytes_fini(struct bytes *bytes)
{
    free(bytes->data);
    memset(bytes, 0, sizeof(*bytes));
}
