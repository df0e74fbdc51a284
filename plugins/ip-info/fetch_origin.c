#include "fetch_private.h"

#include "ip_class.h"

#include <stdlib.h>
#include <string.h>

#define FRESH_US (300 * LWS_US_PER_SEC) /* how long an address is good before it is asked anew */

struct fetch_origin *fetch_origin_find(const struct fetch_client *client, const struct url *url)
{
    struct dlist_node *link;

    for (link = dlist_first(&client->origins); link; link = dlist_next(&client->origins, link)) {
        struct fetch_origin *origin = lws_container_of(link, struct fetch_origin, link);

        if (url_same_origin(&origin->url, url))
            return origin;
    }
    return NULL;
}

static void read_literal(struct fetch_origin *origin)
{
    origin->is_literal =
        ip_addr_parse(origin->url.host, strlen(origin->url.host), &origin->addresses[0]) == 0;
    origin->address_count = origin->is_literal;
}

static struct fetch_origin *new_origin(struct fetch_client *client, const char *text)
{
    struct fetch_origin *origin = calloc(1, sizeof(*origin));

    if (!origin)
        return NULL;
    origin->client = client;
    dlist_init(&origin->lane_list);
    dlist_init(&origin->links);
    dlist_append(&client->origins, &origin->link);
    origin->text = strdup(text);
    if (!origin->text || url_parse(origin->text, &origin->url, NULL) ||
        !(origin->authority = strndup(origin->url.authority, origin->url.authority_bytes))) {
        fetch_origin_free(origin);
        return NULL;
    }
    read_literal(origin);
    return origin;
}

static size_t larger(size_t a, size_t b) { return a > b ? a : b; }

static void widen(struct fetch_origin *origin, const struct fetch_origin_info *info)
{
    origin->lanes.max_lanes = larger(origin->lanes.max_lanes, info->max_lanes);
    origin->lanes.max_waiters = larger(origin->lanes.max_waiters, info->max_queue);
}

enum fetch_error fetch_client_add_origin(struct fetch_client *client,
                                         const struct fetch_origin_info *info)
{
    struct fetch_origin *origin;
    struct url url;

    if (url_parse(info->url, &url, NULL))
        return FETCH_NO_ORIGIN;
    origin = fetch_origin_find(client, &url);
    if (origin) {
        widen(origin, info);
        return FETCH_OK;
    }
    origin = new_origin(client, info->url);
    if (!origin)
        return FETCH_NO_MEMORY;
    lanes_init(&origin->lanes, info->max_lanes, info->max_queue);
    origin->allows_private = info->allows_private;
    origin->wants_h2 = info->h2;
    if (url.is_tls && !(origin->trust = tls_trust_new(info->tls_ca))) {
        fetch_origin_free(origin);
        return FETCH_TLS_FAILED;
    }
    return FETCH_OK;
}

void fetch_origin_free(struct fetch_origin *origin)
{
    struct dlist_node *link;

    dlist_remove(&origin->link);
    while ((link = dlist_first(&origin->lane_list)))
        fetch_lane_free(lws_container_of(link, struct fetch_lane, list));
    while ((link = dlist_first(&origin->links)))
        fetch_link_free(lws_container_of(link, struct fetch_link, list));
    lanes_fini(&origin->lanes);
    tls_trust_free(origin->trust);
    free(origin->authority);
    free(origin->text);
    free(origin);
}

void fetch_origin_fail_waiters(struct fetch_origin *origin, enum fetch_error error,
                               const char *reason)
{
    const struct fetch_response failure = {
        .error = error, .reason = reason, .body = "", .wanted = {"", "", ""}};
    struct lane_waiter *waiter;
    size_t most = origin->lanes.waiter_count; /* `done` may ask again, and wait again */

    while (most-- && (waiter = lanes_first_waiter(&origin->lanes)))
        fetch_finish(lws_container_of(waiter, struct fetch, waiter), error, &failure);
}

/* Take the new addresses; the one that is in use stays so, those before it may have been blamed. */
static void take_addresses(struct fetch_origin *origin, const struct ip_addr *addresses,
                           size_t count)
{
    struct ip_addr current = {{0}};
    size_t n;

    if (origin->address_count)
        current = fetch_origin_address(origin);
    origin->address_count = count;
    origin->address_at = 0;
    for (n = 0; n < count; n++) {
        origin->addresses[n] = addresses[n];
        if (ip_addr_equal(&addresses[n], &current))
            origin->address_at = n;
    }
}

static void on_resolved(void *opaque, const struct ip_addr *addresses, size_t count)
{
    struct fetch_origin *origin = opaque;
    struct ip_addr usable[RESOLVER_MAX_ADDRESSES];
    size_t kept = 0, n;

    origin->is_resolving = false;
    for (n = 0; n < count; n++)
        if (origin->allows_private || ip_class_of(&addresses[n]) == IP_KIND_PUBLIC)
            usable[kept++] = addresses[n];
    if (kept) {
        take_addresses(origin, usable, kept);
        origin->resolved_us = (uint64_t)lws_now_usecs();
        fetch_pump_later(origin->client);
    } else if (origin->address_count == 0) {
        fetch_origin_fail_waiters(origin, FETCH_DNS_FAILED, "");
    }
}

bool fetch_origin_is_ready(struct fetch_origin *origin)
{
    bool is_fresh = origin->address_count &&
                    (uint64_t)lws_now_usecs() - origin->resolved_us < (uint64_t)FRESH_US;

    if (!origin->is_literal && !is_fresh && !origin->is_resolving &&
        resolver_ask(origin->client->resolver, origin->url.host, on_resolved, origin) == 0)
        origin->is_resolving = true;
    return origin->address_count != 0;
}

struct ip_addr fetch_origin_address(const struct fetch_origin *origin)
{
    return origin->addresses[origin->address_at % origin->address_count];
}

void fetch_origin_blame(struct fetch_origin *origin, const struct ip_addr *address)
{
    struct ip_addr current = fetch_origin_address(origin);

    if (ip_addr_equal(&current, address))
        origin->address_at++;
}

void fetch_origin_distrust(struct fetch_origin *origin, const char *problem)
{
    if (!origin->tls_problem || strcmp(origin->tls_problem, problem) != 0)
        lwsl_warn("ip-info: no secure connection to %s: %s\n", origin->authority, problem);
    origin->tls_problem = problem;
}
