#include "fixture.h"

#include <stdlib.h>
#include <string.h>

static enum fetch_error fake_fetch(void *opaque, const struct fetch_request *request,
                                   fetch_done_fn *done, void *done_opaque)
{
    struct fake_world *world = opaque;
    struct fake_request *slot;

    if (world->refuses != FETCH_OK)
        return world->refuses;
    if (world->count == FAKE_MAX_REQUESTS || strlen(request->url) >= sizeof(slot->url))
        abort();
    slot = &world->requests[world->count++];
    strcpy(slot->url, request->url);
    slot->deadline_us = request->deadline_us;
    slot->not_before_us = request->not_before_us;
    slot->done = done;
    slot->opaque = done_opaque;
    return FETCH_OK;
}

static uint64_t fake_now(void *opaque)
{
    struct fake_world *world = opaque;

    return world->now_us;
}

static int64_t fake_clock(void *opaque)
{
    struct fake_world *world = opaque;

    return 1700000000 + (int64_t)(world->now_us / 1000000);
}

void fake_world_init(struct fake_world *world)
{
    static const char *const pairs[] = {"providers",
                                        "sina",
                                        "sina:url",
                                        "http://192.0.2.1/?ip={ip}",
                                        "sina:private",
                                        "1",
                                        "attempts",
                                        "1",
                                        "cache-ttl",
                                        "100",
                                        "cache-negative-ttl",
                                        "10",
                                        NULL};

    fake_world_init_with(world, pairs);
}

void fake_world_init_with(struct fake_world *world, const char *const *pairs)
{
    const struct chain_ports ports = {
        .fetch = fake_fetch, .now_us = fake_now, .now_s = fake_clock, .opaque = world};

    const struct hash_key hash_key = {{1, 2}};
    const struct cache_limits limits = {
        .max_entries = 3, .max_bytes = 100000, .stale_us = 50000000};

    memset(world, 0, sizeof(*world));
    world->now_us = 1000000;
    if (fixture_settings(&world->settings, pairs, NULL))
        abort();
    if (lookup_service_init(&world->service, &world->settings, &ports))
        abort();
    world->flights = flights_new(&world->service, &limits, &hash_key);
    if (!world->flights)
        abort();
    if (settings_chain(&world->settings, "", &world->chain))
        abort();
}

void fake_world_fini(struct fake_world *world)
{
    flights_free(world->flights);
    lookup_service_fini(&world->service);
    settings_fini(&world->settings);
}

static void end(struct fake_world *world, size_t n, const struct fetch_response *response)
{
    struct fake_request *request = &world->requests[n];
    fetch_done_fn *done = request->done;

    if (n >= world->count || !done)
        abort();
    request->done = NULL;
    done(request->opaque, response);
}

void fake_answer(struct fake_world *world, size_t n, unsigned code, const char *body)
{
    fake_answer_with(world, n,
                     &(struct fetch_response){.code = code, .body = body, .wanted = {"", "", ""}});
}

void fake_answer_with(struct fake_world *world, size_t n, const struct fetch_response *response)
{
    struct fetch_response whole = *response;

    whole.body_bytes = strlen(whole.body);
    end(world, n, &whole);
}

void fake_fail(struct fake_world *world, size_t n, enum fetch_error error)
{
    fake_fail_because(world, n, error, "");
}

void fake_fail_because(struct fake_world *world, size_t n, enum fetch_error error,
                       const char *reason)
{
    const struct fetch_response response = {
        .error = error, .reason = reason, .body = "", .wanted = {"", "", ""}};

    end(world, n, &response);
}

int fixture_settings(struct settings *settings, const char *const *pairs, struct problem *problem)
{
    struct option_value values[32];
    size_t count = 0;

    settings_init(settings);
    for (; pairs[0]; pairs += 2) {
        values[count].name = pairs[0];
        values[count++].value = pairs[1];
    }
    if (options_read(settings_table, settings_rows, values, count, settings_family, settings,
                     problem))
        return -1;
    return settings_compile(settings, problem);
}

struct ip_addr fixture_addr(const char *text)
{
    struct ip_addr addr;

    if (ip_addr_parse(text, strlen(text), &addr))
        abort();
    return addr;
}
