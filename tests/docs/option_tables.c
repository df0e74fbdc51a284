/* Print what the tables of the sources say, for test_configuration.py: first the options of the
 * protocols as the Markdown that docs/configuration.md has, then each key of the configuration as
 * one line of words with tabs between them. */
#include "chat_options.h"
#include "conf_keys.h"
#include "lookup_options.h"
#include "settings.h"
#include "status_options.h"

#include <limits.h>
#include <stdio.h>
#include <string.h>

static void print_range(const struct option *row)
{
    unsigned n;

    switch (row->type) {
    case OPTION_TEXT:
        printf("text, %lu–%lu bytes", row->min, row->max);
        return;
    case OPTION_NUMBER:
        printf("number, %s%s%lu–%lu", row->unit ? row->unit : "", row->unit ? ", " : "", row->min,
               row->max);
        return;
    case OPTION_FLAG:
        printf("flag");
        return;
    case OPTION_CHOICE:
        for (n = 0; row->choices[n]; n++)
            printf("%s`%s`", n ? ", " : "", row->choices[n]);
        return;
    }
}

static void print_options(const char *title, const struct option *rows, size_t count)
{
    size_t n;

    printf("### %s\n\n| option | type, unit, range | default | meaning |\n|---|---|---|---|\n",
           title);
    for (n = 0; n < count; n++) {
        printf("| `%s` | ", rows[n].name);
        print_range(&rows[n]);
        if (rows[n].fallback)
            printf(" | `%s`", rows[n].fallback);
        else
            printf(" | ");
        printf(" | %s |\n", rows[n].help ? rows[n].help : "");
    }
    printf("\n");
}

static void print_needs(unsigned needs)
{
    const struct conf_features none = {0};
    unsigned bit;

    for (bit = 1; bit; bit <<= 1) {
        const char *option = needs & bit ? conf_needs_missing(bit, &none) : NULL;

        if (option)
            printf("%s ", strncmp(option, "LWS_WITH_", 9) == 0 ? option + 9 : option + 4);
    }
}

static void print_keys(const char *object, const struct conf_keys *keys)
{
    static const char *const types[] = {
        [CONF_TEXT] = "text",      [CONF_NUMBER] = "number",    [CONF_PORT] = "number",
        [CONF_BITS] = "number",    [CONF_FLAG] = "flag",        [CONF_SWITCH] = "flag",
        [CONF_FOLDERS] = "text",   [CONF_MAP] = "map",          [CONF_LIST] = "list",
        [CONF_GLOBAL] = "object",  [CONF_VHOSTS] = "list",      [CONF_MOUNTS] = "list",
        [CONF_PROTOCOLS] = "list", [CONF_IGNORED] = "anything",
    };
    size_t n;

    for (n = 0; n < keys->count; n++) {
        const struct conf_key *key = &keys->rows[n];
        const char *type = types[key->type];

        printf("%s\t%s\t%s\t", object, key->name, type);
        if (strcmp(type, "number") == 0)
            printf("%lu–%lu", key->min, key->max);
        printf("\t");
        print_needs(key->needs);
        printf("\t");
        if (key->since)
            printf("%u.%u", key->since / 1000000, key->since / 1000 % 1000);
        printf("\t%s\t%s\n", key->is_protective ? "!" : "", key->is_required ? "required" : "");
    }
}

int main(void)
{
    print_options("chat-room", chat_option_table, chat_option_rows);
    print_options("ip-info", settings_table, settings_rows);
    print_options("ip-info, `<provider>:…`", settings_provider_table, settings_provider_rows);
    print_options("ip-lookup", lookup_option_table, LOOKUP_OPTIONS);
    print_options("lwshost-status", status_option_table, STATUS_OPTIONS);
    printf("\f");
    print_keys("global", &conf_global_keys);
    print_keys("vhosts[]", &conf_vhost_keys);
    print_keys("vhosts[].mounts[]", &conf_mount_keys);
    return 0;
}
