#include "publish.h"

#include "fanout.h"
#include "sse.h"
#include "utf8.h"

#include <stdlib.h>

struct publication {
    struct errand errand;
    struct wire_id id;
    announced_fn *done; /* NULL: the errand's session is answered */
    void *ticket;
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
    const struct store_state *past;

    if (room->logs[RENDITION_JSON]) {
        bytes_clear(event);
        append_or_lose(room, RENDITION_JSON, wire_message(event, room->name, message, false));
    }
    if (room->logs[RENDITION_TEXT]) {
        bytes_clear(event);
        append_or_lose(room, RENDITION_TEXT, text_mode_say(event, &world->options->text, message));
    }
    if (room->logs[RENDITION_EVENTS]) {
        past = world->store->ops->state(room->past, world->port->wall_ms());
        bytes_clear(event);
        append_or_lose(room, RENDITION_EVENTS,
                       sse_message(event, room->name, past->epoch, message, false));
    }
}

static enum refusal refusal_of(enum store_result result)
{
    if (result == STORE_FAILED)
        return REFUSAL_STORAGE;
    return result == STORE_FORGOTTEN ? REFUSAL_ROOM_CLOSED : REFUSAL_NONE;
}

static void answer(const struct publication *publication, enum refusal refusal,
                   const struct message *message)
{
    struct conn *conn = errand_conn(&publication->errand);
    struct room *room = publication->errand.room;
    struct bytes *out = &room->world->scratch;
    int failed;

    if (!conn || conn->mode == CONN_TEXT)
        return;
    bytes_clear(out);
    if (refusal)
        failed = wire_error(out, &publication->id, room->name, refusal, NULL, 0);
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
        counters->errors[refusal_of(result)]++;
}

static void on_kept(void *ticket, enum store_result result, const struct message *message)
{
    struct publication *publication = ticket;
    enum refusal refusal = refusal_of(result);

    count(&publication->errand.room->world->counters, result);
    if (result == STORE_KEPT)
        show(publication->errand.room, message);
    if (publication->done)
        publication->done(publication->ticket, refusal, message);
    else
        answer(publication, refusal, message);
    errand_end(&publication->errand);
    free(publication);
}

enum refusal publish_clean(struct world *world, const char *text, size_t len)
{
    struct bytes *clean = &world->clean;

    bytes_clear(clean);
    if (utf8_clean_text(clean, text, len))
        return REFUSAL_INTERNAL;
    if (clean->len == 0)
        return REFUSAL_EMPTY_TEXT;
    return clean->len > world->options->max_message_bytes ? REFUSAL_TEXT_TOO_LONG : REFUSAL_NONE;
}

/* Hand a message to the store. It is that of a session, or of nobody. */
static void hand_over(struct publication *publication, struct room *room, struct session *session,
                      const struct wire_id *id, const struct message *message)
{
    struct world *world = room->world;

    publication->id.kind = WIRE_ID_NONE;
    if (id)
        publication->id = *id;
    errand_begin(&publication->errand, room, session);
    if (session)
        world->last_publisher = session->conn;
    world->store->ops->append(room->past, message, on_kept, publication);
}

enum refusal publish_announcement(struct room *room, struct session *session,
                                  const struct wire_id *id, announced_fn *done, void *ticket)
{
    struct world *world = room->world;
    struct publication *publication = malloc(sizeof(*publication));
    struct message message = {
        .kind = MESSAGE_ANNOUNCED,
        .time_ms = world->port->wall_ms(),
        .nick = "",
        .label = world->options->text.announce,
        .user = "",
        .cid = "",
        .text = world->clean.data,
        .text_len = world->clean.len,
    };

    if (!publication)
        return REFUSAL_INTERNAL;
    publication->done = done;
    publication->ticket = ticket;
    hand_over(publication, room, session, id, &message);
    return REFUSAL_NONE;
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
    publication->done = NULL;
    hand_over(publication, member->room, member->session, saying->id, &message);
    return REFUSAL_NONE;
}
