#include "chat_store.h"

#include "store_sqlite.h"

#include <string.h>

#define SLICES 8         /* of a room's log; readers that keep up never lose their place */
#define ROOMS_MAX 100000 /* that the file remembers */

static void wake(void *host) { lws_cancel_service(((struct chat_hub *)host)->context); }

static void report(void *host, const char *trouble)
{
    const struct chat_hub *hub = host;

    if (trouble)
        lwsl_err("chat-room: the store %s fails: %s\n", hub->options.store, trouble);
    else
        lwsl_warn("chat-room: the store %s works again\n", hub->options.store);
}

static struct store_limits limits_of(const struct chat_options *options)
{
    return (struct store_limits){
        .history_count = options->history_count,
        .history_bytes = options->history_bytes,
        .kept_bytes = options->room_log_bytes > options->history_bytes ? options->room_log_bytes
                                                                       : options->history_bytes,
        .ttl_ms = (int64_t)options->history_ttl_s * 1000,
    };
}

static struct store *open_file(struct chat_hub *hub, const char *path, struct problem *problem)
{
    struct store_sqlite_config config = {
        .path = path,
        .survives_power_loss = hub->options.durability == DURABILITY_POWER,
        .limits = limits_of(&hub->options),
        .slice_bytes = hub->options.room_log_bytes / SLICES,
        .rooms_max = ROOMS_MAX,
        .random = chat_port.random,
        .wake = wake,
        .report = report,
        .host = hub,
    };
    struct problem why = {0};
    struct store *store = store_sqlite_new(&config, chat_port.wall_ms(), &why);

    if (!store)
        problem_set(problem, "store", "%s", why.text);
    return store;
}

struct store *chat_store_open(struct chat_hub *hub, struct problem *problem)
{
    const char *path = chat_options_store_path(&hub->options);
    struct store_limits limits = limits_of(&hub->options);

    return path ? open_file(hub, path, problem) : store_memory_new(&limits, chat_port.random);
}

/* A slice at a time, each when the one before is on its way to people: all at once would push those
 * who read the room's log out of it. */
void chat_store_turn(struct chat_hub *hub)
{
    struct world *world = hub->world;
    const struct store_ops *ops = world->store->ops;

    if (!ops->deliver)
        return;
    if (dlist_first(&world->dirty_rooms) || ops->deliver(world->store, chat_port.wall_ms()))
        lws_cancel_service(hub->context);
}
