#include "guesses.h"

#include "ip_addr.h"
#include "rate.h"

#include <string.h>

/* What is no IP address, a unix socket's peer, is ::. */
static struct ip_addr client_of(const char *address)
{
    struct ip_addr client = {0};

    if (address && ip_addr_parse(address, strlen(address), &client))
        client = (struct ip_addr){0};
    return client;
}

uint64_t guesses_wait_ms(const struct world *world, const char *address)
{
    struct ip_addr client = client_of(address);

    return world->guesses ? rate_wait(world->guesses, &client, 1, world->port->now_us()) : 0;
}

void guesses_count(struct world *world, const char *address)
{
    struct ip_addr client = client_of(address);

    if (world->guesses)
        rate_take(world->guesses, &client, 1, world->port->now_us());
}
