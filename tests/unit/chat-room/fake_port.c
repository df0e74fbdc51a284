#include "fake_port.h"

#include "event.h"
#include "metrics.h"
#include "store_memory.h"
#include "ws_frame.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

struct fake_host {
    struct chat_options options;
    bool has_to_flush;
    bool is_watching;
    struct bytes seen; /* events as key=value, while it is watching */
};

static uint64_t clock_us;
static int64_t clock_ms;
static unsigned char chance;

static uint64_t now_us(void) { return clock_us; }

static int64_t wall_ms(void) { return clock_ms; }

static void fill_random(void *bytes, size_t len)
{
    unsigned char *at = bytes;

    while (len--)
        *at++ = chance++;
    chance = (unsigned char)(chance * 37 + 11);
}

static void wake(void *host)
{
    struct fake_host *fake = host;

    assert_false(fake->has_to_flush);
    fake->has_to_flush = true;
}

static size_t room(void *link) { return ((struct fake_link *)link)->room; }

static int write_frames(void *link, const void *frames, size_t len)
{
    struct fake_link *fake = link;

    assert_true(fake->room > 0);
    assert_false(fake->is_killed);
    fake->writes++;
    clock_us += fake->write_us;
    if (fake->is_broken)
        return -1;
    return bytes_append(&fake->received, frames, len);
}

static void want_writable(void *link)
{
    assert_false(((struct fake_link *)link)->wants_writable);
    ((struct fake_link *)link)->wants_writable = true;
}

static bool has_input(void *link) { return ((struct fake_link *)link)->has_input; }

static bool is_gone(void *link) { return ((struct fake_link *)link)->is_gone; }

static void kill_link(void *link) { ((struct fake_link *)link)->is_killed = true; }

static void event(void *host, const struct event *event)
{
    struct fake_host *fake = host;

    if (fake->is_watching)
        assert_int_equal(event_write(event, EVENT_KEY_VALUE, -1, &fake->seen), 0);
}

static const struct chat_port port = {
    .now_us = now_us,
    .wall_ms = wall_ms,
    .random = fill_random,
    .wake = wake,
    .yield = wake,
    .room = room,
    .write = write_frames,
    .want_writable = want_writable,
    .has_input = has_input,
    .is_gone = is_gone,
    .kill = kill_link,
    .event = event,
};

struct world *fake_world(const char *const *options)
{
    struct fake_host *host = calloc(1, sizeof(*host));
    struct option_value values[20];
    struct store_limits limits;
    struct problem problem = {0};
    size_t count = 0;

    clock_us = 1000000000;
    clock_ms = 1700000000123;
    for (; options && options[2 * count]; count++)
        values[count] = (struct option_value){options[2 * count], options[2 * count + 1]};
    if (options_read(chat_option_table, chat_option_rows, values, count, chat_options_family,
                     &host->options, &problem) ||
        chat_options_check(&host->options, &problem))
        fail_msg("%s: %s", problem.path, problem.text);
    limits = (struct store_limits){
        .history_count = host->options.history_count,
        .history_bytes = host->options.history_bytes,
        .kept_bytes = host->options.room_log_bytes,
        .ttl_ms = (int64_t)host->options.history_ttl_s * 1000,
    };
    return world_new(&host->options, &port, host, store_memory_new(&limits, fill_random));
}

void fake_world_free(struct world *world)
{
    struct fake_host *host = world->host;

    world_free(world);
    bytes_fini(&host->seen);
    free(host);
}

void fake_watch(struct world *world) { ((struct fake_host *)world->host)->is_watching = true; }

void fake_expect_seen(struct world *world, const char *lines)
{
    struct bytes *seen = &((struct fake_host *)world->host)->seen;
    char *at = seen->data;

    while (at && (at = strstr(at, " user=u"))) {
        at += strlen(" user=u");
        memset(at, '0', SESSION_USER_BYTES - 2);
    }
    assert_string_equal(seen->data ? seen->data : "", lines);
    bytes_fini(seen);
}

void fake_forward_ms(uint64_t ms)
{
    clock_us += ms * 1000;
    clock_ms += (int64_t)ms;
}

unsigned fake_flush_once(struct world *world)
{
    struct fake_host *host = world->host;

    if (!host->has_to_flush)
        return 0;
    host->has_to_flush = false;
    world_flush(world);
    return 1;
}

unsigned fake_flush(struct world *world)
{
    unsigned rounds = 0;

    while (fake_flush_once(world))
        assert_true(++rounds < 10000);
    return rounds;
}

struct fake_link *fake_connect(struct world *world, enum conn_mode mode, const char *address)
{
    struct fake_link *link = calloc(1, sizeof(*link));

    link->room = SIZE_MAX;
    assert_int_equal(conn_open(&link->conn, world, link, mode, address), 0);
    if (mode == CONN_JSON && !link->conn.is_closing)
        assert_int_equal(join_welcome(&link->conn), 0);
    fake_flush(world);
    return link;
}

struct fake_link *fake_text(struct world *world, const char *name, const char *nick)
{
    struct fake_link *link = fake_connect(world, CONN_TEXT, "192.0.2.1");
    struct text_join join = {.room = name, .nick = nick};

    assert_int_equal(join_text(&link->conn, &join), REFUSAL_NONE);
    fake_flush(world);
    return link;
}

struct fake_link *fake_json(struct world *world, const char *name, const char *nick)
{
    struct fake_link *link = fake_connect(world, CONN_JSON, "192.0.2.2");
    json_t *join = json_pack("{s:s, s:s*, s:s*, s:i}", "type", "join", "room", name, "nick", nick,
                             "history", 0);
    char *text = json_dumps(join, 0);

    json_decref(fake_expect_json(link, "welcome"));
    fake_send(link, text);
    json_decref(fake_expect_json(link, "joined"));
    free(text);
    json_decref(join);
    return link;
}

void fake_gone(struct fake_link *link) { conn_closed(&link->conn); }

void fake_free(struct fake_link *link)
{
    struct world *world = link->conn.world;

    fake_gone(link);
    if (world)
        fake_flush(world);
    bytes_fini(&link->received);
    free(link);
}

void fake_send(struct fake_link *link, const char *text)
{
    struct rx_piece piece = {.len = strlen(text), .is_first = true, .is_last = true};
    struct world *world = link->conn.world;
    char *copy = malloc(piece.len); /* no NUL behind it, as from lws */

    memcpy(copy, text, piece.len);
    piece.data = copy;
    input_piece(&link->conn, &piece, false);
    free(copy);
    fake_flush(world);
}

/* The next frame: its opcode and payload; -1 when there is none. */
static int next_frame(struct fake_link *link, const char **payload, size_t *len)
{
    const uint8_t *at = (const uint8_t *)link->received.data + link->read;
    size_t frame, head;

    if (link->read == link->received.len)
        return -1;
    frame = ws_frame_measure(at, &head);
    link->read += frame;
    assert_true(link->read <= link->received.len);
    *payload = (const char *)at + head;
    *len = frame - head;
    return at[0] & 0x0f;
}

char *fake_text_message(struct fake_link *link)
{
    const char *payload;
    size_t len;
    int opcode = next_frame(link, &payload, &len);

    if (opcode < 0)
        return NULL;
    assert_int_equal(opcode, WS_TEXT);
    return strndup(payload, len);
}

void fake_expect(struct fake_link *link, const char *text)
{
    char *message = fake_text_message(link);

    if (!text)
        assert_null(message);
    else
        assert_non_null(message);
    if (text)
        assert_string_equal(message, text);
    free(message);
}

json_t *fake_expect_json(struct fake_link *link, const char *type)
{
    char *message = fake_text_message(link);
    json_t *object;

    assert_non_null(message);
    object = json_loads(message, JSON_REJECT_DUPLICATES, NULL);
    if (!object)
        fail_msg("not JSON: %s", message);
    if (strcmp(json_string_value(json_object_get(object, "type")), type) != 0)
        fail_msg("not %s: %s", type, message);
    free(message);
    return object;
}

json_t *fake_expect_error(struct fake_link *link, const char *reason)
{
    json_t *error = fake_expect_json(link, "error");

    assert_string_equal(json_string_value(json_object_get(error, "reason")), reason);
    return error;
}

void fake_expect_close(struct fake_link *link, unsigned code)
{
    const char *payload = NULL;
    size_t len = 0;

    assert_int_equal(next_frame(link, &payload, &len), WS_CLOSE);
    assert_non_null(payload);
    assert_true(len >= 2);
    assert_int_equal((unsigned)(uint8_t)payload[0] << 8 | (uint8_t)payload[1], code);
    assert_int_equal(link->read, link->received.len);
}

uint64_t fake_metric(const struct world *world, const char *sample)
{
    struct bytes page = {0};
    size_t len = strlen(sample);
    const char *line;
    uint64_t value;

    assert_int_equal(metrics_write(&page, world), 0);
    for (line = page.data; strncmp(line, sample, len) != 0 || line[len] != ' ';) {
        line = strchr(line, '\n');
        if (!line || !*++line)
            fail_msg("there is no %s", sample);
    }
    value = strtoull(line + len + 1, NULL, 10);
    bytes_fini(&page);
    return value;
}

void fake_skip(struct fake_link *link) { link->read = link->received.len; }
