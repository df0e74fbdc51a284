#include "chat_options.h"

#include "forwarded.h"
#include "origin.h"
#include "suggest.h"
#include "text_list.h"
#include "utf8.h"

#include <string.h>

#define TEXT(name, member, fallback, max, help)                                                    \
    {                                                                                              \
        name, OPTION_TEXT, offsetof(struct chat_options, member), fallback, 1, max, NULL, NULL,    \
            help                                                                                   \
    }
#define NUMBER(name, member, fallback, min, max, unit, help)                                       \
    {                                                                                              \
        name, OPTION_NUMBER, offsetof(struct chat_options, member), fallback, min, max, NULL,      \
            unit, help                                                                             \
    }

#define STORE_MEMORY "memory"
#define STORE_SQLITE "sqlite:"

static const char *const durabilities[] = {
    [DURABILITY_PROCESS] = "process", [DURABILITY_POWER] = "power", NULL};

static const char *const ip_views[] = {
    [SHOW_IP_FULL] = "full", [SHOW_IP_MASKED] = "masked", [SHOW_IP_NONE] = "none", NULL};

static const char *const apis[] = {[CHAT_API_OFF] = "off",
                                   [CHAT_API_READ] = "read",
                                   [CHAT_API_ON] = "on",
                                   [CHAT_API_KEY] = "key",
                                   NULL};

const struct option chat_option_table[] = {
    TEXT("path", path, "/chat", 200, "the only path that WebSockets are taken on"),
    TEXT("default-room", default_room, "lobby", 64, "the room of those who name none"),
    TEXT("origins", origins, "same", 4096, "same, any, or a list of origins"),
    TEXT("trusted-proxies", trusted_proxies, NULL, 4096,
         "networks whose word on the client's address is taken, and unix"),
    {"forwarded-header", OPTION_CHOICE, offsetof(struct chat_options, forwarded_header),
     "x-forwarded-for", 0, 0, client_header_words, NULL, "where these proxies name the client"},
    {"show-ip", OPTION_CHOICE, offsetof(struct chat_options, show_ip), "full", 0, 0, ip_views, NULL,
     "text mode: the address of who gave no nick"},
    {"create", OPTION_FLAG, offsetof(struct chat_options, create), "yes", 0, 0, NULL, NULL,
     "whether joining makes rooms that are not named here"},
    TEXT("rooms", rooms, NULL, 4096, "rooms that joining makes in any case, beside default-room"),
    TEXT("hub", hub, NULL, 64, "vhosts that name the same one share their rooms"),
    NUMBER("max-message-bytes", max_message_bytes, "4096", 64, 65536, "bytes", "of one text"),
    NUMBER("max-frame-bytes", max_frame_bytes, "16384", 1024, 1048576, "bytes",
           "of one WebSocket message, JSON included"),
    NUMBER("rate", rate, "5", 0, 100000, "per second", "requests of one connection; 0: no bound"),
    NUMBER("burst", burst, "20", 1, 100000, NULL, "requests at once"),
    NUMBER("max-rooms", max_rooms, "64", 1, 100000, NULL, "rooms at a time"),
    NUMBER("rooms-per-client", rooms_per_client, "8", 1, 1000, NULL, "rooms of one connection"),
    NUMBER("max-participants", max_participants, "1000", 0, 1000000, NULL,
           "members of one room; 0: no bound"),
    NUMBER("presence-limit", presence_limit, "200", 0, 1000000, NULL,
           "members above which joins and leaves are not told; 0: no bound"),
    NUMBER("max-connections", max_connections, "10000", 0, 1000000, NULL,
           "connections; 0: no bound"),
    NUMBER("per-ip", per_ip, "32", 0, 1000000, NULL, "connections of one address; 0: no bound"),
    NUMBER("guesses", guesses, "60", 0, 100000, "per minute",
           "wrong secrets and PINs of one address; 0: no bound"),
    NUMBER("join-timeout", join_timeout_s, "10", 1, 3600, "s", "until a JSON client has to join"),
    NUMBER("leave-delay", leave_delay_s, "5", 0, 3600, "s",
           "that a lost JSON client keeps its place"),
    NUMBER("ping-interval", ping_interval_s, "25", 1, 3600, "s", "of silence before a ping"),
    NUMBER("pong-timeout", pong_timeout_s, "10", 1, 3600, "s", "for the answer to a ping"),
    NUMBER("room-log-bytes", room_log_bytes, "1048576", 65536, 268435456, "bytes",
           "that a member may be behind"),
    NUMBER("client-queue-bytes", client_queue_bytes, "262144", 65536, 16777216, "bytes",
           "of answers that may wait for one connection"),
    NUMBER("history-count", history_count, "100", 0, 10000, NULL, "messages shown to newcomers"),
    NUMBER("history-bytes", history_bytes, "262144", 0, 67108864, "bytes", "of these messages"),
    NUMBER("history-ttl", history_ttl_s, "86400", 1, 31536000, "s", "that a message is kept"),
    TEXT("store", store, STORE_MEMORY, 1024, "memory, or sqlite: and a path"),
    {"durability", OPTION_CHOICE, offsetof(struct chat_options, durability), "process", 0, 0,
     durabilities, NULL, "what a stored message survives"},
    {"api", OPTION_CHOICE, offsetof(struct chat_options, api), "on", 0, 0, apis, NULL,
     "what the HTTP side does, where a mount leads to it"},
    TEXT("text-open", text.open, "进入聊天室", 200, "text mode: somebody came"),
    TEXT("text-say", text.say, "说：", 200, "text mode: in front of what is said"),
    TEXT("text-close", text.close, "离开聊天室", 200, "text mode: somebody went"),
    TEXT("text-announce", text.announce, "公告", 200, "text mode: who announces"),
    TEXT("time-format", text.time_format, "%Y-%m-%d %H:%M:%S", 60, "text mode: as in strftime"),
    TEXT("admin-key", admin_key_given, NULL, SECRET_BYTES_MAX,
         "who knows it may moderate every room; a secret"),
};

const size_t chat_option_rows = sizeof(chat_option_table) / sizeof(chat_option_table[0]);

static int check_text(const char *name, const char *text, struct problem *problem)
{
    if (utf8_is_valid(text, strlen(text)))
        return 0;
    return problem_set(problem, name, "is not valid UTF-8");
}

const char *chat_options_store_path(const struct chat_options *options)
{
    return strcmp(options->store, STORE_MEMORY) == 0 ? NULL
                                                     : options->store + sizeof(STORE_SQLITE) - 1;
}

static int check_store(const struct chat_options *options, struct problem *problem)
{
    size_t len = sizeof(STORE_SQLITE) - 1;

    if (strcmp(options->store, STORE_MEMORY) == 0 ||
        (strncmp(options->store, STORE_SQLITE, len) == 0 && options->store[len]))
        return 0;
    return problem_set(problem, "store", "\"%s\" is neither memory nor sqlite: and a path",
                       options->store);
}

static int check_rooms(const struct chat_options *options, struct problem *problem)
{
    const char *list = options->rooms ? options->rooms : "", *item;
    char name[ROOM_NAME_BYTES_MAX + 1];
    size_t len;

    while ((item = text_list_next(&list, &len)))
        if (room_name_read(name, item, len) || strncmp(name, item, len) != 0)
            return problem_set(problem, "rooms", "\"%.*s\" has other characters than a-z 0-9 . _ -",
                               (int)len, item);
    return 0;
}

bool chat_options_allow(const struct chat_options *options, const char *room)
{
    const char *list = options->rooms ? options->rooms : "", *item;
    size_t len;

    if (options->create || strcmp(options->default_room, room) == 0)
        return true;
    while ((item = text_list_next(&list, &len)))
        if (strlen(room) == len && memcmp(room, item, len) == 0)
            return true;
    return false;
}

const struct chat_room_option *chat_options_room(const struct chat_options *options,
                                                 const char *name)
{
    size_t n;

    for (n = 0; n < options->room_option_count; n++)
        if (strcmp(options->room_options[n].name, name) == 0)
            return &options->room_options[n];
    return NULL;
}

static struct chat_room_option *room_option(struct chat_options *options, const char *name)
{
    const struct chat_room_option *known = chat_options_room(options, name);

    if (known)
        return &options->room_options[known - options->room_options];
    if (options->room_option_count == CHAT_ROOM_OPTIONS_MAX)
        return NULL;
    strcpy(options->room_options[options->room_option_count].name, name);
    return &options->room_options[options->room_option_count++];
}

static int refuse_key(const char *name, const char *key, struct problem *problem)
{
    struct suggestion suggestion;

    suggestion_init(&suggestion, key);
    suggestion_offer(&suggestion, "secret");
    suggestion_offer(&suggestion, "pin");
    if (suggestion.best)
        return problem_set(problem, name, "unknown option of a room (did you mean \"%s\"?)",
                           suggestion.best);
    return problem_set(problem, name, "a room has no other options than \"secret\" and \"pin\"");
}

int chat_options_family(void *out, const char *name, const char *value, struct problem *problem)
{
    const char *colon = strchr(name, ':');
    char room[ROOM_NAME_BYTES_MAX + 1];
    struct chat_room_option *row;
    struct secret *secret;

    if (!colon)
        return 0;
    if (room_name_read(room, name, (size_t)(colon - name)))
        return problem_set(problem, name, "a room's name has 1 to 64 characters of a-z 0-9 . _ -");
    if (strcmp(colon + 1, "secret") != 0 && strcmp(colon + 1, "pin") != 0)
        return refuse_key(name, colon + 1, problem);
    row = room_option(out, room);
    if (!row)
        return problem_set(problem, name, "more than %d rooms have options of their own",
                           CHAT_ROOM_OPTIONS_MAX);
    secret = colon[1] == 's' ? &row->secret : &row->pin;
    if (secret->is_set)
        return problem_set(problem, name, "given twice, capitals are lowered");
    return secret_read(name, value, secret, problem) ? -1 : 1;
}

static const struct secret *room_secret(const char *name, const struct chat_options *options)
{
    const char *colon = strchr(name, ':');
    char room[ROOM_NAME_BYTES_MAX + 1];
    const struct chat_room_option *row;

    if (!colon || room_name_read(room, name, (size_t)(colon - name)))
        return NULL;
    row = chat_options_room(options, room);
    if (!row)
        return NULL;
    return strcmp(colon + 1, "pin") == 0 ? &row->pin : &row->secret;
}

bool chat_options_same_family(const char *name, const struct chat_options *a,
                              const struct chat_options *b)
{
    const struct secret *one = room_secret(name, a), *other = room_secret(name, b);

    return one && other && one->is_set == other->is_set &&
           memcmp(one->digest, other->digest, sizeof(one->digest)) == 0;
}

int chat_options_check(struct chat_options *options, struct problem *problem)
{
    char name[ROOM_NAME_BYTES_MAX + 1];

    if (options->path[0] != '/')
        return problem_set(problem, "path", "\"%s\" does not begin with /", options->path);
    if (room_name_read(name, options->default_room, strlen(options->default_room)) ||
        strcmp(name, options->default_room) != 0)
        return problem_set(problem, "default-room",
                           "\"%s\" has other characters than a-z 0-9 . _ -", options->default_room);
    /* A frame with every character escaped, and its names, has to fit both of these. */
    if (options->room_log_bytes < 4 * options->max_message_bytes + 4096)
        return problem_set(problem, "room-log-bytes",
                           "must be at least 4 times max-message-bytes and 4096 bytes");
    if (options->client_queue_bytes < 4 * options->max_message_bytes + 4096)
        return problem_set(problem, "client-queue-bytes",
                           "must be at least 4 times max-message-bytes and 4096 bytes");
    if (check_text("text-open", options->text.open, problem) ||
        check_text("text-say", options->text.say, problem) ||
        check_text("text-close", options->text.close, problem) ||
        check_text("text-announce", options->text.announce, problem) ||
        check_text("time-format", options->text.time_format, problem))
        return -1;
    if (ip_nets_parse(&(struct ip_nets){0}, options->trusted_proxies, "trusted-proxies", problem) ||
        check_rooms(options, problem))
        return -1;
    if (check_store(options, problem))
        return -1;
    if (options->admin_key_given && !options->admin_key.is_set &&
        secret_read("admin-key", options->admin_key_given, &options->admin_key, problem))
        return -1;
    return origin_check_option(options->origins, problem);
}
