#include "chat_mux.h"

#include "ws_frame.h"

#include <stdlib.h>
#include <string.h>

#define PIECE_BYTES 8192u /* within the 16384 bytes of a DATA frame that every peer takes */
#define LEAST_BYTES 127u  /* of a window: a whole ping, which can't be cut */

/* Bytes of the peer's window, as far as lws tells. */
static size_t window(struct lws *wsi)
{
    lws_fileofs_t stream = lws_get_peer_write_allowance(wsi);
    lws_fileofs_t connection = lws_get_peer_write_allowance(lws_get_network_wsi(wsi));

    if (stream < 0 || (connection >= 0 && connection < stream))
        stream = connection;
    return stream < 0 ? SIZE_MAX : (size_t)stream;
}

bool mux_has_window(struct lws *wsi) { return window(wsi) >= LEAST_BYTES; }

int mux_take(struct mux_frame *frame, const uint8_t *bytes, size_t len)
{
    size_t head;

    if (mux_is_waiting(frame) || ws_frame_measure(bytes, &head) != len)
        return -1;
    frame->bytes = malloc(LWS_PRE + len - head + 1);
    if (!frame->bytes)
        return -1;
    memcpy(frame->bytes + LWS_PRE, bytes + head, len - head);
    frame->len = len - head;
    frame->sent = 0;
    frame->is_ping = (bytes[0] & 0x0f) == WS_PING;
    return 0;
}

int mux_send(struct mux_frame *frame, struct lws *wsi)
{
    size_t space = window(wsi), piece = frame->len - frame->sent;
    bool is_last;
    int result;

    if (!mux_is_waiting(frame) || space < LEAST_BYTES)
        return 0;
    if (piece > PIECE_BYTES)
        piece = PIECE_BYTES;
    if (piece > space - WS_FRAME_HEAD_MAX)
        piece = space - WS_FRAME_HEAD_MAX;
    is_last = frame->sent + piece == frame->len;
    /* The head of a later piece is written over what is sent already. */
    result = lws_write(wsi, frame->bytes + LWS_PRE + frame->sent, piece,
                       frame->is_ping ? LWS_WRITE_PING
                                      : (enum lws_write_protocol)lws_write_ws_flags(
                                            LWS_WRITE_TEXT, frame->sent == 0, is_last));
    frame->sent += piece;
    if (is_last)
        mux_fini(frame);
    return result < 0 ? -1 : 0;
}

void mux_fini(struct mux_frame *frame)
{
    free(frame->bytes);
    memset(frame, 0, sizeof(*frame));
}
