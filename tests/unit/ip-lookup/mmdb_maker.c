#include "mmdb_maker.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

enum { TEXT = 2, DOUBLE = 3, UINT16 = 5, UINT32 = 6, MAP = 7, UINT64 = 9, ARRAY = 11, FLOAT = 15 };

static void put(struct bytes *data, const void *from, size_t len)
{
    if (bytes_append(data, from, len))
        abort();
}

static void put_byte(struct bytes *data, unsigned value)
{
    unsigned char byte = (unsigned char)value;

    put(data, &byte, 1);
}

static void put_big_endian(struct bytes *data, uint64_t value, unsigned len)
{
    while (len--)
        put_byte(data, (unsigned)(value >> (8 * len)) & 0xff);
}

static void put_control(struct bytes *data, unsigned type, size_t size)
{
    unsigned first = type > 7 ? 0 : type << 5;
    unsigned length = size < 29 ? (unsigned)size : size < 285 ? 29 : 30;

    put_byte(data, first | length);
    if (type > 7)
        put_byte(data, type - 7);
    if (length == 29)
        put_byte(data, (unsigned)size - 29);
    else if (length == 30)
        put_big_endian(data, size - 285, 2);
}

void mmdb_map(struct bytes *data, unsigned members) { put_control(data, MAP, members); }

void mmdb_array(struct bytes *data, unsigned elements) { put_control(data, ARRAY, elements); }

void mmdb_text(struct bytes *data, const char *text)
{
    put_control(data, TEXT, strlen(text));
    put(data, text, strlen(text));
}

void mmdb_double(struct bytes *data, double value)
{
    uint64_t bits;

    memcpy(&bits, &value, sizeof(bits));
    put_control(data, DOUBLE, 8);
    put_big_endian(data, bits, 8);
}

void mmdb_float(struct bytes *data, float value)
{
    uint32_t bits;

    memcpy(&bits, &value, sizeof(bits));
    put_control(data, FLOAT, 4);
    put_big_endian(data, bits, 4);
}

void mmdb_uint32(struct bytes *data, uint32_t value)
{
    put_control(data, UINT32, 4);
    put_big_endian(data, value, 4);
}

static void put_named_uint(struct bytes *data, const char *name, unsigned type, unsigned len,
                           uint64_t value)
{
    mmdb_text(data, name);
    put_control(data, type, len);
    put_big_endian(data, value, len);
}

static void put_metadata(struct bytes *file, unsigned ip_version)
{
    put(file, "\xab\xcd\xefMaxMind.com", 14);
    mmdb_map(file, 9);
    put_named_uint(file, "binary_format_major_version", UINT16, 2, 2);
    put_named_uint(file, "binary_format_minor_version", UINT16, 2, 0);
    put_named_uint(file, "build_epoch", UINT64, 8, 1700000000);
    put_named_uint(file, "ip_version", UINT16, 2, ip_version);
    put_named_uint(file, "node_count", UINT32, 4, 1);
    put_named_uint(file, "record_size", UINT16, 2, 24);
    mmdb_text(file, "database_type");
    mmdb_text(file, "Test");
    mmdb_text(file, "description");
    mmdb_map(file, 0);
    mmdb_text(file, "languages");
    mmdb_array(file, 0);
}

int mmdb_raw_file(const void *data, size_t len, char path[64])
{
    int fd = memfd_create("mmdb", 0);

    if (fd < 0 || write(fd, data, len) != (ssize_t)len)
        abort();
    snprintf(path, 64, "/proc/self/fd/%d", fd);
    return fd;
}

int mmdb_file(const struct bytes *data, unsigned ip_version, char path[64])
{
    static const char separator[16];
    struct bytes file = {0};
    int fd;

    /* One node; both of its records point to the start of the data section. */
    put_big_endian(&file, 1 + sizeof(separator), 3);
    put_big_endian(&file, 1 + sizeof(separator), 3);
    put(&file, separator, sizeof(separator));
    put(&file, data->data, data->len);
    put_metadata(&file, ip_version);
    fd = mmdb_raw_file(file.data, file.len, path);
    bytes_fini(&file);
    return fd;
}
