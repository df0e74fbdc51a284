#include "h2_head.h"

#include "fetch_head.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MOST_OTHERS 5 /* four with a colon, and the length */

static void add(struct h2_head *head, const char *name, size_t name_len, const char *value)
{
    head->fields[head->count++] = (nghttp2_nv){.name = (uint8_t *)(uintptr_t)name,
                                               .value = (uint8_t *)(uintptr_t)value,
                                               .namelen = name_len,
                                               .valuelen = strlen(value)};
}

/* RFC 9113 8.2.1. Returns them one behind the other. */
static char *small_names(const struct fetch_request *request)
{
    size_t len = 1, n;
    char *names, *end, *c;

    for (n = 0; n < request->header_count; n++)
        len += strlen(request->headers[n].name);
    end = names = malloc(len);
    for (n = 0; names && n < request->header_count; n++)
        end = stpcpy(end, request->headers[n].name);
    for (c = names; c < end; c++)
        if (*c >= 'A' && *c <= 'Z')
            *c = (char)(*c - 'A' + 'a');
    return names;
}

int h2_head_make(struct h2_head *head, const struct fetch_request *request, const char *scheme,
                 const char *authority, const char *target)
{
    const char *name;
    size_t n;

    *head = (struct h2_head){0};
    head->fields = calloc(request->header_count + MOST_OTHERS, sizeof(*head->fields));
    head->names = small_names(request);
    if (!head->fields || !head->names)
        return -1;
    add(head, ":method", 7, request->method);
    add(head, ":scheme", 7, scheme);
    add(head, ":authority", 10, authority);
    add(head, ":path", 5, target[0] ? target : "/");
    for (n = 0, name = head->names; n < request->header_count; n++) {
        size_t len = strlen(request->headers[n].name);

        add(head, name, len, request->headers[n].value);
        name += len;
    }
    if (fetch_head_says_length(request)) {
        snprintf(head->length, sizeof(head->length), "%zu",
                 request->body ? request->body_bytes : (size_t)0);
        add(head, "content-length", 14, head->length);
    }
    return 0;
}

void h2_head_fini(struct h2_head *head)
{
    free(head->fields);
    free(head->names);
}
