#include "query.h"
#include "json_text.h"

#include <jansson.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void query_init(struct query *query, size_t max_questions)
{
    memset(query, 0, sizeof(*query));
    query->max_questions = max_questions;
    query->field = -1;
}

void query_fini(struct query *query)
{
    free(query->questions);
    query->questions = NULL;
    query->count = query->capacity = 0;
}

int query_refuse(struct query *query, unsigned status, const char *format, ...)
{
    va_list args;

    if (query->error_status)
        return -1;
    query->error_status = status;
    va_start(args, format);
    vsnprintf(query->error_text, sizeof(query->error_text), format, args);
    va_end(args);
    return -1;
}

bool query_wants(const struct query *query, int field)
{
    return !query->has_fields || ((query->fields | ANSWER_FIELDS_ALWAYS) & 1u << field);
}

static struct question *add_question(struct query *query)
{
    if (query->count == query->max_questions) {
        query_refuse(query, 422, "more than %zu addresses", query->max_questions);
        return NULL;
    }
    if (query->count == query->capacity) {
        size_t capacity = query->capacity ? query->capacity * 2 : 4;
        struct question *more = realloc(query->questions, capacity * sizeof(*more));

        if (!more) {
            query_refuse(query, 503, "out of memory");
            return NULL;
        }
        query->questions = more;
        query->capacity = capacity;
    }
    memset(&query->questions[query->count], 0, sizeof(query->questions[0]));
    return &query->questions[query->count++];
}

static void copy_printable(char out[QUERY_TEXT_BYTES], const char *text, size_t len)
{
    size_t n, most = len < QUERY_TEXT_BYTES - 1 ? len : QUERY_TEXT_BYTES - 1;

    for (n = 0; n < most; n++)
        out[n] = text[n] >= ' ' && text[n] < 127 ? text[n] : '?';
    out[most] = 0;
}

static int add_address(struct query *query, const char *name, size_t name_len, const char *text,
                       size_t len)
{
    struct question *question = add_question(query);

    if (!question)
        return -1;
    memcpy(question->name, name, name_len);
    copy_printable(question->text, text, len);
    question->is_valid = ip_addr_parse(text, len, &question->addr) == 0;
    return 0;
}

static int set_form(struct query *query, enum query_form form)
{
    if (query->form != QUERY_NONE && query->form != form)
        return query_refuse(query, 400,
                            "addresses come in one form: in the path, as ip=, as ip.name=, or as a "
                            "body");
    query->form = form;
    return 0;
}

static int add_list(struct query *query, const char *value, size_t len)
{
    const char *end = value + len;

    if (set_form(query, QUERY_LIST))
        return -1;
    for (;;) {
        const char *comma = memchr(value, ',', (size_t)(end - value));
        const char *stop = comma ? comma : end;

        if (stop == value)
            return query_refuse(query, 400, "an address is empty");
        if (add_address(query, "", 0, value, (size_t)(stop - value)))
            return -1;
        if (!comma)
            return 0;
        value = comma + 1;
    }
}

static bool is_name(const char *name, size_t len)
{
    size_t n;

    for (n = 0; n < len; n++)
        if (!strchr("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-", name[n]) ||
            !name[n])
            return false;
    return len > 0 && len < QUERY_NAME_BYTES;
}

static int add_named(struct query *query, const char *name, size_t name_len, const char *value,
                     size_t len)
{
    size_t n;

    if (set_form(query, QUERY_NAMED))
        return -1;
    if (!is_name(name, name_len))
        return query_refuse(query, 400, "a name has 1 to 32 of A-Z, a-z, 0-9, \"_\" and \"-\"");
    for (n = 0; n < query->count; n++)
        if (strncmp(query->questions[n].name, name, name_len) == 0 &&
            !query->questions[n].name[name_len])
            return query_refuse(query, 400, "the name \"%.*s\" is given twice", (int)name_len,
                                name);
    if (len == 0)
        return query_refuse(query, 400, "an address is empty");
    return add_address(query, name, name_len, value, len);
}

static int read_field(struct query *query, const char *name, size_t len)
{
    query->field = answer_field_find(name, len);
    return query->field < 0 || query->field == ANSWER_FIELD_ERROR
               ? query_refuse(query, 404, "there is no such field")
               : 0;
}

int query_path(struct query *query, const char *path, size_t len)
{
    const char *slash;

    while (len && path[0] == '/') {
        path++;
        len--;
    }
    if (len && path[len - 1] == '/')
        len--;
    slash = memchr(path, '/', len);
    if (slash) {
        if (read_field(query, slash + 1, (size_t)(path + len - slash - 1)))
            return -1;
        len = (size_t)(slash - path);
    }
    if (len == 0)
        return 0;
    query->form = QUERY_SINGLE;
    return len == 2 && memcmp(path, "me", 2) == 0 ? 0 : add_address(query, "", 0, path, len);
}

static int read_format(struct query *query, const char *value, size_t len)
{
    static const char *const names[] = {"", "json", "text", "html", "csv", "ndjson"};
    unsigned n;

    if (query->format != QUERY_FORMAT_AUTO)
        return query_refuse(query, 400, "format is given twice");
    for (n = 1; n < sizeof(names) / sizeof(names[0]); n++) {
        if (strlen(names[n]) == len && memcmp(names[n], value, len) == 0) {
            query->format = (enum query_format)n;
            return 0;
        }
    }
    return query_refuse(query, 400, "format is one of json, text, html, csv, ndjson");
}

static int read_deadline(struct query *query, const char *value, size_t len)
{
    unsigned long number = 0;
    size_t n;

    if (query->deadline_ms)
        return query_refuse(query, 400, "deadline is given twice");
    for (n = 0; n < len && n < 9 && value[n] >= '0' && value[n] <= '9'; n++)
        number = number * 10 + (unsigned long)(value[n] - '0');
    if (n != len || number < 50)
        return query_refuse(query, 400, "deadline is a number of milliseconds, 50 or more");
    query->deadline_ms = number;
    return 0;
}

static int read_flag(struct query *query, const char *name, const char *value, size_t len,
                     bool *has, bool *is)
{
    if (*has)
        return query_refuse(query, 400, "%s is given twice", name);
    if (len != 1 || (value[0] != '0' && value[0] != '1'))
        return query_refuse(query, 400, "%s is 0 or 1", name);
    *has = true;
    *is = value[0] == '1';
    return 0;
}

static int read_strict(struct query *query, const char *value, size_t len)
{
    return read_flag(query, "strict", value, len, &query->has_strict, &query->is_strict);
}

static int read_meta(struct query *query, const char *value, size_t len)
{
    return read_flag(query, "meta", value, len, &query->has_meta, &query->is_meta);
}

static int read_lang(struct query *query, const char *value, size_t len)
{
    size_t n;

    if (query->lang[0])
        return query_refuse(query, 400, "lang is given twice");
    for (n = 0; n < len; n++)
        if (!is_name(value + n, 1) || value[n] == '_')
            break;
    if (n != len || len < 2 || len >= QUERY_LANG_BYTES)
        return query_refuse(query, 400, "lang is a language tag like en or zh-CN");
    memcpy(query->lang, value, len);
    query->lang[len] = 0;
    return 0;
}

static int read_fields(struct query *query, const char *value, size_t len)
{
    const char *end = value + len;

    if (query->has_fields)
        return query_refuse(query, 400, "fields is given twice");
    query->has_fields = true;
    for (;;) {
        const char *comma = memchr(value, ',', (size_t)(end - value));
        size_t name_len = (size_t)((comma ? comma : end) - value);
        int field = answer_field_find(value, name_len);

        if (field < 0)
            return query_refuse(query, 400, "there is no such field");
        query->fields |= 1u << field;
        if (!comma)
            return 0;
        value = comma + 1;
    }
}

static int read_provider(struct query *query, const char *value, size_t len)
{
    if (query->provider[0])
        return query_refuse(query, 400, "provider is given twice");
    if (!is_name(value, len))
        return query_refuse(query, 400, "there is no such provider");
    memcpy(query->provider, value, len);
    query->provider[len] = 0;
    return 0;
}

int query_parameter(struct query *query, const char *name, size_t name_len, const char *value,
                    size_t value_len)
{
    static const struct {
        const char *name;
        int (*read)(struct query *query, const char *value, size_t len);
    } table[] = {{"ip", add_list},        {"format", read_format},    {"deadline", read_deadline},
                 {"strict", read_strict}, {"meta", read_meta},        {"lang", read_lang},
                 {"fields", read_fields}, {"provider", read_provider}};
    size_t n;

    if (name_len >= 3 && memcmp(name, "ip.", 3) == 0)
        return add_named(query, name + 3, name_len - 3, value, value_len);
    for (n = 0; n < sizeof(table) / sizeof(table[0]); n++)
        if (strlen(table[n].name) == name_len && memcmp(table[n].name, name, name_len) == 0)
            return table[n].read(query, value, value_len);
    return 0;
}

static int add_member(struct query *query, const char *name, const json_t *value)
{
    const char *text = json_string_value(value);
    size_t len = json_string_length(value);

    if (!text)
        return query_refuse(query, 400, "an address in the body is not a string");
    if (name)
        return add_named(query, name, strlen(name), text, len);
    if (len == 0)
        return query_refuse(query, 400, "an address is empty");
    return add_address(query, "", 0, text, len);
}

static int add_members(struct query *query, json_t *root)
{
    const char *name;
    json_t *value;
    size_t n;

    if (query->form != QUERY_NONE)
        return set_form(query, QUERY_BODY);
    if (json_is_array(root) ? json_array_size(root) == 0 : json_object_size(root) == 0)
        return query_refuse(query, 400, "the body holds no address");
    query->form = json_is_array(root) ? QUERY_LIST : QUERY_NAMED;
    json_array_foreach(root, n, value) if (add_member(query, NULL, value)) return -1;
    json_object_foreach(root, name, value) if (add_member(query, name, value)) return -1;
    return 0;
}

int query_body(struct query *query, const char *body, size_t len)
{
    json_error_t error;
    json_t *root = json_text_load(body ? body : "", len, JSON_REJECT_DUPLICATES, &error);
    int result;

    if (!root)
        return query_refuse(query, 400, "the body is not JSON: line %d, column %d: %.60s",
                            error.line, error.column, error.text);
    result = add_members(query, root);
    json_decref(root);
    return result;
}

static int add_caller(struct query *query, const struct ip_addr *caller)
{
    char text[IP_ADDR_TEXT_BYTES];

    if (!caller)
        return query_refuse(query, 400, "the caller has no internet address: ask with ip=");
    ip_addr_format(caller, text);
    return add_address(query, "", 0, text, strlen(text));
}

int query_finish(struct query *query, const struct ip_addr *caller)
{
    if (query->error_status)
        return -1;
    if (query->is_strict && query->format == QUERY_FORMAT_NDJSON)
        return query_refuse(query, 400, "strict and ndjson: the status is sent before the answers");
    if (query->field >= 0 && query->form > QUERY_SINGLE)
        return query_refuse(query, 400, "one field is told of one address");
    if (query->field >= 0 && query->format > QUERY_FORMAT_TEXT)
        return query_refuse(query, 400, "the value of a field is text");
    if (query->count)
        return 0;
    query->form = QUERY_SINGLE;
    query->is_of_caller = true;
    return add_caller(query, caller);
}
