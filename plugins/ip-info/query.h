/* query — what one request asks, made of its parameters and its path.
 *
 * Shape:    the questions in order, and how the answer shall look. Built by query_init, then any of
 *           query_path, query_parameter and query_body, then query_finish.
 * Owns:     the questions, until query_fini.
 * Borrows:  nothing after a call returns.
 * Calls up: nothing.
 * Not here: where parameters come from (http_query), what is answered (answer).
 */
#ifndef LWSHOST_IP_INFO_QUERY_H
#define LWSHOST_IP_INFO_QUERY_H

#include "answer_field.h"
#include "ip_addr.h"

#include <stdbool.h>
#include <stddef.h>

#define QUERY_NAME_BYTES 33 /* 32 and a NUL */
#define QUERY_TEXT_BYTES 65 /* 64 and a NUL */
#define QUERY_LANG_BYTES 17 /* 16 and a NUL */

enum query_form {
    QUERY_NONE,   /* nothing asked: the caller's own address */
    QUERY_SINGLE, /* one address in the path */
    QUERY_LIST,
    QUERY_NAMED,
    QUERY_BODY, /* while a body is read: it goes with no other form */
};

enum query_format {
    QUERY_FORMAT_AUTO,
    QUERY_FORMAT_JSON,
    QUERY_FORMAT_TEXT,
    QUERY_FORMAT_HTML,
    QUERY_FORMAT_CSV,    /* RFC 4180, with a header line */
    QUERY_FORMAT_NDJSON, /* one line for each answer as it comes, then one that sums up */
};

struct question {
    char name[QUERY_NAME_BYTES]; /* of the named form */
    char text[QUERY_TEXT_BYTES]; /* as it was asked, cut, unprintable bytes as "?" */
    struct ip_addr addr;
    bool is_valid; /* it is an address */
};

struct query {
    enum query_form form;
    enum query_format format;
    struct question *questions;
    size_t count, capacity;
    size_t max_questions;
    unsigned long deadline_ms; /* 0: as configured */
    bool is_strict;
    bool has_strict;
    char provider[QUERY_NAME_BYTES]; /* empty: as configured */
    char lang[QUERY_LANG_BYTES];     /* of names in answers; empty: as configured */
    uint32_t fields;                 /* a bit for each enum answer_field that is wanted */
    bool has_fields;                 /* else all are */
    bool has_meta, is_meta;          /* how each answer came about is told, too */
    int field; /* an enum answer_field: only its value is wanted, as text; -1: whole answers */
    bool is_of_caller; /* about the caller itself */

    unsigned error_status; /* 0, or the HTTP status with which it is refused, and why */
    char error_text[121];
};

/* Begin a query of at most `max_questions`. */
void query_init(struct query *query, size_t max_questions);

/* Free the questions. */
void query_fini(struct query *query);

/* Read what of the path is behind the mount point: nothing, "/", "/me", "/{ip}", and "/{field}"
 * behind the last two. The functions of this group return 0, or -1 when the request is refused;
 * error_status and error_text tell. */
int query_path(struct query *query, const char *path, size_t len);

/* Read one decoded parameter. Names that nobody knows are ignored, but not `ip.` with a bad name.
 */
int query_parameter(struct query *query, const char *name, size_t name_len, const char *value,
                    size_t value_len);

/* Read a JSON body: an array of addresses or an object of them by name. */
int query_body(struct query *query, const char *body, size_t len);

/* Check what only shows when everything was read; `caller` stands in where nothing is asked, NULL
 * when the caller has no address. */
int query_finish(struct query *query, const struct ip_addr *caller);

/* Whether callers want that field of each result. */
bool query_wants(const struct query *query, int field);

/* Refuse the query; the first refusal stands. Returns -1. */
int query_refuse(struct query *query, unsigned status, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

#endif
