/* Messages that come in pieces (rx_buf), frames that go out (ws_frame, out_queue), against copies
 * that are put together the long way. */
#include "fuzz.h"

#include "out_queue.h"
#include "rx_buf.h"

#include <stdlib.h>
#include <string.h>

/* Pieces as libwebsockets hands them on: of frames that say how much of them is to come. */
static void receive(struct fuzz_input *input)
{
    size_t max = fuzz_number(input, 200), len, message_len, n;
    bool is_first = true, is_too_big = false;
    struct bytes whole = {0};
    struct rx_buf rx = {0};
    const char *message;

    for (n = 0; n < 40 && input->left; n++) {
        unsigned how = fuzz_byte(input);
        size_t announced = how & 2 ? fuzz_byte(input) : 0;
        char *data;
        struct rx_piece piece = {
            .announced = announced, .is_first = is_first, .is_last = how & 1 && !announced};
        struct fuzz_input slice = {input->at, fuzz_number(input, 30)};

        if (slice.left > input->left)
            slice.left = input->left;
        slice.at = input->at;
        input->at += slice.left;
        input->left -= slice.left;
        data = fuzz_rest(&slice, &len);
        piece.data = data;
        piece.len = len;
        if (!is_too_big) { /* nobody goes on with a message that was too big */
            FUZZ_CHECK(!bytes_append(&whole, data, len));
            switch (rx_buf_feed(&rx, &piece, max, &message, &message_len)) {
            case RX_WHOLE:
                FUZZ_CHECK(piece.is_last && message_len == whole.len && whole.len <= max);
                FUZZ_CHECK(!message_len || !memcmp(message, whole.data, message_len));
                break;
            case RX_TOO_BIG:
                FUZZ_CHECK(whole.len + announced > max);
                is_too_big = true;
                break;
            case RX_MORE:
                FUZZ_CHECK(!piece.is_last && whole.len + announced <= max);
                break;
            case RX_NO_MEMORY:
                FUZZ_CHECK(false);
            }
        }
        free(data);
        is_first = piece.is_last;
        if (piece.is_last || is_too_big)
            bytes_clear(&whole);
        if (piece.is_last)
            is_too_big = false;
    }
    rx_buf_fini(&rx);
    bytes_fini(&whole);
}

static void check_close(unsigned code, const char *reason)
{
    uint8_t frame[WS_CLOSE_FRAME_MAX];
    size_t head, len = ws_frame_close(frame, code, reason);
    json_t *text;

    FUZZ_CHECK(len >= 4 && len <= sizeof(frame) && ws_frame_measure(frame, &head) == len);
    FUZZ_CHECK(frame[0] == (0x80 | WS_CLOSE) && head == 2 && frame[1] == len - 2);
    FUZZ_CHECK((unsigned)(frame[2] << 8 | frame[3]) == (code & 0xffff));
    FUZZ_CHECK(!memcmp(frame + 4, reason, len - 4));
    text = json_stringn((const char *)frame + 4, len - 4); /* cut at a character */
    FUZZ_CHECK(text);
    json_decref(text);
}

/* Frames of all three lengths of length, taken out in bites. */
static void send(struct fuzz_input *input)
{
    static char payload[70000];
    struct out_queue queue = {0};
    struct bytes sent = {0}, wanted = {0};
    uint8_t head[WS_FRAME_HEAD_MAX];
    const void *bytes;
    size_t n, at, len, measured, limit = fuzz_number(input, 200000);

    for (n = 0; n < 12 && input->left; n++) {
        unsigned how = fuzz_byte(input);
        size_t before = out_queue_waiting(&queue);

        if (how & 1) {
            len = out_queue_take(&queue, fuzz_number(input, 100000), &bytes);
            FUZZ_CHECK((len > 0) == (before > 0) && len <= before);
            FUZZ_CHECK(!bytes_append(&sent, bytes, len));
            FUZZ_CHECK(ws_frame_fit(bytes, len, len) == len || !len);
            out_queue_tidy(&queue);
            continue;
        }
        len = fuzz_number(input, how & 2 ? 300 : sizeof(payload));
        memset(payload, (int)n + 1, len);
        measured = ws_frame_head(head, WS_TEXT, len);
        if (out_queue_add(&queue, WS_TEXT, payload, len, limit)) {
            FUZZ_CHECK(before + measured + len > limit && out_queue_waiting(&queue) == before);
            continue;
        }
        FUZZ_CHECK(out_queue_waiting(&queue) == before + measured + len);
        FUZZ_CHECK(!bytes_append(&wanted, head, measured));
        FUZZ_CHECK(!bytes_append(&wanted, payload, len));
    }
    while ((len = out_queue_take(&queue, 1, &bytes)) > 0) /* one frame at a time */
        FUZZ_CHECK(!bytes_append(&sent, bytes, len));
    FUZZ_CHECK(sent.len == wanted.len && (!sent.len || !memcmp(sent.data, wanted.data, sent.len)));
    for (at = 0; at < sent.len; at += len)
        len = ws_frame_measure((const uint8_t *)sent.data + at, &measured);
    FUZZ_CHECK(at == sent.len);
    out_queue_fini(&queue);
    bytes_fini(&sent);
    bytes_fini(&wanted);
}

/* A byte: what is tried; for a Close frame its code and reason, else numbers and pieces. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct fuzz_input input = {data, size};
    unsigned code;
    json_t *text;
    char *reason;

    switch (fuzz_byte(&input) % 3) {
    case 0:
        receive(&input);
        break;
    case 1:
        send(&input);
        break;
    default:
        code = (unsigned)fuzz_number(&input, 0xffff);
        reason = fuzz_text(&input, '\0', NULL);
        text = json_string(reason);
        if (text)
            check_close(code, reason);
        json_decref(text);
        free(reason);
    }
    return 0;
}
