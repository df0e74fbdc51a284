#include "chat_hub.h"

#include "chat_store.h"
#include "hub_options.h"
#include "lws_compat.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#define SWEEP_US 250000
#define IDLE_US 500000 /* while nobody is there, but a file */

/* The one thing in this project that may change and belongs to no object. Vhosts of one context
 * have to find each other, and libwebsockets 4.1 has nothing to look for them with (later ones have
 * lws_vhd_find_by_pvo) and no place of a context's own that a plugin might use. The key is the
 * context and the name: a server that restarts in place has two contexts for a while. Contexts may
 * have threads of their own, hence the lock; what a hub has inside belongs to its context's. */
static struct chat_hub *named_hubs;
static pthread_mutex_t named_hubs_lock = PTHREAD_MUTEX_INITIALIZER;

static struct chat_hub *find(const struct lws_context *context, const char *name)
{
    struct chat_hub *hub;

    pthread_mutex_lock(&named_hubs_lock);
    for (hub = named_hubs; hub; hub = hub->next)
        if (hub->context == context && strcmp(hub->options.hub, name) == 0)
            break;
    pthread_mutex_unlock(&named_hubs_lock);
    return hub;
}

static void enlist(struct chat_hub *hub)
{
    pthread_mutex_lock(&named_hubs_lock);
    hub->next = named_hubs;
    named_hubs = hub;
    pthread_mutex_unlock(&named_hubs_lock);
}

static void delist(const struct chat_hub *hub)
{
    struct chat_hub **at;

    pthread_mutex_lock(&named_hubs_lock);
    for (at = &named_hubs; *at && *at != hub; at = &(*at)->next)
        ;
    if (*at)
        *at = hub->next;
    pthread_mutex_unlock(&named_hubs_lock);
}

static bool has_file(const struct chat_hub *hub)
{
    return chat_options_store_path(&hub->options) != NULL;
}

/* The vhosts stay, and refuse. A file is free then for the generation that comes. */
static void give_up(struct chat_hub *hub)
{
    struct dlist_node *node = dlist_first(&hub->vhosts);

    for (; node; node = dlist_next(&hub->vhosts, node))
        DLIST_ENTRY(node, struct chat_vhd, of_hub)->world = NULL;
    lws_sul_cancel(&hub->flush);
    world_free(hub->world);
    hub->world = NULL;
}

/* lwsws begins a new process at SIGHUP, and the old one keeps its connections until they end. A
 * chat can't be in two processes: its members are sent over. */
static void on_sweep(lws_sorted_usec_list_t *sul)
{
    struct chat_hub *hub = lws_container_of(sul, struct chat_hub, sweep);

    hub->is_sweeping = false;
    if (lws_context_is_deprecated(hub->context)) {
        chat_hub_stop(hub, CLOSE_RESTART);
        if (chat_hub_pending(hub) == 0) {
            give_up(hub);
            return;
        }
    }
    world_sweep(hub->world);
    if (!world_is_idle(hub->world))
        chat_hub_sweep(hub);
    else if (has_file(hub))
        lws_sul_schedule(hub->context, 0, &hub->sweep, on_sweep, IDLE_US);
}

void chat_hub_sweep(struct chat_hub *hub)
{
    if (hub->is_sweeping)
        return;
    hub->is_sweeping = true;
    lws_sul_schedule(hub->context, 0, &hub->sweep, on_sweep, SWEEP_US);
}

void chat_hub_stop(struct chat_hub *hub, int close_code)
{
    if (hub->world && !hub->world->is_stopping)
        world_stop(hub->world, (unsigned)close_code,
                   close_code == (int)CLOSE_RESTART ? "service restart" : "server going down");
}

unsigned chat_hub_pending(const struct chat_hub *hub)
{
    return hub->world ? hub->world->conn_count : 0;
}

static void hub_free(struct chat_hub *hub)
{
    lws_sul_cancel(&hub->flush);
    lws_sul_cancel(&hub->sweep);
    world_free(hub->world);
    free(hub->texts);
    free(hub);
}

static struct chat_hub *hub_new(const struct chat_vhd *vhd, struct problem *problem)
{
    struct chat_hub *hub = calloc(1, sizeof(*hub));

    if (!hub) {
        problem_set(problem, "", "out of memory");
        return NULL;
    }
    hub->context = vhd->context;
    hub->options = vhd->options;
    dlist_init(&hub->vhosts);
    hub->texts = hub_options_keep(&hub->options);
    if (hub->texts)
        hub->world = world_new(&hub->options, &chat_port, hub, chat_store_open(hub, problem));
    if (!hub->world) {
        problem_set(problem, "", "out of memory"); /* unless the store has said why */
        hub_free(hub);
        return NULL;
    }
    if (hub->options.hub)
        enlist(hub);
    if (has_file(hub))
        chat_hub_sweep(hub);
    return hub;
}

bool chat_hub_is_same(const struct chat_options *a, const struct chat_options *b)
{
    return a->hub && b->hub && strcmp(a->hub, b->hub) == 0;
}

int chat_hub_check(const struct chat_options *first, const struct chat_options *mine,
                   const struct lws_protocol_vhost_options *given, struct problem *problem)
{
    for (; given; given = given->next)
        if (hub_options_check(given->name, mine, first, problem))
            return -1;
    return 0;
}

int chat_hub_join(struct chat_vhd *vhd, const struct lws_protocol_vhost_options *given)
{
    struct chat_hub *hub = vhd->options.hub ? find(vhd->context, vhd->options.hub) : NULL;

    if (hub && chat_hub_check(&hub->options, &vhd->options, given, &vhd->problem))
        return -1;
    if (!hub)
        hub = hub_new(vhd, &vhd->problem);
    if (!hub)
        return -1;
    hub_options_adopt(&vhd->options, &hub->options);
    dlist_append(&hub->vhosts, &vhd->of_hub);
    vhd->hub = hub;
    vhd->world = hub->world;
    return 0;
}

/* lws closes what is left of them when the world may be gone. */
static void drop_connections(struct world *world, const struct lws_vhost *vhost)
{
    struct dlist_node *node, *next;

    for (node = dlist_first(&world->all_conns); node; node = next) {
        struct conn *conn = DLIST_ENTRY(node, struct conn, of_world);

        next = dlist_next(&world->all_conns, node);
        if (lws_get_vhost(((struct chat_pss *)conn->link)->wsi) == vhost)
            conn_closed(conn);
    }
}

void chat_hub_leave(struct chat_vhd *vhd, struct lws_vhost *vhost)
{
    struct chat_hub *hub = vhd->hub;

    if (!hub)
        return;
    if (hub->world)
        drop_connections(hub->world, vhost);
    dlist_remove(&vhd->of_hub);
    vhd->hub = NULL;
    vhd->world = NULL;
    if (dlist_first(&hub->vhosts))
        return;
    delist(hub);
    hub_free(hub);
}

bool chat_hub_is_first(const struct chat_vhd *vhd)
{
    return vhd->hub && dlist_first(&vhd->hub->vhosts) == &vhd->of_hub;
}
