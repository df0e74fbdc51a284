#include "fuzz_folder.h"

#include "fuzz.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

void fuzz_folder_make(struct fuzz_folder *folder)
{
    const char *base = getenv("TMPDIR");

    snprintf(folder->name, sizeof(folder->name), "%s/lwshost-XXXXXX", base ? base : "/tmp");
    FUZZ_CHECK(mkdtemp(folder->name));
    snprintf(folder->path, sizeof(folder->path), "%s/chat", folder->name);
}

void fuzz_folder_remove(const struct fuzz_folder *folder)
{
    static const char *const endings[] = {"", "-journal", "-wal", "-shm"};
    char path[240];
    size_t n;

    for (n = 0; n < sizeof(endings) / sizeof(endings[0]); n++) {
        snprintf(path, sizeof(path), "%s%s", folder->path, endings[n]);
        unlink(path);
    }
    FUZZ_CHECK(!rmdir(folder->name));
}
