#include "hash_map.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

struct item {
    struct hash_node node;
    int key;
};

static bool is_key(const struct hash_node *node, const void *key)
{
    return HASH_MAP_ENTRY(node, struct item, node)->key == *(const int *)key;
}

static struct item *find(const struct hash_map *map, int key, uint64_t hash)
{
    struct hash_node *node = hash_map_find(map, hash, is_key, &key);

    return node ? HASH_MAP_ENTRY(node, struct item, node) : NULL;
}

static void what_is_inserted_is_found_until_it_is_removed(void **state)
{
    struct hash_map map = {0};
    struct item items[1000] = {{{0}, 0}};
    int n;

    (void)state;
    assert_null(find(&map, 1, 1));
    for (n = 0; n < 1000; n++) {
        items[n].key = n;
        hash_map_insert(&map, &items[n].node, hash_bytes(&n, sizeof(n), 0));
    }
    assert_int_equal(map.count, 1000);
    for (n = 0; n < 1000; n += 2)
        hash_map_remove(&map, &items[n].node);
    for (n = 0; n < 1000; n++)
        assert_ptr_equal(find(&map, n, hash_bytes(&n, sizeof(n), 0)), n % 2 ? &items[n] : NULL);
    hash_map_remove(&map, &items[0].node); /* twice is harmless */
    assert_int_equal(map.count, 500);
    for (n = 1; n < 1000; n += 2)
        hash_map_remove(&map, &items[n].node);
    hash_map_fini(&map);
}

static void equal_hashes_are_told_apart_by_their_keys(void **state)
{
    struct hash_map map = {0};
    struct item items[40] = {{{0}, 0}};
    int n;

    (void)state;
    for (n = 0; n < 40; n++) {
        items[n].key = n;
        hash_map_insert(&map, &items[n].node, 7);
    }
    for (n = 0; n < 40; n++)
        assert_ptr_equal(find(&map, n, 7), &items[n]);
    assert_null(find(&map, 40, 7));
    for (n = 0; n < 40; n++)
        hash_map_remove(&map, &items[n].node);
    hash_map_fini(&map);
}

/* From the paper's reference: key 00 01 … 0f, bytes 00 01 … */
static void the_keyed_hash_is_siphash(void **state)
{
    static const struct {
        size_t len;
        uint64_t hash;
    } cases[] = {{0, 0x726fdb47dd0e0e31}, {1, 0x74f839c593dc67fd},  {7, 0xab0200f58b01d137},
                 {8, 0x93f5f5799a932462}, {15, 0xa129ca6149be45e5}, {63, 0x958a324ceb064572}};
    static const struct hash_key key = {{0x0706050403020100, 0x0f0e0d0c0b0a0908}};
    unsigned char bytes[63];
    size_t n;

    (void)state;
    for (n = 0; n < sizeof(bytes); n++)
        bytes[n] = (unsigned char)n;
    for (n = 0; n < sizeof(cases) / sizeof(cases[0]); n++)
        assert_true(hash_keyed(&key, bytes, cases[n].len) == cases[n].hash);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_inserted_is_found_until_it_is_removed),
        cmocka_unit_test(equal_hashes_are_told_apart_by_their_keys),
        cmocka_unit_test(the_keyed_hash_is_siphash),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
