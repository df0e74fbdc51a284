#include "api_request.h"

#include <string.h>
#include <strings.h>

#define DIGITS_MAX 18 /* of a number that fits everywhere */

static const struct route {
    const char *name; /* behind the room, where there is one */
    enum api_route route;
    enum api_method method; /* API_GET is HEAD, too */
    bool has_room;
} routes[] = {
    {"status", API_STATUS, API_GET, false},
    {"metrics", API_METRICS, API_GET, false},
    {"rooms", API_ROOMS, API_GET, false},
    {"", API_ROOM, API_DELETE, true},
    {"messages", API_MESSAGES, API_GET, true},
    {"events", API_EVENTS, API_GET, true},
    {"announcements", API_ANNOUNCEMENTS, API_POST, true},
    {"moderation", API_MODERATION, API_POST, true},
};

/* The next part of a path and its length, without the slash in front of it. */
static const char *next_part(const char **path, size_t *len, size_t *part_len)
{
    const char *part = *path, *slash;

    if (*len && *part == '/') {
        part++;
        --*len;
    }
    slash = memchr(part, '/', *len);
    *part_len = slash ? (size_t)(slash - part) : *len;
    *path = part + *part_len;
    *len -= *part_len;
    return part;
}

static bool is_word(const char *text, size_t len, const char *word)
{
    return strlen(word) == len && memcmp(text, word, len) == 0;
}

static const struct route *find(const char *name, size_t len, bool has_room)
{
    size_t n;

    for (n = 0; n < sizeof(routes) / sizeof(routes[0]); n++)
        if (routes[n].has_room == has_room && is_word(name, len, routes[n].name))
            return &routes[n];
    return NULL;
}

static int check_method(const struct route *route, enum api_method method,
                        struct api_problem *problem)
{
    static const char *const allowed[] = {[API_GET] = "GET, HEAD, OPTIONS",
                                          [API_POST] = "POST, OPTIONS",
                                          [API_DELETE] = "DELETE, OPTIONS"};

    if (method == route->method || (method == API_HEAD && route->method == API_GET))
        return 0;
    api_problem_set(problem, 405, "method-not-allowed", "This path has other methods.");
    problem->allow = allowed[route->method];
    return -1;
}

int api_request_route(struct api_request *out, enum api_method method, const char *path, size_t len,
                      struct api_problem *problem)
{
    size_t room_len = 0, name_len;
    const char *room = NULL, *name = next_part(&path, &len, &name_len);
    const struct route *route;

    memset(out, 0, sizeof(*out));
    if (is_word(name, name_len, "rooms") && len > 1) {
        room = next_part(&path, &len, &room_len);
        name = next_part(&path, &len, &name_len);
    }
    route = len == 0 ? find(name, name_len, room != NULL) : NULL;
    if (!route)
        return api_problem_set(problem, 404, "not-found", "There is nothing on this path.");
    if (room && room_name_read(out->room, room, room_len))
        return api_problem_refusal(problem, REFUSAL_BAD_ROOM, NULL);
    out->route = route->route;
    out->method = method;
    out->is_write = route->method != API_GET;
    return check_method(route, method, problem);
}

static int read_number(const char *text, uint64_t *out)
{
    size_t len = strspn(text, "0123456789");

    if (len == 0 || len > DIGITS_MAX || text[len])
        return -1;
    for (*out = 0; *text; text++)
        *out = 10 * *out + (uint64_t)(*text - '0');
    return 0;
}

int api_request_parameters(struct api_request *request, const struct api_parameters *given,
                           struct api_problem *problem)
{
    uint64_t limit = API_PAGE_DEFAULT;

    if (given->limit && (read_number(given->limit, &limit) || limit < 1 || limit > API_PAGE_MAX))
        return api_problem_refusal(problem, REFUSAL_BAD_REQUEST, "limit must be from 1 to 100.");
    request->limit = (size_t)limit;
    request->has_offset = given->offset != NULL;
    if (given->offset && read_number(given->offset, &request->offset))
        return api_problem_refusal(problem, REFUSAL_BAD_REQUEST,
                                   "offset must be a number from 0 up.");
    request->has_epoch = given->epoch != NULL;
    if (given->epoch && strlen(given->epoch) < sizeof(request->epoch))
        strcpy(request->epoch, given->epoch);
    if (request->has_epoch && !request->has_offset)
        return api_problem_refusal(problem, REFUSAL_BAD_REQUEST, "epoch needs an offset.");
    if (given->after && room_name_read(request->after, given->after, strlen(given->after)))
        return api_problem_refusal(problem, REFUSAL_BAD_ROOM, NULL);
    request->has_since = given->last_event_id && given->last_event_id[0];
    if (request->has_since)
        sse_place_read(given->last_event_id, strlen(given->last_event_id), &request->since);
    return 0;
}

/* The token of `Authorization: Bearer <token>`, without blanks around it; or NULL. */
static const char *bearer(const char *authorization, size_t *len)
{
    if (!authorization || strncasecmp(authorization, "Bearer ", 7) != 0)
        return NULL;
    authorization += 7;
    authorization += strspn(authorization, " \t");
    *len = strlen(authorization);
    while (*len && strchr(" \t", authorization[*len - 1]))
        --*len;
    return authorization;
}

static int check_key(const struct api_request *request, const struct chat_options *options,
                     struct api_credentials *given, struct api_problem *problem)
{
    size_t len = 0;
    const char *key = bearer(given->authorization, &len);
    enum refusal refusal = access_moderate(options, request->room, key, len);

    if (refusal == REFUSAL_NOT_ALLOWED)
        return api_problem_set(problem, 403, "not-allowed", "No admin-key is configured.");
    if (!key)
        return api_problem_set(problem, 401, "key-required",
                               "This needs Authorization: Bearer and the admin-key.");
    given->was_judged = true;
    if (refusal)
        return api_problem_set(problem, 403, "bad-secret", "This is not the key.");
    return 0;
}

/* A room's PIN opens it to readers, and so does a key. */
static int check_pin(const struct api_request *request, const struct chat_options *options,
                     struct api_credentials *given, struct api_problem *problem)
{
    size_t len = 0;
    const char *key = bearer(given->authorization, &len), *pin = given->pin;
    enum refusal refusal = access_enter(options, request->room, NULL, 0);

    if (!refusal)
        return 0;
    given->was_judged = key || pin;
    if (key && !access_moderate(options, request->room, key, len))
        return 0;
    refusal = access_enter(options, request->room, pin, pin ? strlen(pin) : 0);
    return refusal ? api_problem_refusal(problem, refusal, NULL) : 0;
}

int api_request_admit(const struct api_request *request, const struct chat_options *options,
                      struct api_credentials *given, struct api_problem *problem)
{
    if (options->api == CHAT_API_OFF)
        return api_problem_set(problem, 404, "not-found", "The HTTP side is switched off.");
    if (request->is_write && options->api == CHAT_API_READ)
        return api_problem_set(problem, 403, "not-allowed", "The HTTP side is for reading only.");
    if (request->is_write || options->api == CHAT_API_KEY)
        return check_key(request, options, given, problem);
    return check_pin(request, options, given, problem);
}
