#include "chat_door.h"

#include "client_address.h"
#include "join.h"
#include "origin.h"

#include <stdlib.h>
#include <string.h>

static const struct {
    unsigned status;
    const char *why;
} rejections[REJECTIONS] = {
    [REJECTION_STOPPING] = {HTTP_STATUS_SERVICE_UNAVAILABLE, "shutting down"},
    [REJECTION_PATH] = {HTTP_STATUS_NOT_FOUND, "no chat on this path"},
    [REJECTION_ORIGIN] = {HTTP_STATUS_FORBIDDEN, "origin not allowed"},
};

static int refuse(struct lws *wsi, unsigned status, const char *why)
{
    lwsl_notice("chat-room: %u: %s\n", status, why);
    lws_return_http_status(wsi, status, why);
    return 1;
}

static int reject(struct lws *wsi, const struct chat_vhd *vhd, enum rejection rejection)
{
    char address[IP_ADDR_TEXT_BYTES] = "", origin[DOOR_HEADER_BYTES];
    struct event event;

    vhd->world->counters.rejections[rejection]++;
    door_address(wsi, vhd, address);
    event_begin(&event, "ws-refused");
    event_text(&event, "client", address);
    event_number(&event, "status", rejections[rejection].status);
    event_text(&event, "reason", rejections[rejection].why);
    event_text(&event, "origin", door_header(wsi, WSI_TOKEN_ORIGIN, origin));
    journal_event(vhd->journal, "chat-room", &event);
    return refuse(wsi, rejections[rejection].status, rejections[rejection].why);
}

const char *door_header(struct lws *wsi, enum lws_token_indexes token, char out[DOOR_HEADER_BYTES])
{
    if (lws_hdr_total_length(wsi, token) <= 0)
        return NULL;
    if (lws_hdr_copy(wsi, out, DOOR_HEADER_BYTES, token) < 0)
        strcpy(out, "\x01");
    return out;
}

static bool is_path(struct lws *wsi, const char *wanted)
{
    char buffer[DOOR_HEADER_BYTES];
    const char *path = door_header(wsi, WSI_TOKEN_GET_URI, buffer);

    if (!path)
        path = door_header(wsi, WSI_TOKEN_HTTP_COLON_PATH, buffer);
    return path && strncmp(path, wanted, strlen(wanted)) == 0 &&
           (path[strlen(wanted)] == '\0' || path[strlen(wanted)] == '?');
}

int door_address(struct lws *wsi, const struct chat_vhd *vhd, char out[IP_ADDR_TEXT_BYTES])
{
    struct ip_addr address;
    int found = client_address(wsi, &vhd->trusted,
                               (enum client_header)vhd->options.forwarded_header, &address);

    if (found == 1)
        ip_addr_format(&address, out);
    else
        strcpy(out, ADDRESS_LOCAL);
    return found < 0 ? -1 : 0;
}

bool door_is_origin_allowed(struct lws *wsi, const struct chat_vhd *vhd)
{
    char origin_buffer[DOOR_HEADER_BYTES], host_buffer[DOOR_HEADER_BYTES];
    const char *origin = door_header(wsi, WSI_TOKEN_ORIGIN, origin_buffer);
    const char *host = door_header(wsi, WSI_TOKEN_HOST, host_buffer);

    if (!host)
        host = door_header(wsi, WSI_TOKEN_HTTP_COLON_AUTHORITY, host_buffer);
    if (origin_is_allowed(vhd->options.origins, origin, host))
        return true;
    lwsl_notice("chat-room: origin %s is not allowed (host %s)\n", origin, host ? host : "none");
    return false;
}

int door_check(struct lws *wsi, const struct chat_vhd *vhd)
{
    if (!vhd || !vhd->world)
        return refuse(wsi, HTTP_STATUS_SERVICE_UNAVAILABLE,
                      "there is no working chat-room on this vhost");
    if (vhd->world->is_stopping || lws_context_is_deprecated(vhd->context))
        return reject(wsi, vhd, REJECTION_STOPPING);
    if (!is_path(wsi, vhd->options.path))
        return reject(wsi, vhd, REJECTION_PATH);
    if (!door_is_origin_allowed(wsi, vhd))
        return reject(wsi, vhd, REJECTION_ORIGIN);
    return 0;
}

const char *door_argument(struct lws *wsi, const char *name, char out[DOOR_ARGUMENT_BYTES])
{
    size_t len = strlen(name);
    int n, length;

    for (n = 0; (length = lws_hdr_fragment_length(wsi, WSI_TOKEN_HTTP_URI_ARGS, n)) > 0; n++) {
        char fragment[1024];

        if (length >= (int)sizeof(fragment) ||
            lws_hdr_copy_fragment(wsi, fragment, sizeof(fragment), WSI_TOKEN_HTTP_URI_ARGS, n) < 0)
            continue;
        if (strncmp(fragment, name, len) != 0)
            continue;
        if (strlen(fragment + len) >= DOOR_ARGUMENT_BYTES)
            return "\x01";
        return strcpy(out, fragment + len);
    }
    return NULL;
}

enum refusal door_enter(struct lws *wsi, struct conn *conn)
{
    char room[DOOR_ARGUMENT_BYTES], nick[DOOR_ARGUMENT_BYTES], pin[DOOR_ARGUMENT_BYTES],
        history[DOOR_ARGUMENT_BYTES];
    struct text_join join = {.room = door_argument(wsi, "room=", room),
                             .nick = door_argument(wsi, "nick=", nick),
                             .pin = door_argument(wsi, "pin=", pin)};
    const char *count = door_argument(wsi, "history=", history);
    char *end = NULL;

    if (count)
        join.history = strtoul(count, &end, 10);
    if (count && (*count < '0' || *count > '9' || *end))
        return REFUSAL_BAD_REQUEST;
    return join_text(conn, &join);
}
