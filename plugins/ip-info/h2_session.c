#include "h2_session.h"

#include "h2_head.h"
#include "h2_memory.h"

#include <nghttp2/nghttp2.h>
#include <stdlib.h>
#include <string.h>

struct h2_session {
    nghttp2_session *engine;
    const char *scheme, *authority;
    struct dlist open, ended;
    size_t open_count;
    unsigned waste;  /* frames that were of no use since the last whole response */
    bool is_settled; /* the peer's SETTINGS have come */
    bool is_broken;  /* memory was short, or the engine gives up */
    struct bytes out;
};

/* ---- streams */

static struct h2_stream *stream_of(nghttp2_session *engine, int32_t id)
{
    return nghttp2_session_get_stream_user_data(engine, id);
}

/* What the engine hears of the stream from now on reaches nobody. */
static void detach(struct h2_stream *stream)
{
    nghttp2_session_set_stream_user_data(stream->session->engine, stream->id, NULL);
    dlist_remove(&stream->link);
    stream->session->open_count--;
}

static void end_stream(struct h2_stream *stream, enum h2_end end)
{
    detach(stream);
    stream->end = end;
    dlist_append(&stream->session->ended, &stream->link);
}

static void reset(struct h2_session *session, int32_t id)
{
    if (nghttp2_submit_rst_stream(session->engine, NGHTTP2_FLAG_NONE, id, NGHTTP2_CANCEL))
        session->is_broken = true;
}

/* End a stream that goes on as far as the peer is concerned. */
static void quit_stream(struct h2_stream *stream, enum h2_end end)
{
    end_stream(stream, end);
    reset(stream->session, stream->id);
}

/* Go on, unless the response can't. */
static void heed(struct h2_stream *stream, enum http_response_result result)
{
    switch (result) {
    case HTTP_RESPONSE_MORE:
    case HTTP_RESPONSE_DONE:
        break;
    case HTTP_RESPONSE_BAD:
        quit_stream(stream, H2_END_CLOSED);
        break;
    case HTTP_RESPONSE_TOO_LARGE:
        quit_stream(stream, H2_END_TOO_LARGE);
        break;
    case HTTP_RESPONSE_NO_MEMORY:
        quit_stream(stream, H2_END_NO_MEMORY);
        break;
    }
}

static bool has_unsent(const struct h2_stream *stream)
{
    return stream->request->body && stream->sent < stream->request->body_bytes;
}

/* The peer has said all. Who asked has what he wants, even if the request was not all read. */
static void end_response(struct h2_stream *stream)
{
    stream->session->waste = 0;
    if (has_unsent(stream))
        quit_stream(stream, H2_END_DONE);
    else
        end_stream(stream, H2_END_DONE);
}

/* ---- what the engine says; it must not be asked to read or write in here */

static void waste(struct h2_session *session)
{
    if (++session->waste == H2_SESSION_MAX_WASTE &&
        nghttp2_session_terminate_session(session->engine, NGHTTP2_ENHANCE_YOUR_CALM))
        session->is_broken = true;
}

static int on_begin_frame(nghttp2_session *engine, const nghttp2_frame_hd *hd, void *opaque)
{
    struct h2_session *session = opaque;

    /* HEADERS of a response are bounded by its size; CONTINUATIONs may be without end or content.
     */
    if ((hd->type != NGHTTP2_DATA && hd->type != NGHTTP2_HEADERS) ||
        !stream_of(engine, hd->stream_id))
        waste(session);
    return 0;
}

static int on_header(nghttp2_session *engine, const nghttp2_frame *frame, const uint8_t *name,
                     size_t name_len, const uint8_t *value, size_t value_len, uint8_t flags,
                     void *opaque)
{
    struct h2_stream *stream = stream_of(engine, frame->hd.stream_id);

    (void)opaque;
    (void)flags;
    (void)value_len; /* there is no NUL in it, but one behind it */
    if (stream)
        heed(stream, http_response_field(stream->response, (const char *)name, name_len,
                                         (const char *)value));
    return 0;
}

static int on_data(nghttp2_session *engine, uint8_t flags, int32_t id, const uint8_t *data,
                   size_t len, void *opaque)
{
    struct h2_stream *stream = stream_of(engine, id);

    (void)opaque;
    (void)flags;
    if (stream)
        heed(stream, http_response_feed(stream->response, (const char *)data, len));
    return 0;
}

static int on_frame(nghttp2_session *engine, const nghttp2_frame *frame, void *opaque)
{
    struct h2_session *session = opaque;
    struct h2_stream *stream = stream_of(engine, frame->hd.stream_id);
    bool is_last = (frame->hd.flags & NGHTTP2_FLAG_END_STREAM) != 0;

    if (frame->hd.type == NGHTTP2_SETTINGS && !(frame->hd.flags & NGHTTP2_FLAG_ACK))
        session->is_settled = true;
    if (frame->hd.type == NGHTTP2_DATA && frame->hd.length == frame->data.padlen && !is_last)
        waste(session); /* nothing, or nothing but padding */
    if (stream && frame->hd.type == NGHTTP2_HEADERS) {
        heed(stream, http_response_end_fields(stream->response));
        stream = stream_of(engine, frame->hd.stream_id);
    }
    if (stream && is_last && (frame->hd.type == NGHTTP2_HEADERS || frame->hd.type == NGHTTP2_DATA))
        end_response(stream);
    return 0;
}

static int on_close(nghttp2_session *engine, int32_t id, uint32_t error, void *opaque)
{
    struct h2_stream *stream = stream_of(engine, id);

    (void)opaque;
    /* Also of streams that a GOAWAY says were not looked at. */
    if (stream)
        end_stream(stream, error == NGHTTP2_REFUSED_STREAM ? H2_END_REFUSED : H2_END_CLOSED);
    return 0;
}

/* The engine resets the stream, but not before it has read all that there is. */
static int on_invalid(nghttp2_session *engine, const nghttp2_frame *frame, int error, void *opaque)
{
    struct h2_stream *stream = stream_of(engine, frame->hd.stream_id);

    (void)error;
    (void)opaque;
    if (stream)
        end_stream(stream, H2_END_CLOSED);
    return 0;
}

static ssize_t read_body(nghttp2_session *engine, int32_t id, uint8_t *out, size_t capacity,
                         uint32_t *flags, nghttp2_data_source *source, void *opaque)
{
    struct h2_session *session = opaque;
    struct h2_stream *stream = stream_of(engine, id);
    size_t len;

    (void)source;
    if (!stream)
        return NGHTTP2_ERR_TEMPORAL_CALLBACK_FAILURE;
    len = stream->request->body_bytes - stream->sent;
    if (len > capacity)
        len = capacity;
    memcpy(out, (const uint8_t *)stream->request->body + stream->sent, len);
    stream->sent += len;
    session->waste = 0; /* the windows that let it go were of use */
    if (!has_unsent(stream))
        *flags |= NGHTTP2_DATA_FLAG_EOF;
    return (ssize_t)len;
}

/* ---- the session */

/* Have the engine write all that it may. */
static void drain(struct h2_session *session)
{
    const uint8_t *data;
    ssize_t len;

    while (!session->is_broken && (len = nghttp2_session_mem_send(session->engine, &data)) != 0)
        if (len < 0 || bytes_append(&session->out, data, (size_t)len))
            session->is_broken = true;
}

static int make_engine(struct h2_session *session)
{
    nghttp2_mem memory = h2_memory();
    nghttp2_session_callbacks *callbacks;
    int result;

    if (nghttp2_session_callbacks_new(&callbacks))
        return -1;
    nghttp2_session_callbacks_set_on_begin_frame_callback(callbacks, on_begin_frame);
    nghttp2_session_callbacks_set_on_header_callback(callbacks, on_header);
    nghttp2_session_callbacks_set_on_data_chunk_recv_callback(callbacks, on_data);
    nghttp2_session_callbacks_set_on_frame_recv_callback(callbacks, on_frame);
    nghttp2_session_callbacks_set_on_invalid_frame_recv_callback(callbacks, on_invalid);
    nghttp2_session_callbacks_set_on_stream_close_callback(callbacks, on_close);
    result = nghttp2_session_client_new3(&session->engine, callbacks, session, NULL, &memory);
    nghttp2_session_callbacks_del(callbacks);
    return result ? -1 : 0;
}

struct h2_session *h2_session_new(const char *scheme, const char *authority)
{
    static const nghttp2_settings_entry settings[] = {
        {NGHTTP2_SETTINGS_ENABLE_PUSH, 0},
        {NGHTTP2_SETTINGS_MAX_HEADER_LIST_SIZE, HTTP_RESPONSE_MAX_HEAD_BYTES},
    };
    struct h2_session *session = calloc(1, sizeof(*session));

    if (!session)
        return NULL;
    session->scheme = scheme;
    session->authority = authority;
    dlist_init(&session->open);
    dlist_init(&session->ended);
    if (make_engine(session) == 0 &&
        nghttp2_submit_settings(session->engine, NGHTTP2_FLAG_NONE, settings,
                                sizeof(settings) / sizeof(settings[0])) == 0 &&
        nghttp2_session_set_local_window_size(session->engine, NGHTTP2_FLAG_NONE, 0,
                                              H2_SESSION_WINDOW_BYTES) == 0) {
        drain(session);
        if (!session->is_broken)
            return session;
    }
    h2_session_free(session);
    return NULL;
}

void h2_session_free(struct h2_session *session)
{
    struct h2_stream *stream;

    if (!session)
        return;
    if (session->engine)
        h2_session_close(session);
    while ((stream = h2_session_next_ended(session)))
        ;
    nghttp2_session_del(session->engine);
    bytes_fini(&session->out);
    free(session);
}

bool h2_session_is_over(const struct h2_session *session)
{
    return session->is_broken || (!nghttp2_session_want_read(session->engine) &&
                                  !nghttp2_session_want_write(session->engine));
}

int h2_session_feed(struct h2_session *session, const void *data, size_t len)
{
    if (!session->is_broken && nghttp2_session_mem_recv(session->engine, data, len) < 0)
        session->is_broken = true;
    drain(session);
    return h2_session_is_over(session) ? -1 : 0;
}

struct bytes *h2_session_output(struct h2_session *session) { return &session->out; }

/* ---- requests */

/* Returns the stream's number, or less than 0. */
static int32_t submit(struct h2_session *session, struct h2_stream *stream, const char *target)
{
    const nghttp2_data_provider body = {.read_callback = read_body};
    struct h2_head head;
    int32_t id = -1;

    if (h2_head_make(&head, stream->request, session->scheme, session->authority, target) == 0)
        id = nghttp2_submit_request(session->engine, NULL, head.fields, head.count,
                                    has_unsent(stream) ? &body : NULL, stream);
    h2_head_fini(&head);
    return id;
}

int h2_session_send(struct h2_session *session, struct h2_stream *stream,
                    const struct fetch_request *request, const char *target,
                    struct http_response *response)
{
    if (session->is_broken)
        return -1;
    *stream = (struct h2_stream){.session = session, .request = request, .response = response};
    stream->id = submit(session, stream, target);
    if (stream->id < 0) {
        *stream = (struct h2_stream){0};
        return -1;
    }
    dlist_append(&session->open, &stream->link);
    session->open_count++;
    drain(session);
    /* A head that is too large to be sent, for one. */
    if (!session->is_broken && stream_of(session->engine, stream->id) == stream)
        return 0;
    h2_session_cancel(stream);
    return -1;
}

void h2_session_cancel(struct h2_stream *stream)
{
    struct h2_session *session = stream->session;

    if (!session)
        return;
    if (stream_of(session->engine, stream->id) == stream) {
        detach(stream);
        reset(session, stream->id);
        drain(session);
    }
    dlist_remove(&stream->link);
    stream->session = NULL;
}

struct h2_stream *h2_session_next_ended(struct h2_session *session)
{
    struct dlist_node *link = dlist_first(&session->ended);
    struct h2_stream *stream;

    if (!link)
        return NULL;
    stream = DLIST_ENTRY(link, struct h2_stream, link);
    dlist_remove(link);
    stream->session = NULL;
    return stream;
}

void h2_session_close(struct h2_session *session)
{
    struct dlist_node *link;

    while ((link = dlist_first(&session->open)))
        end_stream(DLIST_ENTRY(link, struct h2_stream, link), H2_END_CLOSED);
}

void h2_session_leave(struct h2_session *session)
{
    if (nghttp2_session_terminate_session(session->engine, NGHTTP2_NO_ERROR))
        session->is_broken = true;
    drain(session);
}

bool h2_session_has_room(const struct h2_session *session)
{
    size_t most = session->is_settled
                      ? nghttp2_session_get_remote_settings(session->engine,
                                                            NGHTTP2_SETTINGS_MAX_CONCURRENT_STREAMS)
                      : 1;

    return !h2_session_is_leaving(session) && session->open_count < most;
}

bool h2_session_is_leaving(const struct h2_session *session)
{
    return session->is_broken || !nghttp2_session_check_request_allowed(session->engine);
}

bool h2_session_is_settled(const struct h2_session *session) { return session->is_settled; }

size_t h2_session_count(const struct h2_session *session) { return session->open_count; }
