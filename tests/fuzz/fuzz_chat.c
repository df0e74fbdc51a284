/* The whole chat but its sockets: clients that come, talk, stall, break off and come back, against
 * a list of what was said. Each member gets exactly what is in the log, in order and without a
 * hole; what is sent again under its cid is not said twice; who comes back gets what the table of
 * docs/chat-protocol.md says; nobody sees what the store has not kept. */
#include "fuzz.h"

#include "chat_client.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define STEPS_MAX 90

static const char *const room_names[CHAT_ROOMS] = {"den", "lobby"};

static size_t find_room(const char *name)
{
    size_t n;

    for (n = 0; n < CHAT_ROOMS; n++)
        if (!strcmp(room_names[n], name))
            return n;
    FUZZ_CHECK(false);
    return 0;
}

static struct room *room_of(struct chat *chat, size_t n)
{
    return world_room(chat->world, room_names[n], false);
}

static const struct store_state *past_of(struct chat *chat, const struct room *room)
{
    return chat->world->store->ops->state(room->past, chat_port_wall_ms());
}

/* Text number n of a client, or the same again. */
static void say(struct chat *chat, struct client *client, size_t room, unsigned n, bool is_again)
{
    char text[300];

    snprintf(
        text, sizeof(text),
        "{\"type\":\"message\",\"id\":\"m%u\",\"room\":\"%s\",\"cid\":\"c%u\",\"text\":\"%s %u\"}",
        n, room_names[room], n, is_again ? "again" : "first", n);
    client_send(chat, client, text);
}

/* What must be answered is known before: the table of the recovery, told the long way. */
static void expect_recovery(struct chat *chat, size_t n, const char *epoch, uint64_t since,
                            struct expected *out)
{
    struct room *room = room_of(chat, n);
    const struct store_state *past = room ? past_of(chat, room) : NULL;

    memset(out, 0, sizeof(*out));
    out->has_since = epoch != NULL;
    if (!epoch || !past || strcmp(past->epoch, epoch) || since > past->head)
        return;
    if (since + 1 < past->oldest) {
        out->has_missed = true;
        out->missed = past->oldest - 1 - since;
        return;
    }
    out->is_recovered = true;
    out->first = since + 1;
}

static void join(struct chat *chat, struct client *client, size_t n, unsigned how)
{
    struct place *place = &client->places[n];
    const char *epoch =
        how & 1 && place->epoch[0] ? how & 2 ? "ffffffffffffffff" : place->epoch : NULL;
    uint64_t since = place->last;
    struct expected *expected = &client->expected[n];
    char text[400], more[200] = "";

    if (how & 4)
        since += 5; /* above the head, mostly */
    if (how & 8)
        since = since > 2 ? since - 2 : 0;
    if (epoch)
        snprintf(more, sizeof(more), ",\"since\":{\"epoch\":\"%s\",\"offset\":%llu}", epoch,
                 (unsigned long long)since);
    snprintf(
        text, sizeof(text),
        "{\"type\":\"join\",\"id\":\"j\",\"room\":\"%s\",\"nick\":\"n%u\",\"history\":%u%s%s%s%s}",
        room_names[n], client->number, how >> 4 & 7, more,
        client->old_token[0] ? ",\"session\":\"" : "", client->old_token,
        client->old_token[0] ? "\"" : "");
    if (!place->is_joined)
        expect_recovery(chat, n, epoch, since, expected);
    client_send(chat, client, text);
}

static void moderate(struct chat *chat, struct client *client, size_t room, unsigned how)
{
    static const char *const kinds[] = {"close_room", "announce", "kick", "mute", "ban", "unban"};
    char text[300];

    snprintf(text, sizeof(text),
             "{\"type\":\"%s\",\"id\":\"x\",\"room\":\"%s\",\"secret\":\"key\",\"nick\":\"n%u\","
             "\"text\":\"hear\"%s}",
             kinds[how % 6], room_names[room], how >> 3 & 3, how & 64 ? ",\"seconds\":1" : "");
    client_send(chat, client, text);
}

static void other(struct chat *chat, struct client *client, size_t room, unsigned how)
{
    static const char *const forms[] = {
        "{\"type\":\"leave\",\"id\":\"l%u\",\"room\":\"%s\"}",
        "{\"type\":\"nick\",\"id\":\"k%u\",\"room\":\"%s\",\"nick\":\"n3\"}",
        "{\"type\":\"history\",\"id\":\"h%u\",\"room\":\"%s\",\"limit\":3}",
        "{\"type\":\"typing\",\"id\":\"t%u\",\"room\":\"%s\",\"active\":true}",
        "{\"type\":\"participants\",\"id\":\"p%u\",\"room\":\"%s\"}",
        "{\"type\":\"message\",\"id\":\"w%u\",\"room\":\"%s\",\"text\":\"x\",\"to\":[\"n1\"]}",
    };
    char text[200];

    snprintf(text, sizeof(text), forms[how % 6], (unsigned)room, room_names[room]);
    client_send(chat, client, text);
}

static void step(struct chat *chat, struct fuzz_input *input)
{
    unsigned what = fuzz_byte(input), how = fuzz_byte(input);
    struct client *client = &chat->clients[what & (CHAT_CLIENTS - 1)];
    size_t room = what >> 2 & 1;

    if (!client->is_open) {
        client_connect(chat, client, how & 1);
        return;
    }
    switch (what >> 3 & 15) {
    case 0:
        client_gone(chat, client, how & 1);
        break;
    case 1:
    case 2:
    case 3:
        join(chat, client, room, how);
        break;
    case 4:
        client->room = how & 1 ? SIZE_MAX : 0;
        client_writable(chat, client);
        break;
    case 5:
        chat_forward(chat, 1 + how * 37u);
        break;
    case 6:
        moderate(chat, client, room, how);
        break;
    case 7:
        say(chat, client, room, how % (client->said ? client->said : 1), true);
        break;
    case 8:
    case 9:
        other(chat, client, room, how);
        break;
    default:
        say(chat, client, room, client->said++, false);
        break;
    }
}

/* Nothing is under way any more: whoever is in a room has all of it. */
static void finish(struct chat *chat)
{
    size_t c, n;

    for (c = 0; c < CHAT_CLIENTS; c++) {
        struct client *client = &chat->clients[c];

        client->room = SIZE_MAX;
        if (client->is_open)
            client_writable(chat, client);
    }
    chat_settle(chat);
    for (c = 0; c < CHAT_CLIENTS; c++) {
        struct client *client = &chat->clients[c];

        for (n = 0; client->is_open && !client->is_over && n < CHAT_ROOMS; n++) {
            struct place *place = &client->places[n];

            if (!place->is_joined)
                continue;
            FUZZ_CHECK(room_of(chat, n) && !place->replay_left);
            FUZZ_CHECK(!strcmp(past_of(chat, room_of(chat, n))->epoch, place->epoch));
            FUZZ_CHECK(past_of(chat, room_of(chat, n))->head == place->last);
        }
    }
}

static void check_kept(struct chat *chat, size_t n, const char *epoch, uint64_t offset)
{
    struct room *room = room_of(chat, n);

    if (room && !strcmp(past_of(chat, room)->epoch, epoch))
        FUZZ_CHECK(past_of(chat, room)->head >= offset);
}

/* A byte: limits; then steps of two bytes. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct fuzz_input input = {data, size};
    struct chat *chat = chat_new(fuzz_byte(&input), find_room, check_kept);
    unsigned steps;

    for (steps = 0; input.left && steps < STEPS_MAX; steps++) {
        step(chat, &input);
        chat_settle(chat);
    }
    finish(chat);
    chat_free(chat);
    return 0;
}
