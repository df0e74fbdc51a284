#include "out_queue.h"

#include <string.h>

void out_queue_tidy(struct out_queue *queue)
{
    struct bytes *frames = &queue->frames;

    if (queue->sent == 0)
        return;
    if (queue->sent == frames->len) {
        out_queue_fini(queue);
        return;
    }
    frames->len -= queue->sent;
    memmove(frames->data, frames->data + queue->sent, frames->len);
    queue->sent = 0;
}

int out_queue_add(struct out_queue *queue, enum ws_opcode opcode, const void *payload, size_t len,
                  size_t limit)
{
    uint8_t head[WS_FRAME_HEAD_MAX];
    size_t head_len = ws_frame_head(head, opcode, len);

    out_queue_tidy(queue);
    if (queue->frames.len + head_len + len > limit || bytes_reserve(&queue->frames, head_len + len))
        return -1;
    bytes_append(&queue->frames, head, head_len);
    bytes_append(&queue->frames, payload, len);
    return 0;
}

int out_queue_add_finished(struct out_queue *queue, const void *frame, size_t len)
{
    out_queue_tidy(queue);
    return bytes_append(&queue->frames, frame, len);
}

size_t out_queue_waiting(const struct out_queue *queue) { return queue->frames.len - queue->sent; }

size_t out_queue_take(struct out_queue *queue, size_t max, const void **bytes)
{
    const char *from;
    size_t len;

    out_queue_tidy(queue);
    if (queue->frames.len == 0)
        return 0;
    from = queue->frames.data;
    len = ws_frame_fit((const uint8_t *)from, queue->frames.len, max);
    *bytes = from;
    queue->sent = len;
    return len;
}

void out_queue_fini(struct out_queue *queue)
{
    bytes_fini(&queue->frames);
    queue->sent = 0;
}
