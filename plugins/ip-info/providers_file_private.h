/* providers_file_private — what providers_file.c (the file, its places) and providers_members.c
 * (the members of one provider) share. */
#ifndef LWSHOST_IP_INFO_PROVIDERS_FILE_PRIVATE_H
#define LWSHOST_IP_INFO_PROVIDERS_FILE_PRIVATE_H

#include "json_lines.h"
#include "providers_file.h"

struct providers_file {
    const char *path;
    char *text;
    size_t len;
    json_t *root;
    struct json_lines *lines;
};

#define PLACE_MAX_PARTS 4

/* Names from the top of the file downwards, the rest NULL. */
struct place {
    const char *parts[PLACE_MAX_PARTS];
};

/* Complain about a place, or about the nearest one around it that is there. Returns -1. */
int providers_file_complain(const struct providers_file *file, const struct place *place,
                            struct problem *problem, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

/* Complain about a member that nobody knows. `names` is NULL-terminated. Returns -1. */
int providers_file_refuse_unknown(const struct providers_file *file, const struct place *place,
                                  const char *const *names, struct problem *problem);

/* Put the members of the object at `place` over what is in `provider`.
 * are_defaults: only those are known that make sense for every provider.
 * Returns 0, or -1 with `problem` filled. */
int providers_members_read(const struct providers_file *file, const struct place *place,
                           const json_t *object, bool are_defaults, struct provider *provider,
                           struct problem *problem);

#endif
