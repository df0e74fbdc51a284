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
    slot->done = done;
    slot->opaque = done_opaque;
    return FETCH_OK;
}

static uint64_t fake_now(void *opaque)
{
    struct fake_world *world = opaque;

    return world->now_us;
}

void fake_world_init(struct fake_world *world)
{
    static const char *const pairs[] = {
        "providers", "sina", "sina:url", "http://192.0.2.1/?ip={ip}", "sina:private", "1", NULL};

    const struct cache_limits limits = {.max_entries = 3,
                                        .max_bytes = 100000,
                                        .ttl_us = 100000000,
                                        .negative_ttl_us = 10000000,
                                        .stale_us = 50000000};

    memset(world, 0, sizeof(*world));
    world->now_us = 1000000;
    if (fixture_settings(&world->settings, pairs, NULL))
        abort();
    world->service.settings = &world->settings;
    world->service.ports =
        (struct lookup_ports){.fetch = fake_fetch, .now_us = fake_now, .opaque = world};
    world->flights = flights_new(&world->service, &limits, 7);
    if (!world->flights)
        abort();
}

void fake_world_fini(struct fake_world *world)
{
    flights_free(world->flights);
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
    const struct fetch_response response = {
        .error = FETCH_OK, .code = code, .body = body, .body_bytes = strlen(body)};

    end(world, n, &response);
}

void fake_fail(struct fake_world *world, size_t n, enum fetch_error error)
{
    const struct fetch_response response = {.error = error, .body = ""};

    end(world, n, &response);
}

int fixture_settings(struct settings *settings, const char *const *pairs, struct problem *problem)
{
    struct option_value values[32];
    size_t count = 0;

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
