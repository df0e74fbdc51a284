#include "wire.h"

#include "json_text.h"
#include "utf8.h"

#include <jansson.h>
#include <string.h>

#define NESTING_MAX 16

enum field_kind { FIELD_TEXT, FIELD_COUNT, FIELD_FLAG, FIELD_SINCE, FIELD_TO };

#define ON(type) (1u << (type))
#define AT_SOMEBODY (ON(REQUEST_KICK) | ON(REQUEST_MUTE) | ON(REQUEST_BAN) | ON(REQUEST_UNBAN))
#define MEASURES (AT_SOMEBODY | ON(REQUEST_CLOSE_ROOM))
#define MODERATION (MEASURES | ON(REQUEST_ANNOUNCE))
#define ALL_ROOM_REQUESTS                                                                          \
    (MODERATION | ON(REQUEST_LEAVE) | ON(REQUEST_MESSAGE) | ON(REQUEST_NICK) |                     \
     ON(REQUEST_PARTICIPANTS) | ON(REQUEST_HISTORY) | ON(REQUEST_TYPING))

static const char *const type_names[REQUEST_TYPES] = {
    [REQUEST_JOIN] = "join",
    [REQUEST_LEAVE] = "leave",
    [REQUEST_MESSAGE] = "message",
    [REQUEST_NICK] = "nick",
    [REQUEST_PARTICIPANTS] = "participants",
    [REQUEST_HISTORY] = "history",
    [REQUEST_TYPING] = "typing",
    [REQUEST_PONG] = "pong",
    [REQUEST_ANNOUNCE] = "announce",
    [REQUEST_KICK] = "kick",
    [REQUEST_MUTE] = "mute",
    [REQUEST_BAN] = "ban",
    [REQUEST_UNBAN] = "unban",
    [REQUEST_CLOSE_ROOM] = "close_room",
};

struct field {
    const char *name;
    enum field_kind kind;
    unsigned needed_by, known_by; /* bits of request types */
    size_t offset;                /* of the value in struct request */
    size_t flag;                  /* of the bool that says it was given; 0 for none */
    const char *trouble;
};

static const struct field fields[] = {
    {"room", FIELD_TEXT, ALL_ROOM_REQUESTS, ALL_ROOM_REQUESTS | ON(REQUEST_JOIN),
     offsetof(struct request, room), 0, "\"room\" must be a string."},
    {"nick", FIELD_TEXT, ON(REQUEST_NICK), ON(REQUEST_NICK) | ON(REQUEST_JOIN) | AT_SOMEBODY,
     offsetof(struct request, nick), 0, "\"nick\" must be a string."},
    {"session", FIELD_TEXT, 0, ON(REQUEST_JOIN), offsetof(struct request, session), 0,
     "\"session\" must be a string."},
    {"pin", FIELD_TEXT, 0, ON(REQUEST_JOIN), offsetof(struct request, pin), 0,
     "\"pin\" must be a string."},
    {"secret", FIELD_TEXT, 0, MODERATION, offsetof(struct request, secret), 0,
     "\"secret\" must be a string."},
    {"user", FIELD_TEXT, 0, AT_SOMEBODY, offsetof(struct request, user), 0,
     "\"user\" must be a string."},
    {"reason", FIELD_TEXT, 0, MODERATION, offsetof(struct request, reason), 0,
     "\"reason\" must be a string."},
    {"seconds", FIELD_COUNT, 0, MODERATION, offsetof(struct request, seconds),
     offsetof(struct request, has_seconds), "\"seconds\" must be an integer from 1 up."},
    {"history", FIELD_COUNT, 0, ON(REQUEST_JOIN), offsetof(struct request, history),
     offsetof(struct request, has_history), "\"history\" must be an integer from 0 up."},
    {"since", FIELD_SINCE, 0, ON(REQUEST_JOIN), offsetof(struct request, since),
     offsetof(struct request, has_since),
     "\"since\" must be an object with the string \"epoch\" and the integer \"offset\"."},
    {"text", FIELD_TEXT, ON(REQUEST_MESSAGE) | ON(REQUEST_ANNOUNCE),
     ON(REQUEST_MESSAGE) | ON(REQUEST_ANNOUNCE), offsetof(struct request, text), 0,
     "\"text\" must be a string."},
    {"cid", FIELD_TEXT, ON(REQUEST_MESSAGE), ON(REQUEST_MESSAGE), offsetof(struct request, cid), 0,
     "\"cid\" must be a string of 1 to 64 characters."},
    {"to", FIELD_TO, 0, ON(REQUEST_MESSAGE), offsetof(struct request, to),
     offsetof(struct request, has_to), "\"to\" must be a nick or a list of nicks."},
    {"after", FIELD_TEXT, 0, ON(REQUEST_PARTICIPANTS), offsetof(struct request, after), 0,
     "\"after\" must be a string."},
    {"before", FIELD_COUNT, 0, ON(REQUEST_HISTORY), offsetof(struct request, before),
     offsetof(struct request, has_before), "\"before\" must be an integer from 0 up."},
    {"limit", FIELD_COUNT, 0, ON(REQUEST_HISTORY), offsetof(struct request, limit),
     offsetof(struct request, has_limit), "\"limit\" must be an integer from 0 up."},
    {"active", FIELD_FLAG, ON(REQUEST_TYPING), ON(REQUEST_TYPING),
     offsetof(struct request, is_active), 0, "\"active\" must be true or false."},
};

static enum refusal bad(struct request *request, const char *trouble)
{
    request->trouble = trouble;
    return REFUSAL_BAD_REQUEST;
}

/* jansson recurses; a bound of its own is far above what any request needs. */
static bool is_too_deep(const char *bytes, size_t len)
{
    unsigned depth = 0;
    bool in_string = false;
    size_t n;

    for (n = 0; n < len; n++) {
        char c = bytes[n];

        if (in_string && c == '\\')
            n++;
        else if (c == '"')
            in_string = !in_string;
        else if (!in_string && (c == '{' || c == '['))
            depth++;
        else if (!in_string && (c == '}' || c == ']') && depth)
            depth--;
        if (depth > NESTING_MAX)
            return true;
    }
    return false;
}

static int read_text(const json_t *value, struct wire_text *out)
{
    if (!json_is_string(value))
        return -1;
    out->at = json_string_value(value);
    out->len = json_string_length(value);
    return 0;
}

static int read_count(const json_t *value, uint64_t *out)
{
    if (!json_is_integer(value) || json_integer_value(value) < 0)
        return -1;
    *out = (uint64_t)json_integer_value(value);
    return 0;
}

static int read_since(struct request *request, const json_t *value)
{
    return json_is_object(value) && !read_text(json_object_get(value, "epoch"), &request->epoch)
               ? read_count(json_object_get(value, "offset"), &request->since)
               : -1;
}

static int read_recipients(struct request *request, const json_t *value)
{
    size_t n, count = json_is_array(value) ? json_array_size(value) : 1;

    for (n = 0; n < count && n < WIRE_RECIPIENTS_MAX; n++)
        if (read_text(json_is_array(value) ? json_array_get(value, n) : value, &request->to[n]))
            return -1;
    request->to_count = count;
    return count ? 0 : -1;
}

static int read_value(struct request *request, const struct field *field, const json_t *value)
{
    char *at = (char *)request + field->offset;

    switch (field->kind) {
    case FIELD_TEXT:
        return read_text(value, (struct wire_text *)(void *)at);
    case FIELD_COUNT:
        return read_count(value, (uint64_t *)(void *)at);
    case FIELD_FLAG:
        *(bool *)at = json_is_true(value);
        return json_is_boolean(value) ? 0 : -1;
    case FIELD_SINCE:
        return read_since(request, value);
    case FIELD_TO:
        break;
    }
    return read_recipients(request, value);
}

static enum refusal read_fields(struct request *request, const json_t *object)
{
    size_t n;

    for (n = 0; n < sizeof(fields) / sizeof(fields[0]); n++) {
        const struct field *field = &fields[n];
        const json_t *value = NULL;

        if (!(field->known_by & ON(request->type)))
            continue;
        value = json_object_get(object, field->name);
        if (!value && !(field->needed_by & ON(request->type)))
            continue;
        if (!value || read_value(request, field, value))
            return bad(request, field->trouble);
        if (field->flag)
            *(bool *)((char *)request + field->flag) = true;
    }
    if (request->cid.at) {
        size_t chars = utf8_count(request->cid.at, request->cid.len);

        if (chars < 1 || chars > WIRE_CHARS_MAX)
            return bad(request, "\"cid\" must be a string of 1 to 64 characters.");
    }
    return request->to_count > WIRE_RECIPIENTS_MAX ? REFUSAL_TOO_MANY_RECIPIENTS : REFUSAL_NONE;
}

static enum refusal read_id(struct request *request, const json_t *value)
{
    struct wire_id *id = &request->id;

    if (!value)
        return REFUSAL_NONE;
    if (json_is_integer(value)) {
        id->kind = WIRE_ID_NUMBER;
        id->number = json_integer_value(value);
        return REFUSAL_NONE;
    }
    if (!json_is_string(value) ||
        utf8_count(json_string_value(value), json_string_length(value)) > WIRE_CHARS_MAX)
        return bad(request, "\"id\" must be an integer or a string of at most 64 characters.");
    id->kind = WIRE_ID_TEXT;
    memcpy(id->text, json_string_value(value), json_string_length(value) + 1);
    return REFUSAL_NONE;
}

static enum refusal read_type(struct request *request, const json_t *value)
{
    int type;

    if (!json_is_string(value))
        return bad(request, "\"type\" must be a string.");
    for (type = REQUEST_NONE + 1; type < REQUEST_TYPES; type++) {
        if (strcmp(type_names[type], json_string_value(value)) == 0) {
            request->type = (enum request_type)type;
            return REFUSAL_NONE;
        }
    }
    return REFUSAL_UNKNOWN_TYPE;
}

static enum refusal parse(struct request *request, const char *bytes, size_t len)
{
    memset(request, 0, sizeof(*request));
    if (is_too_deep(bytes, len))
        return REFUSAL_BAD_JSON;
    request->document = json_text_load(bytes, len, JSON_REJECT_DUPLICATES | JSON_DECODE_ANY, NULL);
    if (!request->document)
        return REFUSAL_BAD_JSON;
    return json_is_object((json_t *)request->document)
               ? REFUSAL_NONE
               : bad(request, "A request must be an object.");
}

enum refusal request_read(struct request *request, const char *bytes, size_t len)
{
    enum refusal refusal = parse(request, bytes, len);
    const json_t *root = request->document;

    if (!refusal)
        refusal = read_id(request, json_object_get(root, "id"));
    if (!refusal)
        refusal = read_type(request, json_object_get(root, "type"));
    return refusal ? refusal : read_fields(request, root);
}

enum refusal request_read_body(struct request *request, const char *bytes, size_t len,
                               const char *room, const char *type)
{
    enum refusal refusal = parse(request, bytes, len);
    json_t *root = request->document, *op;

    if (refusal)
        return refusal;
    op = type ? json_string(type) : json_incref(json_object_get(root, "op"));
    if (!json_is_string(op))
        refusal = bad(request, "\"op\" must be a string.");
    if (!refusal)
        refusal = read_type(request, op);
    json_decref(op);
    if (!refusal && !type && !(MEASURES & ON(request->type)))
        refusal = REFUSAL_UNKNOWN_TYPE;
    if (!refusal && json_object_set_new(root, "room", json_string(room)))
        refusal = REFUSAL_INTERNAL;
    return refusal ? refusal : read_fields(request, root);
}

void request_fini(struct request *request)
{
    json_decref(request->document);
    request->document = NULL;
}
