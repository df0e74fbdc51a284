/* What people said and are called, told as JSON, as an event stream and as a line of text: none of
 * it can end its own message, and all of it comes out as it went in. */
#include "fuzz.h"

#include "sse.h"
#include "text_mode.h"
#include "utf8.h"
#include "wire_event.h"

#include <stdlib.h>
#include <string.h>

/* Valid UTF-8 without a NUL, as the caller has made sure. */
static char *take_text(struct fuzz_input *input)
{
    size_t len;
    char *text = fuzz_text(input, '\0', &len);

    if (!utf8_is_valid(text, len))
        text[0] = '\0';
    return text;
}

/* Event streams have lines that end at LF, CR or both: this is one event of ours and no more.
 * Returns its data. */
static json_t *read_event(const struct bytes *stream, const char *kind, const char *id)
{
    struct fuzz_input lines = {(const uint8_t *)stream->data, stream->len};
    json_t *json = NULL;
    char *line;
    unsigned empty = 0, events = 0, ids = 0;

    FUZZ_CHECK(!memchr(stream->data, '\r', stream->len));
    FUZZ_CHECK(stream->len > 2 && !memcmp(stream->data + stream->len - 2, "\n\n", 2));
    while (lines.left) {
        line = fuzz_text(&lines, '\n', NULL);
        if (!line[0]) {
            empty++;
        } else if (!strncmp(line, "id: ", 4)) {
            FUZZ_CHECK(!strcmp(line + 4, id) && !ids++);
        } else if (!strncmp(line, "event: ", 7)) {
            FUZZ_CHECK(!strcmp(line + 7, kind) && !events++);
        } else {
            FUZZ_CHECK(!strncmp(line, "data: ", 6) && !json);
            json = fuzz_json(line + 6, strlen(line + 6));
        }
        free(line);
    }
    FUZZ_CHECK(empty == 1 && events == 1 && json);
    return json;
}

static void check_message(const json_t *json, const struct message *message)
{
    FUZZ_CHECK(!strcmp(fuzz_json_text(json, "text"), message->text));
    FUZZ_CHECK(json_integer_value(json_object_get(json, "offset")) == (json_int_t)message->offset);
    if (message->kind == MESSAGE_SAID) {
        FUZZ_CHECK(!strcmp(fuzz_json_text(json_object_get(json, "from"), "nick"), message->nick));
        if (message->cid[0])
            FUZZ_CHECK(!strcmp(fuzz_json_text(json, "cid"), message->cid));
    }
}

static void tell(const struct message *message, const char *epoch)
{
    static const struct text_mode mode = {"进入聊天室", "说：", "离开聊天室", "公告",
                                          "%Y-%m-%d %H:%M:%S"};
    struct bytes out = {0};
    struct sse_place place;
    char id[64];
    json_t *json;
    int is_replay;

    for (is_replay = 0; is_replay < 2; is_replay++) {
        FUZZ_CHECK(!wire_message(&out, "den", message, is_replay));
        json = fuzz_json(out.data, out.len);
        check_message(json, message);
        json_decref(json);
        bytes_clear(&out);
    }
    FUZZ_CHECK(!sse_message(&out, "den", epoch, message, false));
    snprintf(id, sizeof(id), "%s:%llu", epoch, (unsigned long long)message->offset);
    json = read_event(&out, message->kind == MESSAGE_SAID ? "message" : "announcement", id);
    check_message(json, message);
    json_decref(json);
    bytes_clear(&out);
    FUZZ_CHECK(!sse_place_read(id, strlen(id), &place));
    FUZZ_CHECK(!strcmp(place.epoch, epoch) && place.offset == message->offset);

    FUZZ_CHECK(!text_mode_say(&out, &mode, message) || message->kind);
    FUZZ_CHECK(out.data[0] == '[' && strstr(out.data, "]-["));
    FUZZ_CHECK(!memchr(out.data, '\n', out.len) && !memchr(out.data, '\r', out.len));
    bytes_fini(&out);
}

static void tell_others(const struct wire_person *who, const char *reason, const char *cid)
{
    const struct wire_id id = {.kind = WIRE_ID_NUMBER, .number = -5};
    const char *const delivered[] = {who->nick, cid};
    const struct wire_person people[] = {*who, {cid, "u1"}};
    struct bytes out = {0};
    json_t *json;

    FUZZ_CHECK(!wire_presence(&out, WIRE_LEAVE, "den", who, 1, 2, reason));
    json = fuzz_json(out.data, out.len);
    FUZZ_CHECK(!strcmp(fuzz_json_text(json, "reason"), reason));
    json_decref(json);
    bytes_clear(&out);
    FUZZ_CHECK(!wire_renamed(&out, "den", who, reason));
    json_decref(fuzz_json(out.data, out.len));
    bytes_clear(&out);
    FUZZ_CHECK(!wire_ok_delivered(&out, &id, delivered, 2));
    json_decref(fuzz_json(out.data, out.len));
    bytes_clear(&out);
    FUZZ_CHECK(!wire_participants(&out, &id, "den", people, 2, 3, true));
    json = fuzz_json(out.data, out.len);
    FUZZ_CHECK(json_integer_value(json_object_get(json, "id")) == -5);
    json_decref(json);
    bytes_clear(&out);
    FUZZ_CHECK(!wire_error(&out, &id, "den", REFUSAL_BANNED, reason, 1));
    json_decref(fuzz_json(out.data, out.len));
    bytes_fini(&out);
}

/* A position, then texts with a NUL behind each: nick, cid, reason, what was said; then what a
 * client gives as its Last-Event-ID. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct fuzz_input input = {data, size};
    uint64_t offset = fuzz_number(&input, 999999999999ull);
    char *nick = take_text(&input), *cid = take_text(&input), *reason = take_text(&input);
    char *text = take_text(&input), *last;
    struct sse_place place = {"", 0};
    size_t len;
    const struct message message = {.kind = offset & 1 ? MESSAGE_ANNOUNCED : MESSAGE_SAID,
                                    .offset = offset,
                                    .time_ms = 1700000000000,
                                    .nick = nick,
                                    .label = "192.0.2.1",
                                    .user = "u0123456789ab",
                                    .cid = cid,
                                    .text = text,
                                    .text_len = strlen(text)};

    tell(&message, "0123456789abcdef");
    tell_others(&(struct wire_person){nick, "u0123456789ab"}, reason, cid);
    last = fuzz_text(&input, '\0', &len);
    if (!sse_place_read(last, len, &place))
        FUZZ_CHECK(place.epoch[0] && strlen(place.epoch) < STORE_EPOCH_BYTES);
    else
        FUZZ_CHECK(!place.epoch[0] && !place.offset);
    free(last);
    free(nick);
    free(cid);
    free(reason);
    free(text);
    return 0;
}
