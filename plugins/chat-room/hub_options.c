#include "hub_options.h"

#include <stdlib.h>
#include <string.h>

/* Which requests a vhost lets in, and how it sees who they come from. */
static const char *const door_options[] = {"path", "origins", "trusted-proxies", "forwarded-header",
                                           "hub",  "api"};

static bool is_of_door(const char *name)
{
    size_t n;

    for (n = 0; n < sizeof(door_options) / sizeof(door_options[0]); n++)
        if (strcmp(door_options[n], name) == 0)
            return true;
    return false;
}

int hub_options_check(const char *name, const struct chat_options *mine,
                      const struct chat_options *worlds, struct problem *problem)
{
    const struct option *row = option_find(chat_option_table, chat_option_rows, name);

    if (row ? is_of_door(name) || option_equal(row, mine, worlds)
            : !strchr(name, ':') || chat_options_same_family(name, mine, worlds))
        return 0;
    return problem_set(problem, name, "is not what the first vhost of hub \"%s\" has", worlds->hub);
}

void hub_options_adopt(struct chat_options *mine, const struct chat_options *worlds)
{
    const struct chat_options own = *mine;
    size_t n;

    *mine = *worlds;
    for (n = 0; n < chat_option_rows; n++)
        if (is_of_door(chat_option_table[n].name))
            option_copy(&chat_option_table[n], mine, &own);
}

static const char **text_of(struct chat_options *options, size_t n)
{
    return chat_option_table[n].type == OPTION_TEXT
               ? (const char **)(void *)((char *)options + chat_option_table[n].offset)
               : NULL;
}

char *hub_options_keep(struct chat_options *options)
{
    size_t n, bytes = 1;
    char *memory, *to;

    for (n = 0; n < chat_option_rows; n++) {
        const char **text = text_of(options, n);

        bytes += text && *text ? strlen(*text) + 1 : 0;
    }
    memory = to = malloc(bytes);
    for (n = 0; memory && n < chat_option_rows; n++) {
        const char **text = text_of(options, n);

        if (!text || !*text)
            continue;
        *text = strcpy(to, *text);
        to += strlen(to) + 1;
    }
    return memory;
}
