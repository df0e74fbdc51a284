#include "lanes.h"

void lanes_init(struct lanes *lanes, size_t max_lanes, size_t max_waiters)
{
    dlist_init(&lanes->warm);
    dlist_init(&lanes->cold);
    dlist_init(&lanes->waiters);
    lanes->lane_count = lanes->used_count = lanes->waiter_count = 0;
    lanes->max_lanes = max_lanes;
    lanes->max_waiters = max_waiters;
}

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

int lanes_wait(struct lanes *lanes, struct lane_waiter *waiter)
{
    if (lanes->waiter_count >= lanes->max_waiters + (lanes->max_lanes - lanes->used_count))
        return -1;
    dlist_append(&lanes->waiters, &waiter->link);
    lanes->waiter_count++;
    return 0;
}

void lanes_wait_first(struct lanes *lanes, struct lane_waiter *waiter)
{
    dlist_prepend(&lanes->waiters, &waiter->link);
    lanes->waiter_count++;
}

struct lane_waiter *lanes_next_waiter(struct lanes *lanes)
{
    struct dlist_node *link = dlist_first(&lanes->waiters);
    struct lane_waiter *waiter;

    if (!link)
        return NULL;
    waiter = DLIST_ENTRY(link, struct lane_waiter, link);
    lanes_forget(lanes, waiter);
    return waiter;
}

void lanes_forget(struct lanes *lanes, struct lane_waiter *waiter)
{
    if (!dlist_is_listed(&waiter->link))
        return;
    dlist_remove(&waiter->link);
    lanes->waiter_count--;
}
