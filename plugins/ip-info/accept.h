/* accept — which of our formats a caller likes best, by its Accept header.
 *
 * Shape:    one pure function. Owns, borrows, calls up: nothing.
 */
#ifndef LWSHOST_ACCEPT_H
#define LWSHOST_ACCEPT_H

#include "query.h"

/* Choose by the header's media ranges and their q (RFC 9110 12.5.1); among equals JSON before text
 * before HTML, but a range that names a type before one with a star.
 * header: NULL or empty for none.
 * Returns the format, or QUERY_FORMAT_AUTO when nothing that we have is acceptable. */
enum query_format accept_choose(const char *header);

#endif
