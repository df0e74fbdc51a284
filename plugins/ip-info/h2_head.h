/* h2_head — what a request looks like at the beginning of an HTTP/2 stream.
 *
 * Shape:    fields as libnghttp2 takes them, those with a colon first; names in small letters.
 * Owns:     the fields and their names, until h2_head_fini.
 * Borrows:  everything else; the head must not move.
 * Calls up: nothing.
 * Not here: what a request may have in it (fetch_head).
 */
#ifndef LWSHOST_H2_HEAD_H
#define LWSHOST_H2_HEAD_H

#include "fetch.h"

#include <nghttp2/nghttp2.h>

struct h2_head {
    nghttp2_nv *fields;
    size_t count;
    char *names;
    char length[24]; /* the value of Content-Length */
};

/* Make the head of a request that fetch_head finds sound. scheme, authority: those of the URL;
 * target: path and query, empty for "/". Returns 0, or -1 when memory is short; h2_head_fini is
 * due in either case. */
int h2_head_make(struct h2_head *head, const struct fetch_request *request, const char *scheme,
                 const char *authority, const char *target);
void h2_head_fini(struct h2_head *head);

#endif
