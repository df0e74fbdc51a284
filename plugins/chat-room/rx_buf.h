/* rx_buf — the pieces that libwebsockets hands over, put together to one message.
 *
 * Shape:    what has come so far of the present message; all-zero is a valid "nothing yet".
 * Owns:     a copy of the pieces, until the message is whole, or rx_buf_fini.
 * Borrows:  a message that comes in one piece is passed through without a copy.
 * Calls up: nothing.
 */
#ifndef CHAT_RX_BUF_H
#define CHAT_RX_BUF_H

#include "bytes.h"

#include <stdbool.h>
#include <stddef.h>

struct rx_buf {
    struct bytes pieces;
};

/* One piece as it came. */
struct rx_piece {
    const char *data;
    size_t len;
    size_t announced; /* bytes of the same frame that are still to come */
    bool is_first;    /* the message begins with it */
    bool is_last;     /* the message is whole after it */
};

enum rx_result { RX_MORE, RX_WHOLE, RX_TOO_BIG, RX_NO_MEMORY };

/* Take a piece. As soon as it is certain that the message will have more than `max` bytes the
 * answer is RX_TOO_BIG and nothing is kept. message, len: on RX_WHOLE the message, good until the
 * next call. */
enum rx_result rx_buf_feed(struct rx_buf *rx, const struct rx_piece *piece, size_t max,
                           const char **message, size_t *len);

/* Forget what has come and free its memory; best called after each message, because most members
 * are silent most of the time. */
void rx_buf_fini(struct rx_buf *rx);

#endif
