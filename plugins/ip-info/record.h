/* record — what is known about one address, in the common schema of every provider.
 *
 * Shape:    one block: for each field the place of its text, then the texts. Numbers are held as
 *           the JSON text of the number, so nothing is rounded on the way through. Never changes
 *           once it is made.
 * Owns:     itself; counted, because later answers may share it.
 * Borrows:  nothing.
 * Calls up: nothing.
 * Not here: where the values come from (provider), how they are shown (answer, answer_text).
 */
#ifndef LWSHOST_RECORD_H
#define LWSHOST_RECORD_H

#include <stddef.h>

/* In the order in which answers show them. */
enum record_field {
    RECORD_COUNTRY,
    RECORD_COUNTRY_CODE,
    RECORD_REGION,
    RECORD_REGION_CODE,
    RECORD_CITY,
    RECORD_DISTRICT,
    RECORD_POSTAL,
    RECORD_LATITUDE,
    RECORD_LONGITUDE,
    RECORD_TIMEZONE,
    RECORD_ISP,
    RECORD_ORG,
    RECORD_AS_NAME,
    RECORD_HOSTNAME,
    RECORD_ASN,
    RECORD_FIELD_COUNT
};

enum record_type {
    RECORD_TEXT,
    RECORD_REAL,    /* a finite number */
    RECORD_INTEGER, /* not negative */
};

/* The longest value that is kept; a longer one counts as not given. */
#define RECORD_MAX_VALUE_BYTES 1024

struct record;

/* The field's name in answers and in `map` options. */
const char *record_field_name(enum record_field field);

enum record_type record_field_type(enum record_field field);

/* The field called `name` (`len` bytes), or RECORD_FIELD_COUNT when there is none. */
enum record_field record_field_find(const char *name, size_t len);

/* Bring `text` into the form that a record keeps for `field`: numbers as JSON numbers.
 * out: the form, at most RECORD_MAX_VALUE_BYTES and a NUL.
 * Returns 0, or -1 when it is empty, too long or no such number. */
int record_normalise(enum record_field field, const char *text,
                     char out[RECORD_MAX_VALUE_BYTES + 1]);

/* Make a record of copies of `values`, which record_normalise has made; NULL for what is not known.
 * Returns it with one reference, or NULL when memory is short. */
struct record *record_new(const char *const values[RECORD_FIELD_COUNT]);

/* The value of a field, or NULL when it is not known. Lives as long as the record. */
const char *record_get(const struct record *record, enum record_field field);

/* The memory that it takes. */
size_t record_size_bytes(const struct record *record);

/* Add a reference; returns `record`, which may be NULL. */
struct record *record_hold(struct record *record);

/* Give a reference back; the last one frees. NULL is fine. */
void record_release(struct record *record);

#endif
