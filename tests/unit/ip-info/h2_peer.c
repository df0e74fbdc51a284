#include "h2_peer.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static struct h2_peer_request *request_of(struct h2_peer *peer, int32_t id)
{
    size_t n;

    for (n = 0; n < peer->count; n++)
        if (peer->requests[n].id == id)
            return &peer->requests[n];
    assert_true(peer->count < H2_PEER_MAX_REQUESTS);
    peer->requests[peer->count].id = id;
    return &peer->requests[peer->count++];
}

static int on_header(nghttp2_session *engine, const nghttp2_frame *frame, const uint8_t *name,
                     size_t name_len, const uint8_t *value, size_t value_len, uint8_t flags,
                     void *opaque)
{
    struct bytes *head = &request_of(opaque, frame->hd.stream_id)->head;

    (void)engine;
    (void)flags;
    assert_int_equal(bytes_append(head, name, name_len), 0);
    assert_int_equal(bytes_append_str(head, ": "), 0);
    assert_int_equal(bytes_append(head, value, value_len), 0);
    return bytes_append_str(head, "\n");
}

static int on_data(nghttp2_session *engine, uint8_t flags, int32_t id, const uint8_t *data,
                   size_t len, void *opaque)
{
    (void)engine;
    (void)flags;
    (void)data;
    request_of(opaque, id)->body_bytes += len;
    return 0;
}

static int on_frame(nghttp2_session *engine, const nghttp2_frame *frame, void *opaque)
{
    struct h2_peer *peer = opaque;

    (void)engine;
    switch (frame->hd.type) {
    case NGHTTP2_HEADERS:
    case NGHTTP2_DATA:
        if (frame->hd.flags & NGHTTP2_FLAG_END_STREAM)
            request_of(peer, frame->hd.stream_id)->is_whole = true;
        break;
    case NGHTTP2_RST_STREAM:
        request_of(peer, frame->hd.stream_id)->is_reset = true;
        request_of(peer, frame->hd.stream_id)->reset = frame->rst_stream.error_code;
        break;
    case NGHTTP2_PING:
        peer->pongs += (frame->hd.flags & NGHTTP2_FLAG_ACK) != 0;
        break;
    case NGHTTP2_GOAWAY:
        peer->has_farewell = true;
        peer->farewell = frame->goaway.error_code;
        break;
    default:
        break;
    }
    return 0;
}

void h2_peer_init(struct h2_peer *peer, uint32_t streams, uint32_t window)
{
    const nghttp2_settings_entry settings[] = {
        {NGHTTP2_SETTINGS_MAX_CONCURRENT_STREAMS, streams},
        {NGHTTP2_SETTINGS_INITIAL_WINDOW_SIZE, window},
    };
    nghttp2_session_callbacks *callbacks;
    nghttp2_option *option;

    memset(peer, 0, sizeof(*peer));
    assert_int_equal(nghttp2_session_callbacks_new(&callbacks), 0);
    nghttp2_session_callbacks_set_on_header_callback(callbacks, on_header);
    nghttp2_session_callbacks_set_on_data_chunk_recv_callback(callbacks, on_data);
    nghttp2_session_callbacks_set_on_frame_recv_callback(callbacks, on_frame);
    assert_int_equal(nghttp2_option_new(&option), 0);
    nghttp2_option_set_no_auto_window_update(option, window == 0);
    assert_int_equal(nghttp2_session_server_new2(&peer->engine, callbacks, peer, option), 0);
    nghttp2_option_del(option);
    nghttp2_session_callbacks_del(callbacks);
    assert_int_equal(nghttp2_submit_settings(peer->engine, NGHTTP2_FLAG_NONE, settings, 2), 0);
}

void h2_peer_fini(struct h2_peer *peer)
{
    size_t n;

    for (n = 0; n < peer->count; n++)
        bytes_fini(&peer->requests[n].head);
    nghttp2_session_del(peer->engine);
    bytes_fini(&peer->out);
}

static void write_engine(struct h2_peer *peer)
{
    const uint8_t *data;
    ssize_t len;

    while ((len = nghttp2_session_mem_send(peer->engine, &data)) > 0)
        assert_int_equal(bytes_append(&peer->out, data, (size_t)len), 0);
    assert_int_equal(len, 0);
}

int h2_peer_carry(struct h2_peer *peer, struct h2_session *session, size_t piece)
{
    struct bytes *sent = h2_session_output(session);
    int result = 0;
    bool moves = true;

    while (moves) {
        size_t at, len;

        moves = sent->len != 0;
        assert_int_equal(nghttp2_session_mem_recv(peer->engine, (uint8_t *)sent->data, sent->len),
                         sent->len);
        bytes_clear(sent);
        write_engine(peer);
        for (at = 0; at < peer->out.len; at += len) {
            len = peer->out.len - at < piece ? peer->out.len - at : piece;
            moves = true;
            result = h2_session_feed(session, peer->out.data + at, len);
        }
        bytes_clear(&peer->out);
    }
    return result;
}

void h2_peer_frame(struct h2_peer *peer, uint8_t type, uint8_t flags, int32_t id,
                   const void *payload, size_t len)
{
    const uint32_t number = (uint32_t)id;
    const uint8_t head[9] = {
        (uint8_t)(len >> 16),
        (uint8_t)(len >> 8),
        (uint8_t)len,
        type,
        flags,
        (uint8_t)(number >> 24),
        (uint8_t)(number >> 16),
        (uint8_t)(number >> 8),
        (uint8_t)number,
    };

    write_engine(peer); /* what it has to say comes before */
    assert_int_equal(bytes_append(&peer->out, head, sizeof(head)), 0);
    assert_int_equal(bytes_append(&peer->out, payload, len), 0);
}

/* HPACK's plainest form (RFC 7541 6.2.2, 5.1): a literal that is in no table. */
static void put_text(struct bytes *block, const char *text, size_t len)
{
    uint8_t number[4] = {(uint8_t)len};
    size_t count = 1, rest;

    if (len >= 127) {
        number[0] = 127;
        for (rest = len - 127; rest >= 128; rest /= 128)
            number[count++] = (uint8_t)(rest % 128 + 128);
        number[count++] = (uint8_t)rest;
    }
    assert_int_equal(bytes_append(block, number, count), 0);
    assert_int_equal(bytes_append(block, text, len), 0);
}

void h2_peer_headers(struct h2_peer *peer, uint8_t flags, int32_t id, const char *fields)
{
    struct bytes block = {0};

    for (; *fields; fields = strchr(fields, '\n') + 1) {
        const char *colon = strchr(fields + 1, ':');

        assert_int_equal(bytes_append(&block, "", 1), 0);
        put_text(&block, fields, (size_t)(colon - fields));
        put_text(&block, colon + 2, strcspn(colon + 2, "\n"));
    }
    h2_peer_frame(peer, NGHTTP2_HEADERS, flags | NGHTTP2_FLAG_END_HEADERS, id, block.data,
                  block.len);
    bytes_fini(&block);
}

void h2_peer_data(struct h2_peer *peer, uint8_t flags, int32_t id, const char *text)
{
    h2_peer_frame(peer, NGHTTP2_DATA, flags, id, text, strlen(text));
}

static void put_number(uint8_t *out, uint32_t number)
{
    out[0] = (uint8_t)(number >> 24);
    out[1] = (uint8_t)(number >> 16);
    out[2] = (uint8_t)(number >> 8);
    out[3] = (uint8_t)number;
}

void h2_peer_reset(struct h2_peer *peer, int32_t id, uint32_t code)
{
    uint8_t payload[4];

    put_number(payload, code);
    h2_peer_frame(peer, NGHTTP2_RST_STREAM, 0, id, payload, sizeof(payload));
}

void h2_peer_goaway(struct h2_peer *peer, int32_t last_id, uint32_t code)
{
    uint8_t payload[8];

    put_number(payload, (uint32_t)last_id);
    put_number(payload + 4, code);
    h2_peer_frame(peer, NGHTTP2_GOAWAY, 0, 0, payload, sizeof(payload));
}

void h2_peer_setting(struct h2_peer *peer, int32_t name, uint32_t value)
{
    const nghttp2_settings_entry setting = {name, value};

    assert_int_equal(nghttp2_submit_settings(peer->engine, NGHTTP2_FLAG_NONE, &setting, 1), 0);
}

static ssize_t read_answer(nghttp2_session *engine, int32_t id, uint8_t *out, size_t capacity,
                           uint32_t *flags, nghttp2_data_source *source, void *opaque)
{
    size_t len = strlen(source->ptr);

    (void)engine;
    (void)id;
    (void)opaque;
    if (len > capacity)
        len = capacity;
    memcpy(out, source->ptr, len);
    source->ptr = (char *)source->ptr + len;
    if (!*(const char *)source->ptr)
        *flags |= NGHTTP2_DATA_FLAG_EOF;
    return (ssize_t)len;
}

void h2_peer_answer(struct h2_peer *peer, int32_t id, const char *text)
{
    const nghttp2_nv status = {.name = (uint8_t *)(uintptr_t) ":status",
                               .value = (uint8_t *)(uintptr_t) "200",
                               .namelen = 7,
                               .valuelen = 3};
    const nghttp2_data_provider body = {.source.ptr = (void *)(uintptr_t)text,
                                        .read_callback = read_answer};

    assert_int_equal(nghttp2_submit_response(peer->engine, id, &status, 1, &body), 0);
}
