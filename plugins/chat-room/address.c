/* How many connections each address has, and how others see it. */
#include "world.h"

#include "ip_addr.h"

#include <stdlib.h>
#include <string.h>

struct address {
    struct hash_node node;
    unsigned long connections, holders;
    char text[IP_ADDR_TEXT_BYTES];
};

static bool is_address(const struct hash_node *node, const void *key)
{
    return strcmp(HASH_MAP_ENTRY(node, struct address, node)->text, key) == 0;
}

const char *address_label(const struct world *world, const char *address, char *buffer)
{
    struct ip_addr parsed;

    switch ((enum show_ip)world->options->show_ip) {
    case SHOW_IP_NONE:
        return NULL;
    case SHOW_IP_MASKED:
        if (ip_addr_parse(address, strlen(address), &parsed))
            break;
        ip_addr_format_masked(&parsed, buffer);
        return buffer;
    case SHOW_IP_FULL:
        break;
    }
    return address;
}

static struct address *find(const struct world *world, const char *text)
{
    struct hash_node *node = hash_map_find(
        &world->addresses, hash_keyed(&world->hash_key, text, strlen(text)), is_address, text);

    return node ? HASH_MAP_ENTRY(node, struct address, node) : NULL;
}

const char *address_take(struct world *world, const char *text, bool *is_full)
{
    struct address *address = find(world, text);

    *is_full = false;
    if (!address) {
        address = calloc(1, sizeof(*address));
        if (!address)
            return NULL;
        strcpy(address->text, text);
        hash_map_insert(&world->addresses, &address->node,
                        hash_keyed(&world->hash_key, text, strlen(text)));
    }
    *is_full = world->options->per_ip && address->connections >= world->options->per_ip;
    if (*is_full)
        return NULL;
    address->connections++;
    return address->text;
}

static void forget_unused(struct world *world, struct address *address)
{
    if (address->connections || address->holders)
        return;
    hash_map_remove(&world->addresses, &address->node);
    free(address);
}

void address_release(struct world *world, const char *text)
{
    struct address *address = find(world, text);

    if (!address)
        return;
    address->connections--;
    forget_unused(world, address);
}

const char *address_hold(struct world *world, const char *text)
{
    struct address *address = find(world, text);

    if (!address)
        return "";
    address->holders++;
    return address->text;
}

void address_let_go(struct world *world, const char *text)
{
    struct address *address = find(world, text);

    if (!address)
        return;
    address->holders--;
    forget_unused(world, address);
}
