/* event — something that has happened, as one line of a log: key=value, or JSON.
 *
 * Shape:    a name and a few fields, in the order in which they were given. Whatever stands in a
 *           text, the line stays one line and one object: see event_write.
 * Owns:     nothing.
 * Borrows:  names and texts, until it is written.
 * Calls up: nothing.
 * Not here: where the line goes (journal.h, the host).
 */
#ifndef LWSHOST_EVENT_H
#define LWSHOST_EVENT_H

#include "bytes.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define EVENT_FIELDS 16
#define EVENT_TEXT_BYTES 512 /* of one text; what is longer is cut, and ends with "..." */

enum event_format { EVENT_KEY_VALUE, EVENT_JSON };

struct event_field {
    const char *key;
    const char *text; /* NULL: a number */
    size_t len;
    uint64_t number;
};

struct event {
    const char *name;
    bool is_notable; /* somebody who watches over the server should see it */
    struct event_field fields[EVENT_FIELDS];
    size_t count;
};

/* The format that is called key-value or json. Returns 0, or -1 when it is neither. */
int event_format_find(const char *word, enum event_format *out);

/* An event called `name`, a word of the code, without fields. */
void event_begin(struct event *event, const char *name);

/* Add a field. key: a word of the code. text: anything; NULL is left out. What is more than
 * EVENT_FIELDS is left out. */
void event_text(struct event *event, const char *key, const char *text);
void event_bytes(struct event *event, const char *key, const char *text, size_t len);
void event_number(struct event *event, const char *key, uint64_t number);

/* Append the line, with its newline.
 *
 * It begins with the time, as RFC 3339 in UTC with milliseconds, and the event's name. A text is
 * quoted as in JSON, in key=value unless it is made of A-Z a-z 0-9 . _ : / @ + - only. Controls,
 * what changes the direction of text or can't be seen, and the quote and the backslash are escaped
 * as in JSON; what is no UTF-8 becomes U+FFFD. So no text can begin another line or another field,
 * and a terminal shows what there is.
 *
 * wall_ms: since 1970; negative: without the time. Returns 0, or -1 when memory is short. */
int event_write(const struct event *event, enum event_format format, int64_t wall_ms,
                struct bytes *out);

#endif
