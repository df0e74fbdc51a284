#include "lanes.h"

#include <stdlib.h>

/* Those of one requester who wait, one at least. */
struct lane_line {
    struct hash_node node;
    struct dlist_node turn;
    struct dlist waiters;
    size_t count;
    uint64_t requester;
};

void lanes_init(struct lanes *lanes, size_t max_lanes, size_t max_waiters)
{
    dlist_init(&lanes->warm);
    dlist_init(&lanes->cold);
    dlist_init(&lanes->turns);
    lanes->lines = (struct hash_map){0};
    lanes->lane_count = lanes->used_count = lanes->waiter_count = 0;
    lanes->max_lanes = max_lanes;
    lanes->max_waiters = max_waiters;
}

void lanes_fini(struct lanes *lanes) { hash_map_fini(&lanes->lines); }

bool lanes_may_add(const struct lanes *lanes) { return lanes->lane_count < lanes->max_lanes; }

static bool is_in_use(const struct lane *lane)
{
    return lane->state == LANE_BUSY || lane->state == LANE_CLOSING;
}

static void set_state(struct lanes *lanes, struct lane *lane, enum lane_state state)
{
    dlist_remove(&lane->link);
    lanes->used_count -= is_in_use(lane);
    lane->state = state;
    lanes->used_count += is_in_use(lane);
    if (state == LANE_WARM)
        dlist_prepend(&lanes->warm, &lane->link);
    else if (state == LANE_COLD)
        dlist_prepend(&lanes->cold, &lane->link);
}

void lanes_add(struct lanes *lanes, struct lane *lane)
{
    lane->state = LANE_COLD;
    lanes->lane_count++;
    set_state(lanes, lane, LANE_COLD);
}

struct lane *lanes_take(struct lanes *lanes, bool *is_warm)
{
    struct dlist_node *link = dlist_first(&lanes->warm);
    struct lane *lane;

    *is_warm = link != NULL;
    if (!link)
        link = dlist_first(&lanes->cold);
    if (!link)
        return NULL;
    lane = DLIST_ENTRY(link, struct lane, link);
    set_state(lanes, lane, LANE_BUSY);
    return lane;
}

void lanes_give_back(struct lanes *lanes, struct lane *lane, enum lane_state state)
{
    set_state(lanes, lane, state);
}

void lanes_closed(struct lanes *lanes, struct lane *lane)
{
    if (lane->state == LANE_WARM || lane->state == LANE_CLOSING)
        set_state(lanes, lane, LANE_COLD);
}

void lanes_remove(struct lanes *lanes, struct lane *lane)
{
    dlist_remove(&lane->link);
    lanes->used_count -= is_in_use(lane);
    lane->state = LANE_COLD;
    lanes->lane_count--;
}

static bool is_of(const struct hash_node *node, const void *key)
{
    return HASH_MAP_ENTRY(node, struct lane_line, node)->requester == *(const uint64_t *)key;
}

static uint64_t hash_of(uint64_t requester) { return hash_bytes(&requester, sizeof(requester), 0); }

static struct lane_line *find_line(const struct lanes *lanes, uint64_t requester)
{
    struct hash_node *node = hash_map_find(&lanes->lines, hash_of(requester), is_of, &requester);

    return node ? HASH_MAP_ENTRY(node, struct lane_line, node) : NULL;
}

static struct lane_line *add_line(struct lanes *lanes, uint64_t requester)
{
    struct lane_line *line = calloc(1, sizeof(*line));

    if (!line)
        return NULL;
    line->requester = requester;
    dlist_init(&line->waiters);
    dlist_append(&lanes->turns, &line->turn);
    hash_map_insert(&lanes->lines, &line->node, hash_of(requester));
    return line;
}

/* The last one of the longest line; NULL when that is not longer than `own` by two. */
static struct lane_waiter *who_gives_way(const struct lanes *lanes, const struct lane_line *own)
{
    size_t own_count = own ? own->count : 0;
    struct lane_line *longest = NULL;
    struct dlist_node *turn;

    for (turn = dlist_first(&lanes->turns); turn; turn = dlist_next(&lanes->turns, turn)) {
        struct lane_line *line = DLIST_ENTRY(turn, struct lane_line, turn);

        if (!longest || line->count > longest->count)
            longest = line;
    }
    return longest && longest->count > own_count + 1
               ? DLIST_ENTRY(longest->waiters.ring.prev, struct lane_waiter, link)
               : NULL;
}

int lanes_wait(struct lanes *lanes, struct lane_waiter *waiter, struct lane_waiter **displaced)
{
    struct lane_line *line = find_line(lanes, waiter->requester);
    bool is_full =
        lanes->waiter_count >= lanes->max_waiters + (lanes->max_lanes - lanes->used_count);

    *displaced = NULL;
    if (is_full && !(*displaced = who_gives_way(lanes, line)))
        return -1;
    if (!line && !(line = add_line(lanes, waiter->requester))) {
        *displaced = NULL;
        return -1;
    }
    if (*displaced)
        lanes_forget(lanes, *displaced);
    waiter->line = line;
    dlist_append(&line->waiters, &waiter->link);
    line->count++;
    lanes->waiter_count++;
    return 0;
}

struct lane_waiter *lanes_first_waiter(const struct lanes *lanes)
{
    struct dlist_node *turn = dlist_first(&lanes->turns);

    return turn ? DLIST_ENTRY(dlist_first(&DLIST_ENTRY(turn, struct lane_line, turn)->waiters),
                              struct lane_waiter, link)
                : NULL;
}

void lanes_served(struct lanes *lanes, struct lane_waiter *waiter)
{
    struct lane_line *line = waiter->line;

    if (!line)
        return;
    dlist_remove(&line->turn);
    dlist_append(&lanes->turns, &line->turn);
    lanes_forget(lanes, waiter);
}

void lanes_forget(struct lanes *lanes, struct lane_waiter *waiter)
{
    struct lane_line *line = waiter->line;

    if (!line)
        return;
    dlist_remove(&waiter->link);
    waiter->line = NULL;
    lanes->waiter_count--;
    if (--line->count)
        return;
    dlist_remove(&line->turn);
    hash_map_remove(&lanes->lines, &line->node);
    free(line);
}
