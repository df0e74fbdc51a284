#include "providers_file_private.h"

#include "quota.h"

#include <stdio.h>
#include <string.h>

/* Where we are. */
struct reading {
    const struct providers_file *file;
    struct place place; /* of the member, and below it */
    size_t depth;       /* parts of the place of the member itself */
    struct provider *provider;
    struct problem *problem;
};

struct member {
    const char *name;
    int (*read)(struct reading *reading, const struct member *member, const json_t *value);
    size_t offset;
    json_int_t min, max;
    bool is_default; /* makes sense for every provider */
};

#define COMPLAIN(reading, ...)                                                                     \
    providers_file_complain((reading)->file, &(reading)->place, (reading)->problem, __VA_ARGS__)

/* ---- values */

/* Returns the text, or NULL with a complaint. */
static const char *text_of(struct reading *reading, const json_t *value)
{
    const char *text = json_string_value(value);

    if (!text)
        COMPLAIN(reading, "must be a string");
    else if (!text[0] || strlen(text) != json_string_length(value))
        COMPLAIN(reading, "must be a string that is not empty");
    else
        return text;
    return NULL;
}

static int read_text(struct reading *reading, const struct member *member, const json_t *value)
{
    const char *text = text_of(reading, value);

    if (!text)
        return -1;
    memcpy((char *)reading->provider + member->offset, &text, sizeof(text));
    return 0;
}

static int read_number(struct reading *reading, const struct member *member, const json_t *value)
{
    unsigned long number = (unsigned long)json_integer_value(value);

    if (!json_is_integer(value) || json_integer_value(value) < member->min ||
        json_integer_value(value) > member->max)
        return COMPLAIN(reading, "must be a number from %lld to %lld", (long long)member->min,
                        (long long)member->max);
    memcpy((char *)reading->provider + member->offset, &number, sizeof(number));
    return 0;
}

static int read_flag(struct reading *reading, const struct member *member, const json_t *value)
{
    bool flag = json_is_true(value);

    if (!json_is_boolean(value))
        return COMPLAIN(reading, "must be true or false");
    memcpy((char *)reading->provider + member->offset, &flag, sizeof(flag));
    return 0;
}

static int read_families(struct reading *reading, const struct member *member, const json_t *value)
{
    static const char *const words[] = {
        [PROVIDER_ANY_FAMILY] = "4 6", [PROVIDER_V4_ONLY] = "4", [PROVIDER_V6_ONLY] = "6"};
    unsigned n;

    (void)member;
    for (n = 0; json_is_string(value) && n < 3; n++) {
        if (strcmp(words[n], json_string_value(value)) == 0) {
            reading->provider->family = (enum provider_family)n;
            return 0;
        }
    }
    return COMPLAIN(reading, "must be \"4\", \"6\" or \"4 6\"");
}

/* ---- objects */

/* Begin to read an object, of which at most `max` members are taken. */
static int check_object(struct reading *reading, const json_t *value, size_t max)
{
    if (!json_is_object(value))
        return COMPLAIN(reading, "must be an object");
    if (json_object_size(value) > max)
        return COMPLAIN(reading, "must have at most %zu members", max);
    return 0;
}

static json_t *to_iterate(const json_t *value) { return (json_t *)(uintptr_t)value; }

static int read_map(struct reading *reading, const struct member *member, const json_t *value)
{
    struct provider *provider = reading->provider;
    const char *name, *names[RECORD_FIELD_COUNT + 1] = {NULL};
    json_t *item;
    unsigned n;

    (void)member;
    if (check_object(reading, value, RECORD_FIELD_COUNT * 2))
        return -1;
    for (n = 0; n < RECORD_FIELD_COUNT; n++)
        names[n] = record_field_name((enum record_field)n);
    memset(provider->map_texts, 0, sizeof(provider->map_texts));
    memset(provider->field_texts, 0, sizeof(provider->field_texts));
    json_object_foreach(to_iterate(value), name, item)
    {
        enum record_field field = record_field_find(name, strlen(name));

        reading->place.parts[reading->depth] = name;
        if (field == RECORD_FIELD_COUNT)
            return providers_file_refuse_unknown(reading->file, &reading->place, names,
                                                 reading->problem);
        provider->field_texts[field] = text_of(reading, item);
        if (!provider->field_texts[field])
            return -1;
    }
    return 0;
}

static int read_errors(struct reading *reading, const struct member *member, const json_t *value)
{
    struct provider *provider = reading->provider;
    const char *name;
    json_t *item;

    (void)member;
    if (check_object(reading, value, PROVIDER_MAX_ERRORS))
        return -1;
    provider->error_count = 0;
    json_object_foreach(to_iterate(value), name, item)
    {
        struct provider_error *error = &provider->errors[provider->error_count++];
        const char *text;

        reading->place.parts[reading->depth] = name;
        text = text_of(reading, item);
        if (!text)
            return -1;
        error->text = name;
        error->code = strcmp(text, "reserved") == 0 ? OUTCOME_FOUND : outcome_code_find(text);
        if (error->code == OUTCOME_CODE_COUNT || strcmp(text, "found") == 0)
            return COMPLAIN(reading, "\"%.40s\" is neither \"reserved\" nor an error code", text);
    }
    return 0;
}

static int read_headers(struct reading *reading, const struct member *member, const json_t *value)
{
    struct provider *provider = reading->provider;
    const char *name;
    json_t *item;

    (void)member;
    if (check_object(reading, value, PROVIDER_MAX_HEADERS))
        return -1;
    provider->header_count = 0;
    provider->skips_unset_headers = false;
    json_object_foreach(to_iterate(value), name, item)
    {
        struct provider_header *header = &provider->headers[provider->header_count++];

        reading->place.parts[reading->depth] = name;
        header->name = name;
        header->text = text_of(reading, item);
        if (!header->text)
            return -1;
    }
    return 0;
}

static int read_lang(struct reading *reading, const struct member *member, const json_t *value)
{
    struct provider *provider = reading->provider;
    const char *name;
    json_t *item;

    (void)member;
    provider->lang_text = NULL;
    if (json_is_string(value)) {
        provider->lang_text = text_of(reading, value);
        return provider->lang_text ? 0 : -1;
    }
    if (check_object(reading, value, PROVIDER_MAX_LANGS))
        return -1;
    provider->lang_count = 0;
    json_object_foreach(to_iterate(value), name, item)
    {
        struct provider_lang *row = &provider->langs[provider->lang_count++];
        const char *text;

        reading->place.parts[reading->depth] = name;
        text = text_of(reading, item);
        if (!text)
            return -1;
        if (!name[0] || strlen(name) >= sizeof(row->lang) || strlen(text) >= sizeof(row->value))
            return COMPLAIN(reading, "is not a language");
        strcpy(row->lang, name);
        strcpy(row->value, text);
    }
    return 0;
}

static int read_absent(struct reading *reading, const struct member *member, const json_t *value)
{
    struct provider *provider = reading->provider;
    size_t n;

    (void)member;
    if (!json_is_array(value) || json_array_size(value) > EXPR_MAX_ABSENT)
        return COMPLAIN(reading, "must be a list of at most %d values", EXPR_MAX_ABSENT);
    memset(provider->absent, 0, sizeof(provider->absent));
    for (n = 0; n < json_array_size(value); n++) {
        const json_t *item = json_array_get(value, n);
        char *out = provider->absent[n];

        if (json_is_string(item) && json_string_length(item) &&
            json_string_length(item) < EXPR_ABSENT_BYTES)
            snprintf(out, EXPR_ABSENT_BYTES, "%s", json_string_value(item));
        else if (json_is_integer(item))
            snprintf(out, EXPR_ABSENT_BYTES, "%lld", (long long)json_integer_value(item));
        else if (json_is_real(item))
            snprintf(out, EXPR_ABSENT_BYTES, "%.15g", json_real_value(item));
        else
            return COMPLAIN(reading, "holds texts of 1 to %d bytes and numbers",
                            EXPR_ABSENT_BYTES - 1);
    }
    return 0;
}

static int read_members(struct reading *reading, const struct member *table, const json_t *object,
                        bool are_defaults);

static const struct member quota_members[] = {
    {"per_minute", read_number, offsetof(struct provider, per_minute), 1, QUOTA_MAX_PER_MINUTE,
     false},
    {"per_second", read_number, offsetof(struct provider, per_second), 1, QUOTA_MAX_PER_SECOND,
     false},
    {"remaining", read_text, offsetof(struct provider, remaining_field), 0, 0, false},
    {"reset", read_text, offsetof(struct provider, reset_field), 0, 0, false},
    {NULL, NULL, 0, 0, 0, false}};

static int read_quota(struct reading *reading, const struct member *member, const json_t *value)
{
    (void)member;
    reading->provider->per_minute = reading->provider->per_second = 0;
    reading->provider->remaining_field = reading->provider->reset_field = NULL;
    return read_members(reading, quota_members, value, false);
}

static const struct member tls_members[] = {
    {"ca", read_text, offsetof(struct provider, tls_ca), 0, 0, false},
    {NULL, NULL, 0, 0, 0, false}};

static int read_tls(struct reading *reading, const struct member *member, const json_t *value)
{
    (void)member;
    return read_members(reading, tls_members, value, false);
}

/* A provider of the file that is meant for a later version, say so instead of "unknown". */
static int refuse(struct reading *reading, const struct member *member, const json_t *value)
{
    (void)member;
    (void)value;
    return COMPLAIN(reading, "is not supported");
}

#define TEXT(name_, member_)                                                                       \
    {                                                                                              \
        name_, read_text, offsetof(struct provider, member_), 0, 0, false                          \
    }
#define FLAG(name_, member_)                                                                       \
    {                                                                                              \
        name_, read_flag, offsetof(struct provider, member_), 0, 0, false                          \
    }
#define NUMBER(name_, member_, min_, max_)                                                         \
    {                                                                                              \
        name_, read_number, offsetof(struct provider, member_), min_, max_, true                   \
    }
#define OTHER(name_, read_)                                                                        \
    {                                                                                              \
        name_, read_, 0, 0, 0, false                                                               \
    }

static const struct member members[] = {TEXT("url", url_text),
                                        OTHER("families", read_families),
                                        TEXT("ok", ok_text),
                                        TEXT("reserved", reserved_text),
                                        TEXT("message", message_text),
                                        OTHER("errors", read_errors),
                                        OTHER("lang", read_lang),
                                        OTHER("map", read_map),
                                        OTHER("absent", read_absent),
                                        OTHER("headers", read_headers),
                                        TEXT("basic_auth", basic_auth_text),
                                        OTHER("quota", read_quota),
                                        FLAG("private", is_private),
                                        FLAG("h2", wants_h2),
                                        OTHER("tls", read_tls),
                                        NUMBER("timeout_ms", timeout_ms, 50, 60000),
                                        NUMBER("attempts", attempts, 1, 5),
                                        NUMBER("concurrency", lanes, 1, 256),
                                        NUMBER("max_body", max_reply_bytes, 256, 1048576),
                                        NUMBER("ttl", ttl_s, 0, 31536000),
                                        NUMBER("negative_ttl", negative_ttl_s, 0, 31536000),
                                        NUMBER("breaker_failures", breaker_failures, 0, 1000),
                                        NUMBER("breaker_open_ms", breaker_open_ms, 100, 300000),
                                        OTHER("batch", refuse),
                                        OTHER("type", refuse),
                                        {NULL, NULL, 0, 0, 0, false}};

/* Complain about a member that is not in the table. */
static int refuse_unknown(struct reading *reading, const struct member *table, bool are_defaults)
{
    const char *names[sizeof(members) / sizeof(members[0])];
    size_t count = 0, n;

    for (n = 0; table[n].name; n++)
        if (table[n].read != refuse && (!are_defaults || table[n].is_default))
            names[count++] = table[n].name;
    names[count] = NULL;
    return providers_file_refuse_unknown(reading->file, &reading->place, names, reading->problem);
}

static int read_members(struct reading *reading, const struct member *table, const json_t *object,
                        bool are_defaults)
{
    struct place place = reading->place;
    size_t depth = reading->depth, n;
    const char *name;
    json_t *value;

    if (!json_is_object(object))
        return COMPLAIN(reading, "must be an object");
    json_object_foreach(to_iterate(object), name, value)
    {
        for (n = 0; table[n].name && strcmp(table[n].name, name) != 0; n++)
            ;
        reading->place = place;
        reading->place.parts[depth] = name;
        reading->depth = depth + 1;
        if (!table[n].name || (are_defaults && !table[n].is_default))
            return refuse_unknown(reading, table, are_defaults);
        if (table[n].read(reading, &table[n], value))
            return -1;
    }
    return 0;
}

int providers_members_read(const struct providers_file *file, const struct place *place,
                           const json_t *object, bool are_defaults, struct provider *provider,
                           struct problem *problem)
{
    struct reading reading = {
        .file = file, .place = *place, .provider = provider, .problem = problem};

    while (reading.depth < PLACE_MAX_PARTS && place->parts[reading.depth])
        reading.depth++;
    return read_members(&reading, members, object, are_defaults);
}
