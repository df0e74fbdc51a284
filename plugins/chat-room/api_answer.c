#include "api_answer.h"

#include "json_writer.h"
#include "room.h"
#include "session.h"

#include <stdlib.h>
#include <string.h>

static int end(struct json_writer *writer)
{
    json_out_end(writer, '}');
    return writer->has_failed ? -1 : 0;
}

static void put_connections(struct json_writer *writer, const struct world *world)
{
    int64_t counts[CONN_MODES] = {0};
    struct dlist_node *node;

    for (node = dlist_first(&world->all_conns); node; node = dlist_next(&world->all_conns, node))
        counts[DLIST_ENTRY(node, struct conn, of_world)->mode]++;
    json_out_begin(writer, "connections", '{');
    json_out_number(writer, "all", world->conn_count);
    json_out_number(writer, "json", counts[CONN_JSON]);
    json_out_number(writer, "text", counts[CONN_TEXT]);
    json_out_number(writer, "events", world->listener_count);
    json_out_end(writer, '}');
}

static void put_limits(struct json_writer *writer, const struct chat_options *options)
{
    json_out_begin(writer, "limits", '{');
    json_out_number(writer, "message_bytes", (int64_t)options->max_message_bytes);
    json_out_number(writer, "frame_bytes", (int64_t)options->max_frame_bytes);
    json_out_number(writer, "rate", (int64_t)options->rate);
    json_out_number(writer, "burst", (int64_t)options->burst);
    json_out_number(writer, "rooms", (int64_t)options->max_rooms);
    json_out_number(writer, "rooms_per_client", (int64_t)options->rooms_per_client);
    json_out_number(writer, "participants", (int64_t)options->max_participants);
    json_out_number(writer, "connections", (int64_t)options->max_connections);
    json_out_number(writer, "connections_per_address", (int64_t)options->per_ip);
    json_out_number(writer, "history_count", (int64_t)options->history_count);
    json_out_number(writer, "history_bytes", (int64_t)options->history_bytes);
    json_out_number(writer, "history_seconds", (int64_t)options->history_ttl_s);
    json_out_end(writer, '}');
}

static void put_store(struct json_writer *writer, const struct world *world)
{
    struct store_health health = {0};

    if (world->store->ops->health)
        world->store->ops->health(world->store, &health);
    json_out_begin(writer, "store", '{');
    json_out_string(writer, "kind", chat_options_store_path(world->options) ? "sqlite" : "memory");
    json_out_string(writer, "state", health.is_failing ? "failing" : "ok");
    json_out_end(writer, '}');
}

int api_answer_status(struct bytes *out, const struct world *world, const char *version)
{
    struct json_writer writer = {.out = out};
    struct dlist_node *node;
    int64_t members = 0;

    for (node = dlist_first(&world->all_rooms); node; node = dlist_next(&world->all_rooms, node))
        members += (int64_t)DLIST_ENTRY(node, struct room, of_world)->count;
    json_out_begin(&writer, NULL, '{');
    json_out_string(&writer, "version", version);
    json_out_number(&writer, "protocol", 1);
    json_out_number(&writer, "uptime",
                    (int64_t)((world->port->now_us() - world->started_us) / 1000000u));
    json_out_number(&writer, "rooms", (int64_t)world->rooms.count);
    json_out_number(&writer, "members", members);
    put_connections(&writer, world);
    put_store(&writer, world);
    put_limits(&writer, world->options);
    return end(&writer);
}

/* The first names behind `after`, in order; one more than a page, to see whether there are more. */
struct selection {
    const char *names[API_PAGE_MAX + 1];
    size_t count, wanted;
    const char *after;
};

static void offer(void *opaque, const char *name)
{
    struct selection *selection = opaque;
    size_t at = selection->count;
    int order = 1;

    if (strcmp(name, selection->after) <= 0)
        return;
    while (at > 0 && (order = strcmp(name, selection->names[at - 1])) < 0)
        at--;
    if (order == 0 || at == selection->wanted)
        return;
    if (selection->count < selection->wanted)
        selection->count++;
    memmove(&selection->names[at + 1], &selection->names[at],
            (selection->count - 1 - at) * sizeof(selection->names[0]));
    selection->names[at] = name;
}

static void offer_rooms(const struct world *world, struct selection *selection)
{
    struct dlist_node *node;

    for (node = dlist_first(&world->all_rooms); node; node = dlist_next(&world->all_rooms, node)) {
        struct room *room = DLIST_ENTRY(node, struct room, of_world);

        if (!room_is_unused(room))
            offer(selection, room->name);
    }
    if (world->store->ops->rooms)
        world->store->ops->rooms(world->store, offer, selection);
}

/* room: NULL for one that only the store knows. */
static void put_room(struct json_writer *writer, const struct world *world, const char *name,
                     const struct room *room, const struct store_state *past)
{
    const struct chat_room_option *option = chat_options_room(world->options, name);

    json_out_begin(writer, NULL, '{');
    json_out_string(writer, "room", name);
    json_out_number(writer, "count", room ? (int64_t)room->count : 0);
    json_out_number(writer, "listeners", room ? (int64_t)room->readers[RENDITION_EVENTS] : 0);
    json_out_string(writer, "epoch", past->epoch);
    json_out_number(writer, "offset", (int64_t)past->head);
    json_out_number(writer, "oldest", (int64_t)past->oldest);
    json_out_flag(writer, "pin", option && option->pin.is_set);
    json_out_end(writer, '}');
}

static void put_named(struct json_writer *writer, struct world *world, const char *name)
{
    const struct store_ops *ops = world->store->ops;
    struct room *room = world_room(world, name, false);
    struct store_room *past = room ? room->past : ops->open(world->store, name);

    if (!past) {
        writer->has_failed = true;
        return;
    }
    put_room(writer, world, name, room, ops->state(past, world->port->wall_ms()));
    if (!room)
        ops->close(past);
}

int api_answer_rooms(struct bytes *out, struct world *world, const struct api_request *request)
{
    struct selection selection = {.after = request->after, .wanted = request->limit + 1};
    struct json_writer writer = {.out = out};
    size_t n;

    offer_rooms(world, &selection);
    json_out_begin(&writer, NULL, '{');
    json_out_begin(&writer, "rooms", '[');
    for (n = 0; n < selection.count && n < request->limit; n++)
        put_named(&writer, world, selection.names[n]);
    json_out_end(&writer, ']');
    json_out_flag(&writer, "more", selection.count > request->limit);
    return end(&writer);
}

int api_page_choose(struct api_page *out, const struct store_state *past,
                    const struct api_request *request, struct api_problem *problem)
{
    struct catch_up *catch_up = &out->catch_up;

    out->has_since = request->has_offset;
    if (!request->has_offset) {
        *catch_up = catch_up_newest(past, request->limit);
        return 0;
    }
    if (!request->has_epoch && request->offset > past->head)
        return api_problem_refusal(problem, REFUSAL_OFFSET_OUT_OF_RANGE, NULL);
    *catch_up =
        catch_up_since(past, request->has_epoch ? request->epoch : past->epoch, request->offset);
    if (!catch_up->is_recovered)
        catch_up->first = catch_up->has_missed ? past->oldest : past->history_from;
    return 0;
}

int api_answer_messages(struct bytes *out, const char *room, const struct store_state *past,
                        const struct api_page *page, const struct message *messages, size_t count)
{
    const struct catch_up *catch_up = &page->catch_up;
    struct json_writer writer = {.out = out};
    bool has_older = count && messages[0].offset > past->history_from;
    bool has_newer = count && messages[count - 1].offset < catch_up->last;
    size_t n;

    json_out_begin(&writer, NULL, '{');
    json_out_string(&writer, "room", room);
    json_out_string(&writer, "epoch", past->epoch);
    json_out_number(&writer, "offset", (int64_t)past->head);
    if (page->has_since) {
        json_out_flag(&writer, "recovered", catch_up->is_recovered);
        if (catch_up->has_missed)
            json_out_number(&writer, "missed", (int64_t)catch_up->missed);
        else
            json_out_null(&writer, "missed");
    }
    json_out_begin(&writer, "messages", '[');
    for (n = 0; n < count && !writer.has_failed; n++)
        if ((n > 0 && bytes_append(out, ",", 1)) || wire_message(out, room, &messages[n], false))
            writer.has_failed = true;
    json_out_end(&writer, ']');
    json_out_flag(&writer, "more", page->has_since ? has_newer : has_older);
    return end(&writer);
}
