#include "fault_vfs.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>
#include <pthread.h>
#include <sqlite3.h>

struct fault_file {
    sqlite3_file base;
    const char *path; /* SQLite keeps it until the file is closed; NULL for a temporary one */
    sqlite3_file *real;
};

static struct {
    sqlite3_vfs vfs;
    sqlite3_vfs *real;
    struct disk_log *log;
    pthread_mutex_t mutex;
    enum fault fault;
    int after, count, failures;
} disk = {.mutex = PTHREAD_MUTEX_INITIALIZER};

static bool fails(enum fault one, enum fault other)
{
    bool result = false;

    pthread_mutex_lock(&disk.mutex);
    if ((disk.fault == one || disk.fault == other) && disk.after-- <= 0 &&
        disk.failures < disk.count) {
        disk.failures++;
        result = true;
    }
    pthread_mutex_unlock(&disk.mutex);
    return result;
}

static sqlite3_file *real(sqlite3_file *file) { return ((struct fault_file *)(void *)file)->real; }

static const char *path_of(sqlite3_file *file)
{
    const char *path = ((struct fault_file *)(void *)file)->path;

    return path ? path : "";
}

static int on_close(sqlite3_file *file) { return real(file)->pMethods->xClose(real(file)); }

static int on_read(sqlite3_file *file, void *bytes, int len, sqlite3_int64 at)
{
    if (fails(FAULT_READ, FAULT_READ))
        return SQLITE_IOERR_READ;
    return real(file)->pMethods->xRead(real(file), bytes, len, at);
}

static int on_write(sqlite3_file *file, const void *bytes, int len, sqlite3_int64 at)
{
    if (fails(FAULT_FULL, FAULT_WRITE))
        return disk.fault == FAULT_FULL ? SQLITE_FULL : SQLITE_IOERR_WRITE;
    if (disk.log)
        disk_log_write(disk.log, path_of(file), at, bytes, (size_t)len);
    return real(file)->pMethods->xWrite(real(file), bytes, len, at);
}

static int on_truncate(sqlite3_file *file, sqlite3_int64 len)
{
    if (fails(FAULT_WRITE, FAULT_WRITE))
        return SQLITE_IOERR_TRUNCATE;
    if (disk.log)
        disk_log_truncate(disk.log, path_of(file), len);
    return real(file)->pMethods->xTruncate(real(file), len);
}

/* The real sync would only cost time: nobody draws the plug of this machine. */
static int on_sync(sqlite3_file *file, int flags)
{
    (void)flags;
    if (fails(FAULT_SYNC, FAULT_SYNC))
        return SQLITE_IOERR_FSYNC;
    if (disk.log)
        disk_log_sync(disk.log, path_of(file));
    return SQLITE_OK;
}

static int on_size(sqlite3_file *file, sqlite3_int64 *size)
{
    return real(file)->pMethods->xFileSize(real(file), size);
}

static int on_lock(sqlite3_file *file, int level)
{
    return real(file)->pMethods->xLock(real(file), level);
}

static int on_unlock(sqlite3_file *file, int level)
{
    return real(file)->pMethods->xUnlock(real(file), level);
}

static int on_check_lock(sqlite3_file *file, int *result)
{
    return real(file)->pMethods->xCheckReservedLock(real(file), result);
}

static int on_control(sqlite3_file *file, int what, void *argument)
{
    return real(file)->pMethods->xFileControl(real(file), what, argument);
}

static int on_sector(sqlite3_file *file) { return real(file)->pMethods->xSectorSize(real(file)); }

static int on_traits(sqlite3_file *file)
{
    return real(file)->pMethods->xDeviceCharacteristics(real(file));
}

/* Version 1: no shared memory, which the store does without, and no mapped files. */
static const sqlite3_io_methods methods = {
    .iVersion = 1,
    .xClose = on_close,
    .xRead = on_read,
    .xWrite = on_write,
    .xTruncate = on_truncate,
    .xSync = on_sync,
    .xFileSize = on_size,
    .xLock = on_lock,
    .xUnlock = on_unlock,
    .xCheckReservedLock = on_check_lock,
    .xFileControl = on_control,
    .xSectorSize = on_sector,
    .xDeviceCharacteristics = on_traits,
};

static int on_open(sqlite3_vfs *vfs, const char *path, sqlite3_file *base, int flags, int *out)
{
    struct fault_file *file = (struct fault_file *)(void *)base;
    int result;

    (void)vfs;
    file->path = path;
    file->real = (sqlite3_file *)(void *)(file + 1);
    result = disk.real->xOpen(disk.real, path, file->real, flags, out);
    if (disk.log && path)
        disk_log_open(disk.log, path);
    base->pMethods = file->real->pMethods ? &methods : NULL;
    return result;
}

static int on_delete(sqlite3_vfs *vfs, const char *path, int sync)
{
    (void)vfs;
    if (disk.log)
        disk_log_delete(disk.log, path, sync & 1);
    return disk.real->xDelete(disk.real, path, sync);
}

void fault_vfs_install(struct disk_log *log)
{
    disk.real = sqlite3_vfs_find(NULL);
    disk.vfs = *disk.real;
    disk.vfs.pNext = NULL;
    disk.vfs.zName = "fault";
    disk.vfs.szOsFile = (int)sizeof(struct fault_file) + disk.real->szOsFile;
    disk.vfs.xOpen = on_open;
    disk.vfs.xDelete = on_delete;
    disk.log = log;
    fault_vfs_heal();
    assert_int_equal(sqlite3_vfs_register(&disk.vfs, 1), SQLITE_OK);
}

void fault_vfs_remove(void)
{
    assert_int_equal(sqlite3_vfs_unregister(&disk.vfs), SQLITE_OK);
    assert_int_equal(sqlite3_vfs_register(disk.real, 1), SQLITE_OK);
}

void fault_vfs_arm(enum fault fault, int after, int count)
{
    pthread_mutex_lock(&disk.mutex);
    disk.fault = fault;
    disk.after = after;
    disk.count = count;
    disk.failures = 0;
    pthread_mutex_unlock(&disk.mutex);
}

int fault_vfs_heal(void)
{
    int failures;

    pthread_mutex_lock(&disk.mutex);
    failures = disk.failures;
    disk.fault = FAULT_NONE;
    disk.failures = 0;
    pthread_mutex_unlock(&disk.mutex);
    return failures;
}
