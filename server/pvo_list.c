#include "pvo_list.h"

int pvo_list_build(const struct conf_pairs *pairs, const char *suffix, struct arena *arena,
                   struct lws_protocol_vhost_options **out)
{
    struct lws_protocol_vhost_options *list;
    size_t n;

    *out = NULL;
    if (!pairs->count)
        return 0;
    list = arena_new(arena, pairs->count, sizeof(*list));
    if (!list)
        return -1;
    for (n = 0; n < pairs->count; n++) {
        const struct conf_pair *pair = &pairs->items[n];

        list[n].name = *suffix ? arena_printf(arena, "%s%s", pair->name, suffix) : pair->name;
        if (!list[n].name)
            return -1;
        list[n].value = pair->value;
        list[n].next = n + 1 < pairs->count ? &list[n + 1] : NULL;
    }
    *out = list;
    return 0;
}
