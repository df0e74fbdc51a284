#include "rx_buf.h"

enum rx_result rx_buf_feed(struct rx_buf *rx, const struct rx_piece *piece, size_t max,
                           const char **message, size_t *len)
{
    if (piece->is_first)
        bytes_clear(&rx->pieces);
    if (piece->len > max - rx->pieces.len || piece->announced > max - rx->pieces.len - piece->len) {
        bytes_fini(&rx->pieces);
        return RX_TOO_BIG;
    }
    if (piece->is_last && rx->pieces.len == 0) {
        *message = piece->len ? piece->data : "";
        *len = piece->len;
        return RX_WHOLE;
    }
    if (bytes_append(&rx->pieces, piece->data, piece->len)) {
        bytes_fini(&rx->pieces);
        return RX_NO_MEMORY;
    }
    if (!piece->is_last)
        return RX_MORE;
    *message = rx->pieces.data;
    *len = rx->pieces.len;
    return RX_WHOLE;
}

void rx_buf_fini(struct rx_buf *rx) { bytes_fini(&rx->pieces); }
