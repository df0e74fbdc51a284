/* The ring of a room, against a list of everything that was ever appended: a reader gets exactly
 * what came behind its place, in order, or is told that it has lost it. */
#include "fuzz.h"

#include "bytes.h"
#include "room_log.h"
#include "ws_frame.h"

#include <stdlib.h>
#include <string.h>

#define READERS 4
#define APPENDS_MAX 200

struct reader {
    uint64_t cursor;
    size_t next;    /* the first entry that it has not got */
    size_t partial; /* bytes of that one that it has */
    bool has_lost;
};

struct model {
    struct room_log *log;
    size_t capacity;
    bool is_bytes;
    struct bytes all;             /* everything */
    size_t ends[APPENDS_MAX + 1]; /* where entry n ends in it; ends[0] is 0 */
    size_t count;
    size_t broken; /* entries before this one can't be read any more */
    struct reader readers[READERS];
};

static void append(struct model *model, struct fuzz_input *input)
{
    size_t len = fuzz_number(input, model->capacity / 2 + 20), head_len = 0, n;
    uint8_t head[WS_FRAME_HEAD_MAX];
    char *payload = malloc(len + 1);
    int result;

    FUZZ_CHECK(payload);
    for (n = 0; n < len; n++)
        payload[n] = (char)(model->count * 7 + n);
    result = model->is_bytes ? room_log_append_bytes(model->log, payload, len)
                             : room_log_append(model->log, payload, len);
    if (!model->is_bytes)
        head_len = ws_frame_head(head, WS_TEXT, len);
    FUZZ_CHECK((result != 0) == (head_len + len > model->capacity));
    if (!result && head_len + len > 0) {
        FUZZ_CHECK(!bytes_append(&model->all, head, head_len));
        FUZZ_CHECK(!bytes_append(&model->all, payload, len));
        model->ends[++model->count] = model->all.len;
    }
    FUZZ_CHECK(room_log_used(model->log) <= model->capacity);
    free(payload);
}

/* The bytes that the reader has still to get. */
static size_t behind(const struct model *model, const struct reader *reader)
{
    return model->all.len - model->ends[reader->next] - reader->partial;
}

static void check_lost(const struct model *model, const struct reader *reader)
{
    FUZZ_CHECK(room_log_behind(model->log, reader->cursor) <= model->capacity);
    if (reader->next < model->broken) {
        FUZZ_CHECK(room_log_is_lost(model->log, reader->cursor));
        return;
    }
    /* What is no more than half a ring behind is there in any case: see the test of the longest
     * frame; what is more than a ring behind can't be. */
    if (behind(model, reader) > model->capacity)
        FUZZ_CHECK(room_log_is_lost(model->log, reader->cursor));
    if (!room_log_is_lost(model->log, reader->cursor))
        FUZZ_CHECK(room_log_behind(model->log, reader->cursor) == behind(model, reader));
}

static void read_some(struct model *model, struct reader *reader, struct fuzz_input *input)
{
    size_t max = 1 + fuzz_number(input, model->capacity), at, got = 0;
    enum room_log_read result;
    struct frames frames;

    check_lost(model, reader);
    result = model->is_bytes ? room_log_read_bytes(model->log, &reader->cursor, max, &frames)
                             : room_log_read(model->log, &reader->cursor, max, &frames);
    if (result == ROOM_LOG_LOST) {
        reader->has_lost = true;
        return;
    }
    if (result == ROOM_LOG_NOTHING) {
        FUZZ_CHECK(behind(model, reader) == 0 && reader->next >= model->broken);
        return;
    }
    at = model->ends[reader->next] + reader->partial;
    FUZZ_CHECK(frames.len > 0 && frames.len <= model->all.len - at);
    FUZZ_CHECK(!memcmp(frames.bytes, model->all.data + at, frames.len));
    got = at + frames.len;
    while (reader->next < model->count && model->ends[reader->next + 1] <= got)
        reader->next++;
    reader->partial = got - model->ends[reader->next];
    if (!model->is_bytes) {
        FUZZ_CHECK(reader->partial == 0);
        FUZZ_CHECK(frames.len <= max || got - at == frames.len);
    } else {
        FUZZ_CHECK(frames.len <= max);
    }
}

static void start(struct model *model, struct reader *reader)
{
    *reader = (struct reader){.cursor = room_log_head(model->log), .next = model->count};
}

/* Two bytes for the kind and the size of the ring, then steps: append, read, begin anew, break. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct fuzz_input input = {data, size};
    struct model *model = calloc(1, sizeof(*model));
    size_t n;

    FUZZ_CHECK(model);
    model->is_bytes = fuzz_byte(&input) & 1;
    model->capacity = 16 + fuzz_number(&input, 255);
    model->log = room_log_new(model->capacity);
    FUZZ_CHECK(model->log);
    for (n = 0; n < READERS; n++)
        start(model, &model->readers[n]);
    while (input.left && model->count < APPENDS_MAX) {
        unsigned what = fuzz_byte(&input);
        struct reader *reader = &model->readers[what >> 4 & (READERS - 1)];

        if (what % 4 < 2)
            append(model, &input);
        else if (what % 16 == 3)
            start(model, reader);
        else if (what % 64 == 7) {
            room_log_break(model->log);
            model->broken = model->count + 1;
            model->ends[++model->count] = model->all.len; /* the hole */
        } else if (!reader->has_lost)
            read_some(model, reader, &input);
    }
    room_log_free(model->log);
    bytes_fini(&model->all);
    free(model);
    return 0;
}
