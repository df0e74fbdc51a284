#include "disk_log.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>
#include <pthread.h>

#define SECTOR 512 /* what a disk writes whole or not at all */

enum operation_kind { WRITE, TRUNCATE, SYNC, DELETE, MARK };

static const char *const sides[] = {"", "-wal", "-journal"};
#define SIDES ((int)(sizeof(sides) / sizeof(sides[0])))

struct operation {
    enum operation_kind kind;
    int side;
    int64_t at; /* or length, or value, or whether the folder is synced with it */
    size_t len;
    unsigned char *bytes;
};

struct disk_log {
    pthread_mutex_t mutex;
    struct operation *operations;
    size_t count, size;
    bool is_fresh[SIDES]; /* opened, and not synced yet */
};

struct image {
    unsigned char *bytes;
    size_t len, size;
    bool exists;
};

struct disk_log *disk_log_new(void)
{
    struct disk_log *log = calloc(1, sizeof(*log));

    pthread_mutex_init(&log->mutex, NULL);
    return log;
}

void disk_log_free(struct disk_log *log)
{
    size_t n;

    for (n = 0; n < log->count; n++)
        free(log->operations[n].bytes);
    free(log->operations);
    pthread_mutex_destroy(&log->mutex);
    free(log);
}

static bool ends_with(const char *text, const char *end)
{
    size_t len = strlen(text), end_len = strlen(end);

    return len >= end_len && strcmp(text + len - end_len, end) == 0;
}

static int side_of(const char *path)
{
    int side;

    for (side = 1; side < SIDES; side++)
        if (ends_with(path, sides[side]))
            return side;
    return ends_with(path, ".db") ? 0 : -1;
}

static void add(struct disk_log *log, struct operation operation)
{
    if (operation.side < 0)
        return;
    pthread_mutex_lock(&log->mutex);
    if (log->count == log->size) {
        log->size = log->size ? log->size * 2 : 256;
        log->operations = realloc(log->operations, log->size * sizeof(*log->operations));
    }
    log->operations[log->count++] = operation;
    pthread_mutex_unlock(&log->mutex);
}

void disk_log_write(struct disk_log *log, const char *path, int64_t at, const void *bytes,
                    size_t len)
{
    struct operation operation = {.kind = WRITE, .side = side_of(path), .at = at, .len = len};

    if (operation.side < 0)
        return;
    operation.bytes = malloc(len + 1);
    memcpy(operation.bytes, bytes, len);
    add(log, operation);
}

void disk_log_truncate(struct disk_log *log, const char *path, int64_t len)
{
    add(log, (struct operation){.kind = TRUNCATE, .side = side_of(path), .at = len});
}

/* Only one thread at a time has a file open. */
void disk_log_open(struct disk_log *log, const char *path)
{
    int side = side_of(path);

    if (side > 0)
        log->is_fresh[side] = true;
}

void disk_log_sync(struct disk_log *log, const char *path)
{
    int side = side_of(path);

    if (side < 0)
        return;
    add(log, (struct operation){.kind = SYNC, .side = side, .at = log->is_fresh[side]});
    log->is_fresh[side] = false;
}

void disk_log_delete(struct disk_log *log, const char *path, bool is_synced)
{
    add(log, (struct operation){.kind = DELETE, .side = side_of(path), .at = is_synced});
}

void disk_log_mark(struct disk_log *log, uint64_t value)
{
    add(log, (struct operation){.kind = MARK, .at = (int64_t)value});
}

size_t disk_log_count(const struct disk_log *log) { return log->count; }

static void resize(struct image *image, size_t len)
{
    if (len > image->size) {
        image->size = len * 2;
        image->bytes = realloc(image->bytes, image->size);
    }
    if (len > image->len)
        memset(image->bytes + image->len, 0, len - image->len);
    image->len = len;
    image->exists = true;
}

static void put(struct image *image, const struct operation *write, size_t from, size_t len)
{
    size_t at = (size_t)write->at + from;

    if (at + len > image->len)
        resize(image, at + len);
    memcpy(image->bytes + at, write->bytes + from, len);
}

/* Sector by sector, each with even chances. */
static void put_torn(struct image *image, const struct operation *write, unsigned *seed)
{
    size_t from = 0, to;

    for (; from < write->len; from = to) {
        to = from + SECTOR - ((size_t)write->at + from) % SECTOR;
        if (to > write->len)
            to = write->len;
        if (rand_r(seed) & 1024)
            put(image, write, from, to - from);
    }
}

static void apply(struct image *image, const struct operation *operation)
{
    if (operation->kind == WRITE)
        put(image, operation, 0, operation->len);
    else if (operation->kind == TRUNCATE)
        resize(image, (size_t)operation->at);
    else if (operation->kind == DELETE)
        *image = (struct image){.bytes = image->bytes, .size = image->size};
}

static void apply_perhaps(struct image *image, const struct operation *operation, unsigned *seed)
{
    int chance = rand_r(seed) / 1024 % 4;

    if (chance == 0 && operation->kind == WRITE)
        put_torn(image, operation, seed);
    else if (chance > 1)
        apply(image, operation);
}

/* Up to which operation in front of `position` a file is synced, and the folder. */
static size_t file_synced(const struct disk_log *log, size_t position, int side)
{
    size_t n = position;

    while (n > 0 && (log->operations[n - 1].kind != SYNC || log->operations[n - 1].side != side))
        n--;
    return n;
}

static size_t folder_synced(const struct disk_log *log, size_t position)
{
    size_t n = position;

    while (n > 0 &&
           ((log->operations[n - 1].kind != SYNC && log->operations[n - 1].kind != DELETE) ||
            !log->operations[n - 1].at))
        n--;
    return n;
}

static void write_image(const struct image *image, const char *path, int side)
{
    char name[160];
    FILE *file;

    snprintf(name, sizeof(name), "%s%s", path, sides[side]);
    unlink(name);
    if (!image->exists)
        return;
    file = fopen(name, "wb");
    assert_non_null(file);
    assert_int_equal(fwrite(image->bytes, 1, image->len, file), image->len);
    fclose(file);
}

uint64_t disk_log_replay(const struct disk_log *log, size_t position, enum disk_loss loss,
                         unsigned *seed, const char *path)
{
    const struct operation *operation;
    size_t n, synced, folder = loss == LOSS_OF_POWER ? folder_synced(log, position) : position;
    uint64_t mark = 0;
    int side;

    for (side = 0; side < SIDES; side++) {
        struct image image = {0};

        synced = loss == LOSS_OF_POWER ? file_synced(log, position, side) : position;
        for (n = 0; n < position; n++) {
            operation = &log->operations[n];
            if (operation->kind == MARK)
                mark = (uint64_t)operation->at;
            else if (operation->side == side && n < (operation->kind == DELETE ? folder : synced))
                apply(&image, operation);
            else if (operation->side == side)
                apply_perhaps(&image, operation, seed);
        }
        write_image(&image, path, side);
        free(image.bytes);
    }
    return mark;
}
