/* The options of the three protocols: refused with a reason, or within the bounds of their table.
 */
#include "fuzz.h"

#include "chat_options.h"
#include "hub_options.h"
#include "ip_net.h"
#include "lookup_options.h"
#include "settings.h"

#include <stdlib.h>
#include <string.h>

#define VALUES_MAX 24

struct given {
    struct option_value values[VALUES_MAX];
    char *lines[VALUES_MAX];
    size_t count;
};

/* Lines of name and value, with a blank between them. A file is none of ours to open here. */
static void read_given(struct fuzz_input *input, struct given *given)
{
    memset(given, 0, sizeof(*given));
    while (input->left && given->count < VALUES_MAX) {
        char *line = fuzz_text(input, '\n', NULL), *value = strchr(line, ' ');

        if (value)
            *value++ = '\0';
        if (strstr(line, "file") || strstr(line, "tls-ca") || (value && strstr(value, "{file:"))) {
            free(line);
            continue;
        }
        given->lines[given->count] = line;
        given->values[given->count++] = (struct option_value){line, value ? value : ""};
    }
}

static void check_rows(const struct option *table, size_t rows, const void *out)
{
    size_t n, choices;

    for (n = 0; n < rows; n++) {
        const struct option *row = &table[n];
        const char *at = (const char *)out + row->offset, *text;
        unsigned long number;
        unsigned choice;

        switch (row->type) {
        case OPTION_NUMBER:
            memcpy(&number, at, sizeof(number));
            FUZZ_CHECK((number >= row->min && number <= row->max) ||
                       (!row->fallback && number == SETTINGS_NOT_GIVEN));
            break;
        case OPTION_CHOICE:
            memcpy(&choice, at, sizeof(choice));
            for (choices = 0; row->choices[choices];)
                choices++;
            FUZZ_CHECK(choice < choices);
            break;
        case OPTION_FLAG:
            FUZZ_CHECK(*(const unsigned char *)at <= 1);
            break;
        case OPTION_TEXT:
            memcpy(&text, at, sizeof(text));
            FUZZ_CHECK(!text || (strlen(text) >= row->min && strlen(text) <= row->max));
            break;
        }
        FUZZ_CHECK(option_equal(row, out, out));
    }
}

/* What a second vhost of the hub would get. */
static void check_hub(const struct chat_options *options)
{
    struct chat_options kept = *options, mine = *options;
    struct problem problem = {0};
    char *memory = hub_options_keep(&kept);
    size_t n;

    FUZZ_CHECK(memory);
    mine.default_room = "elsewhere";
    hub_options_adopt(&mine, &kept);
    for (n = 0; n < chat_option_rows; n++) {
        FUZZ_CHECK(option_equal(&chat_option_table[n], &kept, options));
        FUZZ_CHECK(option_equal(&chat_option_table[n], &mine, options));
        FUZZ_CHECK(!hub_options_check(chat_option_table[n].name, &mine, &kept, &problem));
    }
    free(memory);
}

static void check_chat(const struct given *given)
{
    struct chat_options *options = calloc(1, sizeof(*options));
    struct problem problem = {0};
    size_t n;

    FUZZ_CHECK(options);
    if (options_read(chat_option_table, chat_option_rows, given->values, given->count,
                     chat_options_family, options, &problem) ||
        chat_options_check(options, &problem)) {
        fuzz_check_problem(&problem);
    } else {
        check_rows(chat_option_table, chat_option_rows, options);
        FUZZ_CHECK(options->room_log_bytes >= 4 * options->max_message_bytes);
        FUZZ_CHECK(chat_options_allow(options, options->default_room));
        FUZZ_CHECK(options->room_option_count <= CHAT_ROOM_OPTIONS_MAX);
        for (n = 0; n < options->room_option_count; n++)
            FUZZ_CHECK(chat_options_room(options, options->room_options[n].name) ==
                       &options->room_options[n]);
        chat_options_store_path(options);
        check_hub(options);
    }
    free(options);
}

static void check_ip_info(const struct given *given)
{
    struct settings *settings = malloc(sizeof(*settings));
    struct problem problem = {0};
    struct settings_chain chain;
    size_t n;

    FUZZ_CHECK(settings);
    settings_init(settings);
    if (options_read(settings_table, settings_rows, given->values, given->count, settings_family,
                     settings, &problem) ||
        settings_compile(settings, &problem)) {
        fuzz_check_problem(&problem);
    } else {
        check_rows(settings_table, settings_rows, settings);
        FUZZ_CHECK(settings->chain_count <= settings->provider_count);
        FUZZ_CHECK(settings->provider_count <= SETTINGS_MAX_PROVIDERS && settings->ok_template);
        FUZZ_CHECK(!settings_chain(settings, "", &chain) && chain.count == settings->chain_count);
        for (n = 0; n < settings->provider_count; n++)
            FUZZ_CHECK(!settings_chain(settings, settings->providers[n].name, &chain) &&
                       chain.first == &settings->providers[n] && chain.count == 1);
    }
    settings_fini(settings);
    free(settings);
}

static void check_ip_lookup(const struct given *given)
{
    struct lookup_options options = {0};
    struct problem problem = {0};

    if (options_read(lookup_option_table, LOOKUP_OPTIONS, given->values, given->count, NULL,
                     &options, &problem) ||
        lookup_options_check(&options, &problem))
        fuzz_check_problem(&problem);
    else
        check_rows(lookup_option_table, LOOKUP_OPTIONS, &options);
}

/* A byte that chooses the protocol, then the options. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct fuzz_input input = {data, size};
    unsigned protocol = fuzz_byte(&input) % 3;
    struct given given;
    size_t n;

    read_given(&input, &given);
    if (protocol == 0)
        check_chat(&given);
    else if (protocol == 1)
        check_ip_info(&given);
    else
        check_ip_lookup(&given);
    for (n = 0; n < given.count; n++)
        free(given.lines[n]);
    return 0;
}
