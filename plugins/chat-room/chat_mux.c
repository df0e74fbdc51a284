#include "chat_mux.h"

#include "ws_frame.h"

#include <stdlib.h>
#include <string.h>

#define PIECE_BYTES 8192u /* within the 16384 bytes of a DATA frame that every peer takes */
#define LEAST_BYTES 127u  /* of a window: a whole ping, which can't be cut */

struct mux_frame {
    size_t len, sent; /* of the payload */
    bool is_ping;
    unsigned char bytes[]; /* LWS_PRE bytes of space, and the payload */
};

size_t mux_window(struct lws *wsi)
{
    lws_fileofs_t stream = lws_get_peer_write_allowance(wsi);
    lws_fileofs_t connection = lws_get_peer_write_allowance(lws_get_network_wsi(wsi));

    if (stream < 0 || (connection >= 0 && connection < stream))
        stream = connection;
    return stream < 0 ? SIZE_MAX : (size_t)stream;
}

bool mux_has_window(struct lws *wsi) { return mux_window(wsi) >= LEAST_BYTES; }

int mux_take(struct mux_frame **out, const uint8_t *bytes, size_t len)
{
    struct mux_frame *frame;
    size_t head;

    if (*out || ws_frame_measure(bytes, &head) != len)
        return -1;
    frame = malloc(sizeof(*frame) + LWS_PRE + len - head);
    if (!frame)
        return -1;
    frame->len = len - head;
    frame->sent = 0;
    frame->is_ping = (bytes[0] & 0x0f) == WS_PING;
    memcpy(frame->bytes + LWS_PRE, bytes + head, frame->len);
    *out = frame;
    return 0;
}

/* Send at most `space` bytes of it. */
static int send_piece(struct mux_frame *frame, struct lws *wsi, size_t space)
{
    size_t piece = frame->len - frame->sent;
    int flags = LWS_WRITE_PING;
    unsigned char *from = frame->bytes + LWS_PRE + frame->sent;

    if (piece > PIECE_BYTES)
        piece = PIECE_BYTES;
    if (piece > space - WS_FRAME_HEAD_MAX)
        piece = space - WS_FRAME_HEAD_MAX;
    if (!frame->is_ping)
        flags =
            lws_write_ws_flags(LWS_WRITE_TEXT, frame->sent == 0, frame->sent + piece == frame->len);
    frame->sent += piece;
    /* The head of a later piece is written over what is sent already. */
    return lws_write(wsi, from, piece, (enum lws_write_protocol)flags) < 0 ? -1 : 0;
}

int mux_send(struct mux_frame **waiting, struct lws *wsi)
{
    size_t space = mux_window(wsi);
    int result;

    if (!*waiting || space < LEAST_BYTES)
        return 0;
    result = send_piece(*waiting, wsi, space);
    if ((*waiting)->sent == (*waiting)->len)
        mux_fini(waiting);
    return result;
}

void mux_fini(struct mux_frame **waiting)
{
    free(*waiting);
    *waiting = NULL;
}
