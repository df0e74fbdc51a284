#include "secret.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define NAME_BYTES_MAX 512 /* of a variable or a path */

#define IN_ENV "{env:"
#define IN_FILE "{file:"

/* What stands between a prefix and the brace that ends a reference.
 * Returns 1 and the name in `out`, 0 when this is no such reference. */
static int inside(const char *given, const char *prefix, char out[NAME_BYTES_MAX + 1])
{
    size_t before = strlen(prefix), len = strlen(given);

    if (strncmp(given, prefix, before) != 0 || len < before + 2 || given[len - 1] != '}' ||
        len - before - 1 > NAME_BYTES_MAX)
        return 0;
    memcpy(out, given + before, len - before - 1);
    out[len - before - 1] = '\0';
    return 1;
}

static int add(const char *option, const char *source, const char *text, size_t len,
               struct bytes *out, struct problem *problem)
{
    if (len == 0)
        return problem_set(problem, option, "%s is empty", source);
    if (len > SECRET_BYTES_MAX)
        return problem_set(problem, option, "%s is longer than %d bytes", source, SECRET_BYTES_MAX);
    if (memchr(text, '\0', len))
        return problem_set(problem, option, "%s has a NUL byte in it", source);
    if (bytes_append(out, text, len))
        return problem_set(problem, option, "out of memory");
    return 0;
}

static int from_env(const char *option, const char *name, struct bytes *out,
                    struct problem *problem)
{
    const char *value = getenv(name);

    if (!value)
        return problem_set(problem, option, "the environment variable %s is not set", name);
    return add(option, "the environment variable", value, strlen(value), out, problem);
}

/* Returns how many bytes of the file's beginning are in `buffer`, or -1 with errno. */
static ssize_t read_beginning(const char *path, char *buffer, size_t size)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    struct stat info;
    size_t len = 0;
    ssize_t got = 1;

    if (fd < 0)
        return -1;
    if (fstat(fd, &info) || !S_ISREG(info.st_mode)) {
        close(fd);
        errno = EINVAL;
        return -1;
    }
    while (got > 0 && len < size) {
        got = read(fd, buffer + len, size - len);
        if (got > 0)
            len += (size_t)got;
    }
    close(fd);
    return got < 0 ? -1 : (ssize_t)len;
}

static int from_file(const char *option, const char *path, struct bytes *out,
                     struct problem *problem)
{
    char buffer[SECRET_BYTES_MAX + 3];
    const char *end;
    ssize_t got;
    size_t len;
    int result;

    if (path[0] != '/')
        return problem_set(problem, option, "the path \"%s\" does not begin with /", path);
    got = read_beginning(path, buffer, sizeof(buffer));
    if (got < 0)
        return problem_set(problem, option, "can't read %s: %s", path,
                           errno == EINVAL ? "not a regular file" : strerror(errno));
    end = memchr(buffer, '\n', (size_t)got);
    len = end ? (size_t)(end - buffer) : (size_t)got;
    if (end && len && buffer[len - 1] == '\r')
        len--;
    result = add(option, "the first line of the file", buffer, len, out, problem);
    explicit_bzero(buffer, sizeof(buffer));
    return result;
}

int secret_text(const char *option, const char *given, struct bytes *out, struct problem *problem)
{
    char name[NAME_BYTES_MAX + 1];
    size_t len = strlen(given);

    if (inside(given, IN_ENV, name))
        return from_env(option, name, out, problem);
    if (inside(given, IN_FILE, name))
        return from_file(option, name, out, problem);
    if (len && given[0] == '{' && given[len - 1] == '}')
        return problem_set(problem, option, "is neither {env:NAME} nor {file:/path}");
    return add(option, "the value", given, len, out, problem);
}

int secret_read(const char *option, const char *given, struct secret *out, struct problem *problem)
{
    struct bytes text = {0};

    if (secret_text(option, given, &text, problem))
        return -1;
    sha256(text.data, text.len, out->digest);
    out->is_set = true;
    explicit_bzero(text.data, text.len);
    bytes_fini(&text);
    return 0;
}

bool secret_is(const struct secret *secret, const char *given, size_t len)
{
    uint8_t digest[SHA256_BYTES];
    unsigned difference = 0;
    size_t n;

    sha256(given, len, digest);
    for (n = 0; n < SHA256_BYTES; n++)
        difference |= (unsigned)(digest[n] ^ secret->digest[n]);
    return secret->is_set && difference == 0;
}
