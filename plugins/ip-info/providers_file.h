/* providers_file — a JSON file that says whom to ask, and how.
 *
 * Shape:    {"version":1, "order":[names], "defaults":{…}, "providers":{name:{…}}}. Members that
 *           nobody knows are mistakes. Each mistake is said as `file:line:column: place: reason`.
 * Owns:     the text and what was read of it, until providers_file_free.
 * Borrows:  the path, as long as the file lives.
 * Calls up: the file system, in providers_file_read.
 * Not here: presets below it and options above it (settings), what the texts mean (provider).
 */
#ifndef LWSHOST_IP_INFO_PROVIDERS_FILE_H
#define LWSHOST_IP_INFO_PROVIDERS_FILE_H

#include "provider.h"

#define PROVIDERS_FILE_MAX_BYTES 1048576

struct providers_file;

/* Read the file. Returns NULL with `problem` filled; its path is "providers-file". */
struct providers_file *providers_file_read(const char *path, struct problem *problem);

/* Understand `len` bytes of text, which would be those of `path`. As providers_file_read. */
struct providers_file *providers_file_parse(const char *path, const char *text, size_t len,
                                            struct problem *problem);

/* The nth name of `order`, or NULL. Without `order` nobody is named. */
const char *providers_file_order(const struct providers_file *file, size_t n);

/* The nth provider's name, in the order of the text, or NULL. */
const char *providers_file_name(const struct providers_file *file, size_t n);

/* True when the file has a provider of that name, with that member unless it is NULL. */
bool providers_file_has(const struct providers_file *file, const char *name, const char *member);

/* Put what the file has as defaults, and for the provider called `provider->name`, over what is
 * there. The provider borrows from the file. Returns 0, or -1 with `problem` filled. */
int providers_file_apply(const struct providers_file *file, struct provider *provider,
                         struct problem *problem);

/* Say that what the file has for a provider is wrong, at `inner->path` ("url", "map.city").
 * Returns -1. */
int providers_file_blame(const struct providers_file *file, const char *name,
                         const struct problem *inner, struct problem *problem);

/* Free; NULL is fine. */
void providers_file_free(struct providers_file *file);

#endif
