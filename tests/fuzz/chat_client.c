#include "chat_client.h"

#include "fuzz.h"
#include "store_memory.h"
#include "ws_frame.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static uint64_t clock_us, chance;
static int64_t clock_ms;

static uint64_t now_us(void) { return clock_us; }

int64_t chat_port_wall_ms(void) { return clock_ms; }

static void fill_random(void *bytes, size_t len)
{
    char *at = bytes;

    while (len--) {
        chance = chance * 6364136223846793005u + 1442695040888963407u;
        *at++ = (char)(chance >> 56);
    }
}

static void wake(void *host) { ((struct chat *)host)->has_to_flush = true; }

static size_t link_room(void *link) { return ((struct client *)link)->room; }

static int link_write(void *link, const void *frames, size_t len)
{
    struct client *client = link;

    FUZZ_CHECK(client->room > 0 && !client->is_killed && client->is_open);
    return bytes_append(&client->received, frames, len);
}

static void link_want_writable(void *link) { ((struct client *)link)->wants_writable = true; }

static bool link_no(void *link)
{
    (void)link;
    return false;
}

static void link_kill(void *link) { ((struct client *)link)->is_killed = true; }

static const struct chat_port port = {.now_us = now_us,
                                      .wall_ms = chat_port_wall_ms,
                                      .random = fill_random,
                                      .wake = wake,
                                      .yield = wake,
                                      .room = link_room,
                                      .write = link_write,
                                      .want_writable = link_want_writable,
                                      .has_input = link_no,
                                      .is_gone = link_no,
                                      .kill = link_kill};

struct chat *chat_new(unsigned how, size_t (*find_room)(const char *name),
                      void (*check_kept)(struct chat *, size_t, const char *, uint64_t))
{
    static const struct option_value values[] = {{"rate", "0"},
                                                 {"max-rooms", "2"},
                                                 {"rooms-per-client", "2"},
                                                 {"admin-key", "key"},
                                                 {"history-count", "5"},
                                                 {"leave-delay", "2"},
                                                 {"room-log-bytes", "65536"},
                                                 {"client-queue-bytes", "65536"},
                                                 {"max-message-bytes", "1000"}};
    struct chat *chat = calloc(1, sizeof(*chat));
    struct store_limits limits = {.history_count = 5, .history_bytes = 2000, .ttl_ms = 86400000};
    struct problem problem = {0};
    unsigned n;

    FUZZ_CHECK(chat);
    clock_us = 1000000000;
    clock_ms = 1700000000123;
    chance = 7;
    chat->keeps_all = how & 1;
    limits.kept_bytes = chat->keeps_all ? 65536 : 2000;
    chat->find_room = find_room;
    chat->check_kept = check_kept;
    chat->facts = calloc(CHAT_FACTS_MAX, sizeof(*chat->facts));
    for (n = 0; n < CHAT_CLIENTS; n++)
        chat->clients[n].number = n;
    FUZZ_CHECK(chat->facts &&
               !options_read(chat_option_table, chat_option_rows, values,
                             sizeof(values) / sizeof(values[0]), chat_options_family,
                             &chat->options, &problem) &&
               !chat_options_check(&chat->options, &problem));
    chat->world = world_new(&chat->options, &port, chat, store_memory_new(&limits, fill_random));
    FUZZ_CHECK(chat->world);
    return chat;
}

void chat_free(struct chat *chat)
{
    size_t n;

    for (n = 0; n < CHAT_CLIENTS; n++) {
        if (chat->clients[n].is_open)
            conn_closed(&chat->clients[n].conn);
        bytes_fini(&chat->clients[n].received);
    }
    world_free(chat->world);
    free(chat->facts);
    free(chat);
}

/* What somebody has seen, and everybody else has to see. */
static void note(struct chat *chat, const char *epoch, uint64_t offset, const json_t *json)
{
    const char *text = fuzz_json_text(json, "text");
    const char *user = json_string_value(json_object_get(json_object_get(json, "from"), "user"));
    const char *cid = json_string_value(json_object_get(json, "cid"));
    struct fact *fact;
    size_t n;

    for (n = 0; n < chat->fact_count; n++) {
        fact = &chat->facts[n];
        if (strcmp(fact->epoch, epoch))
            continue;
        if (fact->offset == offset) {
            FUZZ_CHECK(!strcmp(fact->text, text) && !strcmp(fact->user, user ? user : ""));
            FUZZ_CHECK(!strcmp(fact->cid, cid ? cid : ""));
            return;
        }
        /* Not twice, unless what was said first is forgotten. */
        FUZZ_CHECK(!cid || !chat->keeps_all || strcmp(fact->cid, cid) || strcmp(fact->user, user));
    }
    FUZZ_CHECK(chat->fact_count < CHAT_FACTS_MAX && strlen(text) < sizeof(fact->text));
    fact = &chat->facts[chat->fact_count++];
    fact->offset = offset;
    strcpy(fact->epoch, epoch);
    strcpy(fact->text, text);
    snprintf(fact->user, sizeof(fact->user), "%s", user ? user : "");
    snprintf(fact->cid, sizeof(fact->cid), "%s", cid ? cid : "");
}

static void on_message(struct chat *chat, struct client *client, const json_t *json)
{
    size_t room = chat->find_room(fuzz_json_text(json, "room"));
    struct place *place = &client->places[room];
    uint64_t offset = (uint64_t)json_integer_value(json_object_get(json, "offset"));

    if (!json_object_get(json, "offset"))
        return; /* a whisper */
    FUZZ_CHECK(place->is_joined);
    if (json_is_true(json_object_get(json, "replay"))) {
        FUZZ_CHECK(place->replay_left > 0);
        FUZZ_CHECK(offset == place->replay_end + 1 - place->replay_left);
        place->replay_left--;
    } else {
        FUZZ_CHECK(place->replay_left == 0 && offset == place->last + 1);
        place->last = offset;
    }
    chat->check_kept(chat, room, place->epoch, offset);
    note(chat, place->epoch, offset, json);
}

static void on_joined(struct chat *chat, struct client *client, const json_t *json)
{
    size_t room = chat->find_room(fuzz_json_text(json, "room"));
    struct place *place = &client->places[room];
    const struct expected *expected = &client->expected[room];
    const json_t *recovered = json_object_get(json, "recovered");

    FUZZ_CHECK(!place->is_joined);
    place->is_joined = true;
    snprintf(place->epoch, sizeof(place->epoch), "%s", fuzz_json_text(json, "epoch"));
    place->last = (uint64_t)json_integer_value(json_object_get(json, "offset"));
    place->replay_left = (uint64_t)json_integer_value(json_object_get(json, "replay"));
    place->replay_end = place->last;
    FUZZ_CHECK((recovered != NULL) == expected->has_since);
    FUZZ_CHECK(json_is_true(recovered) == expected->is_recovered);
    if (expected->is_recovered)
        FUZZ_CHECK(place->replay_left == place->last + 1 - expected->first);
    else
        FUZZ_CHECK(place->replay_left <= 5);
    FUZZ_CHECK(json_is_null(json_object_get(json, "missed")) == !expected->has_missed);
    if (expected->has_missed)
        FUZZ_CHECK((uint64_t)json_integer_value(json_object_get(json, "missed")) ==
                   expected->missed);
    snprintf(client->user, sizeof(client->user), "%s", fuzz_json_text(json, "user"));
    client->old_token[0] = '\0'; /* it is that session now, or never will be */
}

static void on_leave(struct chat *chat, struct client *client, const json_t *json)
{
    if (!strcmp(fuzz_json_text(json, "user"), client->user))
        client->places[chat->find_room(fuzz_json_text(json, "room"))].is_joined = false;
}

static void on_text(struct chat *chat, struct client *client, const char *text, size_t len)
{
    json_t *json = fuzz_json(text, len);
    const char *type = fuzz_json_text(json, "type");
    const char *id = json_string_value(json_object_get(json, "id"));

    if (!strcmp(type, "welcome")) {
        strcpy(client->token, fuzz_json_text(json, "session"));
        strcpy(client->user, fuzz_json_text(json, "user"));
    } else if (!strcmp(type, "message") || !strcmp(type, "announcement")) {
        on_message(chat, client, json);
    } else if (!strcmp(type, "joined")) {
        on_joined(chat, client, json);
    } else if (!strcmp(type, "leave")) {
        on_leave(chat, client, json);
    } else if (!strcmp(type, "room_closed")) {
        client->places[chat->find_room(fuzz_json_text(json, "room"))].is_joined = false;
    } else if (!strcmp(type, "ok") && id && id[0] == 'l') {
        client->places[id[1] - '0'].is_joined = false;
    } else if (!strcmp(type, "error")) {
        FUZZ_CHECK(strcmp(fuzz_json_text(json, "reason"), "internal"));
    }
    json_decref(json);
}

static void read_all(struct chat *chat, struct client *client)
{
    while (client->read < client->received.len) {
        const uint8_t *at = (const uint8_t *)client->received.data + client->read;
        size_t head, frame = ws_frame_measure(at, &head);

        client->read += frame;
        FUZZ_CHECK(client->read <= client->received.len && !client->is_over);
        if ((at[0] & 0x0f) == WS_CLOSE)
            client->is_over = true;
        else if ((at[0] & 0x0f) == WS_TEXT)
            on_text(chat, client, (const char *)at + head, frame - head);
    }
}

void chat_settle(struct chat *chat)
{
    unsigned rounds = 0;
    size_t n;

    while (chat->has_to_flush) {
        chat->has_to_flush = false;
        world_flush(chat->world);
        FUZZ_CHECK(++rounds < 10000);
    }
    for (n = 0; n < CHAT_CLIENTS; n++) {
        if (chat->clients[n].is_open)
            read_all(chat, &chat->clients[n]);
        if (chat->clients[n].is_open && (chat->clients[n].is_killed || chat->clients[n].is_over))
            client_gone(chat, &chat->clients[n], false);
    }
}

void chat_forward(struct chat *chat, uint64_t ms)
{
    clock_us += ms * 1000;
    clock_ms += (int64_t)ms;
    world_sweep(chat->world);
}

void client_connect(struct chat *chat, struct client *client, bool comes_back)
{
    size_t n;

    memset(&client->conn, 0, sizeof(client->conn));
    bytes_clear(&client->received);
    client->read = 0;
    client->room = SIZE_MAX;
    client->is_open = true;
    client->is_over = client->is_killed = client->wants_writable = false;
    client->old_token[0] = '\0';
    if (comes_back)
        strcpy(client->old_token, client->token);
    for (n = 0; n < CHAT_ROOMS; n++)
        client->places[n].is_joined = false;
    FUZZ_CHECK(!conn_open(&client->conn, chat->world, client, CONN_JSON, "192.0.2.1"));
    if (!client->conn.is_closing)
        FUZZ_CHECK(!join_welcome(&client->conn));
    chat_settle(chat);
}

void client_send(struct chat *chat, struct client *client, const char *text)
{
    struct rx_piece piece = {.len = strlen(text), .is_first = true, .is_last = true};
    char *copy = malloc(piece.len); /* no NUL behind it, as from lws */

    FUZZ_CHECK(copy);
    memcpy(copy, text, piece.len);
    piece.data = copy;
    input_piece(&client->conn, &piece, false);
    free(copy);
    chat_settle(chat);
}

void client_gone(struct chat *chat, struct client *client, bool is_polite)
{
    if (is_polite)
        conn_peer_closes(&client->conn, CLOSE_NORMAL);
    conn_closed(&client->conn);
    client->is_open = false;
    chat_settle(chat);
}

void client_writable(struct chat *chat, struct client *client)
{
    if (client->room && client->wants_writable && !client->is_killed) {
        client->wants_writable = false;
        conn_writable(&client->conn);
    }
    chat_settle(chat);
}
