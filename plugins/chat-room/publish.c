#include "publish.h"

#include "fanout.h"

#include <stdlib.h>

struct publication {
    struct errand errand;
    struct wire_id id;
};

/* A numbered message must not be missing between two others. */
static void append_or_lose(struct room *room, enum rendition rendition, int failed)
{
    if (failed)
        room_lose(room, rendition);
    else
        room_append(room, rendition, &room->world->scratch);
}

static void show(struct room *room, const struct message *message)
{
    struct world *world = room->world;
    struct bytes *event = &world->scratch;

    if (room->logs[RENDITION_JSON]) {
        bytes_clear(event);
        append_or_lose(room, RENDITION_JSON, wire_message(event, room->name, message, false));
    }
    if (room->logs[RENDITION_TEXT]) {
        bytes_clear(event);
        append_or_lose(room, RENDITION_TEXT, text_mode_say(event, &world->options->text, message));
    }
}

static void answer(const struct publication *publication, enum store_result result,
                   const struct message *message)
{
    struct conn *conn = errand_conn(&publication->errand);
    struct room *room = publication->errand.room;
    struct bytes *out = &room->world->scratch;
    int failed;

    if (!conn || conn->mode == CONN_TEXT)
        return;
    bytes_clear(out);
    if (result == STORE_FAILED || result == STORE_FORGOTTEN)
        failed = wire_error(out, &publication->id, room->name, REFUSAL_STORAGE, NULL, 0);
    else if (publication->id.kind != WIRE_ID_NONE)
        failed = wire_ok_kept(out, &publication->id, message->offset, message->time_ms);
    else
        return;
    if (!failed)
        conn_send(conn, out->data, out->len);
}

static void count(struct counters *counters, enum store_result result)
{
    if (result == STORE_KEPT)
        counters->messages++;
    else if (result == STORE_KNOWN)
        counters->duplicates++;
    else
        counters->errors[REFUSAL_STORAGE]++;
}

static void on_kept(void *ticket, enum store_result result, const struct message *message)
{
    struct publication *publication = ticket;

    count(&publication->errand.room->world->counters, result);
    if (result == STORE_KEPT)
        show(publication->errand.room, message);
    answer(publication, result, message);
    errand_end(&publication->errand);
    free(publication);
}

enum refusal publish(struct member *member, const struct saying *saying)
{
    struct world *world = member->room->world;
    struct publication *publication = malloc(sizeof(*publication));
    struct message message = {
        .time_ms = world->port->wall_ms(),
        .nick = member->nick,
        .label = member_label(member),
        .user = member->session->user,
        .cid = saying->cid,
        .text = saying->text,
        .text_len = saying->text_len,
    };

    if (!publication)
        return REFUSAL_INTERNAL;
    publication->id.kind = WIRE_ID_NONE;
    if (saying->id)
        publication->id = *saying->id;
    errand_begin(&publication->errand, member);
    world->last_publisher = member->session->conn;
    world->store->ops->append(member->room->past, &message, on_kept, publication);
    return REFUSAL_NONE;
}
