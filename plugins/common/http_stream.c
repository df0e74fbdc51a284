#include "http_stream.h"

#include <stdio.h>
#include <string.h>

#define HEADER_BYTES 10240
#define CHUNK_HEAD_BYTES 20 /* the length in hexadecimal and CR LF */
#define ROOM_BYTES (LWS_PRE + CHUNK_HEAD_BYTES)
#define PATIENCE_SECONDS 20

static bool is_http10(struct lws *wsi)
{
    char version[16];

    return lws_hdr_copy(wsi, version, sizeof(version), WSI_TOKEN_HTTP) > 0 &&
           strcmp(version, "HTTP/1.0") == 0;
}

int http_stream_begin(struct lws *wsi, struct http_stream *stream, const struct http_answer *answer)
{
    unsigned char buffer[LWS_PRE + HEADER_BYTES], *start = buffer + LWS_PRE, *at = start;
    unsigned char *end = start + HEADER_BYTES - 1;
    bool is_http2 = lws_get_network_wsi(wsi) != wsi;

    http_stream_fini(stream);
    stream->status = answer->status;
    stream->body_sent = 0;
    stream->is_bare = !is_http2 && is_http10(wsi);
    stream->is_chunked = !is_http2 && !stream->is_bare;
    if (lws_add_http_header_status(wsi, answer->status, &at, end) ||
        lws_add_http_header_by_token(wsi, WSI_TOKEN_HTTP_CONTENT_TYPE,
                                     (const unsigned char *)answer->content_type,
                                     (int)strlen(answer->content_type), &at, end) ||
        http_reply_add_headers(wsi, answer, start, &at, end))
        return -1;
    if (!is_http2 &&
        lws_add_http_header_by_name(
            wsi, (const unsigned char *)(stream->is_bare ? "connection:" : "transfer-encoding:"),
            (const unsigned char *)(stream->is_bare ? "close" : "chunked"), stream->is_bare ? 5 : 7,
            &at, end))
        return -1;
    if (lws_finalize_write_http_header(wsi, start, &at, end))
        return -1;
    lws_set_timeout(wsi, NO_PENDING_TIMEOUT, 0);
    stream->is_open = true;
    return 0;
}

bool http_stream_wants(const struct http_stream *stream)
{
    return stream->is_open && !stream->has_ended && stream->piece.len == 0;
}

int http_stream_append(struct http_stream *stream, const void *data, size_t len)
{
    static const char room[ROOM_BYTES];

    if (stream->piece.len == 0 && bytes_append(&stream->piece, room, sizeof(room)))
        return -1;
    return bytes_append(&stream->piece, data, len);
}

void http_stream_end(struct http_stream *stream) { stream->has_ended = true; }

/* Put a chunk's length before the piece and its end behind; where there is nothing to put, only the
 * last chunk. Returns where it begins, or NULL when memory is short. */
static unsigned char *make_chunk(struct http_stream *stream)
{
    char head[CHUNK_HEAD_BYTES + 1];
    size_t len = stream->piece.len - ROOM_BYTES;
    int head_len = len ? snprintf(head, sizeof(head), "%zx\r\n", len) : 0;
    unsigned char *from;

    if ((len && bytes_append_str(&stream->piece, "\r\n")) ||
        (stream->has_ended && bytes_append_str(&stream->piece, "0\r\n\r\n")))
        return NULL;
    from = (unsigned char *)stream->piece.data + ROOM_BYTES - head_len;
    memcpy(from, head, (size_t)head_len);
    return from;
}

/* HTTP/1 takes all of it: what the socket does not take lws keeps, and asks for more after that. */
static int write_http1(struct lws *wsi, struct http_stream *stream)
{
    unsigned char *from =
        stream->is_chunked ? make_chunk(stream) : (unsigned char *)stream->piece.data + ROOM_BYTES;
    size_t len;

    if (!from)
        return -1;
    len = (size_t)((unsigned char *)stream->piece.data + stream->piece.len - from);
    if (len && lws_write(wsi, from, len, LWS_WRITE_HTTP) < 0)
        return -1;
    stream->body_sent += len;
    bytes_clear(&stream->piece);
    return 0;
}

static int write_http2(struct lws *wsi, struct http_stream *stream)
{
    lws_fileofs_t allowance = lws_get_peer_write_allowance(wsi);
    size_t left = stream->piece.len - ROOM_BYTES - stream->sent, len = left;

    if (allowance >= 0 && (size_t)allowance < len)
        len = (size_t)allowance;
    if (len == 0 && left)
        return 0;
    if (lws_write(wsi, (unsigned char *)stream->piece.data + ROOM_BYTES + stream->sent, len,
                  stream->has_ended && len == left ? LWS_WRITE_HTTP_FINAL : LWS_WRITE_HTTP) < 0)
        return -1;
    stream->sent += len;
    stream->body_sent += len;
    if (len < left)
        return 0;
    stream->sent = 0;
    bytes_clear(&stream->piece);
    return 0;
}

int http_stream_writable(struct lws *wsi, struct http_stream *stream)
{
    bool is_http2 = lws_get_network_wsi(wsi) != wsi;
    bool is_bare = stream->is_bare;

    if (!stream->is_open)
        return 0;
    lws_set_timeout(wsi, NO_PENDING_TIMEOUT, 0);
    if (stream->piece.len == 0 && !stream->has_ended)
        return 0;
    if (stream->piece.len == 0 && http_stream_append(stream, "", 0))
        return -1;
    if (is_http2 ? write_http2(wsi, stream) : write_http1(wsi, stream))
        return -1;
    if (stream->piece.len || !stream->has_ended) {
        lws_set_timeout(wsi, PENDING_TIMEOUT_HTTP_CONTENT, PATIENCE_SECONDS);
        lws_callback_on_writable(wsi);
        return 0;
    }
    http_stream_fini(stream);
    return lws_http_transaction_completed(wsi) || is_bare ? -1 : 0;
}

void http_stream_fini(struct http_stream *stream)
{
    unsigned status = stream->status;
    uint64_t body_sent = stream->body_sent;

    bytes_fini(&stream->piece);
    memset(stream, 0, sizeof(*stream));
    stream->status = status;
    stream->body_sent = body_sent;
}
