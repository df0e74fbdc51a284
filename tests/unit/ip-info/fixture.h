/* fixture — settings with one provider, and a fetch that answers when the test says so. */
#ifndef TEST_IP_INFO_FIXTURE_H
#define TEST_IP_INFO_FIXTURE_H

#include "flights.h"
#include "settings.h"

#define FAKE_MAX_REQUESTS 16

struct fake_request {
    char url[200];
    uint64_t deadline_us, not_before_us;
    fetch_done_fn *done; /* NULL when it is answered */
    void *opaque;
};

/* The world of a lookup service: its clock, and what was asked. */
struct fake_world {
    uint64_t now_us;
    enum fetch_error refuses; /* what fetch returns instead of starting */
    struct fake_request requests[FAKE_MAX_REQUESTS];
    size_t count;
    struct settings settings;
    struct lookup_service service;
    struct flights *flights;
    struct settings_chain chain; /* all of the providers */
};

/* Settings with the provider `sina` at 192.0.2.1, which is not tried twice, a service on the fake
 * world, and flights that keep three answers: for 100 s, 10 s when there is none, and 50 s more
 * when nobody has a newer one. */
void fake_world_init(struct fake_world *world);

/* The same with options given as name, value, …, NULL. */
void fake_world_init_with(struct fake_world *world, const char *const *pairs);
void fake_world_fini(struct fake_world *world);

/* Answer request n with a body, or with an error. */
void fake_answer(struct fake_world *world, size_t n, unsigned code, const char *body);
void fake_answer_with(struct fake_world *world, size_t n, const struct fetch_response *response);
void fake_fail(struct fake_world *world, size_t n, enum fetch_error error);
void fake_fail_because(struct fake_world *world, size_t n, enum fetch_error error,
                       const char *reason);

/* Read flat options given as name, value, …, NULL. Returns as settings_compile. */
int fixture_settings(struct settings *settings, const char *const *pairs, struct problem *problem);

/* The address of a text, which must be one. */
struct ip_addr fixture_addr(const char *text);

#endif
