/* Feed files to a harness without libFuzzer: fuzz_<name> FILE_OR_FOLDER…
 *
 * Each file is given whole and nothing is made up, so that every input that once went wrong is a
 * test from then on, with any compiler. Says at the end how many there were; none is a failure. */
#include "fuzz.h"

#include "bytes.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

static int feed_file(const char *path)
{
    FILE *file = fopen(path, "rb");
    struct bytes content = {0};
    char piece[4096];
    uint8_t *exact;
    size_t got;

    if (!file) {
        fprintf(stderr, "%s: %s\n", path, strerror(errno));
        return 1;
    }
    while ((got = fread(piece, 1, sizeof(piece), file)) > 0)
        FUZZ_CHECK(!bytes_append(&content, piece, got));
    fclose(file);
    exact = malloc(content.len ? content.len : 1); /* a sanitizer sees who reads on */
    FUZZ_CHECK(exact);
    if (content.len)
        memcpy(exact, content.data, content.len);
    fprintf(stderr, "%s\n", path); /* the last line is the culprit */
    LLVMFuzzerTestOneInput(exact, content.len);
    free(exact);
    bytes_fini(&content);
    return 0;
}

static int is_visible(const struct dirent *entry) { return entry->d_name[0] != '.'; }

static int feed(const char *path, unsigned *count)
{
    struct dirent **names;
    struct stat status;
    int n, entries, failed = 0;
    char inner[4096];

    if (stat(path, &status)) {
        fprintf(stderr, "%s: %s\n", path, strerror(errno));
        return 1;
    }
    if (!S_ISDIR(status.st_mode)) {
        ++*count;
        return feed_file(path);
    }
    entries = scandir(path, &names, is_visible, alphasort);
    if (entries < 0)
        return 1;
    for (n = 0; n < entries; n++) {
        snprintf(inner, sizeof(inner), "%s/%s", path, names[n]->d_name);
        failed |= feed(inner, count);
        free(names[n]);
    }
    free(names);
    return failed;
}

int main(int argc, char *argv[])
{
    unsigned count = 0;
    int n, failed = 0;

    for (n = 1; n < argc; n++)
        failed |= feed(argv[n], &count);
    printf("%u inputs\n", count);
    return failed || !count;
}
