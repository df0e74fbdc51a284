#include "sse.h"

#include "json_writer.h"
#include "wire_event.h"

#include <inttypes.h>
#include <string.h>

#define RETRY_MS 2000
#define DIGITS_MAX 18 /* of a number that fits everywhere */

int sse_place_read(const char *text, size_t len, struct sse_place *out)
{
    const char *colon = memchr(text, ':', len);
    size_t epoch_len = colon ? (size_t)(colon - text) : 0;
    size_t n = epoch_len + 1;
    uint64_t offset = 0;

    if (epoch_len == 0 || epoch_len >= sizeof(out->epoch) || n == len || len - n > DIGITS_MAX)
        return -1;
    for (; n < len; n++) {
        if (text[n] < '0' || text[n] > '9')
            return -1;
        offset = 10 * offset + (uint64_t)(text[n] - '0');
    }
    memcpy(out->epoch, text, epoch_len);
    out->epoch[epoch_len] = '\0';
    out->offset = offset;
    return 0;
}

static int put_id(struct bytes *out, const char *epoch, uint64_t offset)
{
    return bytes_printf(out, "id: %s:%" PRIu64 "\n", epoch, offset);
}

int sse_begin(struct bytes *out, const char *epoch, uint64_t offset)
{
    return bytes_printf(out, "retry: %d\n", RETRY_MS) || put_id(out, epoch, offset) ||
                   bytes_append_str(out, "\n")
               ? -1
               : 0;
}

int sse_message(struct bytes *out, const char *room, const char *epoch,
                const struct message *message, bool is_replay)
{
    const char *kind = message->kind == MESSAGE_ANNOUNCED ? "announcement" : "message";

    return put_id(out, epoch, message->offset) || bytes_printf(out, "event: %s\ndata: ", kind) ||
                   wire_message(out, room, message, is_replay) || bytes_append_str(out, "\n\n")
               ? -1
               : 0;
}

int sse_gap(struct bytes *out, const char *room, const char *epoch, uint64_t offset,
            const uint64_t *missed)
{
    struct json_writer writer = {.out = out};

    if (bytes_append_str(out, "event: gap\ndata: "))
        return -1;
    json_out_begin(&writer, NULL, '{');
    json_out_string(&writer, "type", "gap");
    json_out_string(&writer, "room", room);
    json_out_string(&writer, "epoch", epoch);
    json_out_number(&writer, "offset", (int64_t)offset);
    if (missed)
        json_out_number(&writer, "missed", (int64_t)*missed);
    else
        json_out_null(&writer, "missed");
    json_out_end(&writer, '}');
    return writer.has_failed || bytes_append_str(out, "\n\n") ? -1 : 0;
}

int sse_room_closed(struct bytes *out, const struct bytes *object)
{
    return bytes_append_str(out, "event: room_closed\ndata: ") ||
                   bytes_append(out, object->data, object->len) || bytes_append_str(out, "\n\n")
               ? -1
               : 0;
}
