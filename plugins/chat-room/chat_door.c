#include "chat_door.h"

#include "join.h"
#include "origin.h"

#include <stdlib.h>
#include <string.h>

#define HEADER_BYTES 1024 /* of a header field that is looked at; a longer one is refused */
#define ARGUMENT_BYTES 256

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

static int reject(struct lws *wsi, struct world *world, enum rejection rejection)
{
    world->counters.rejections[rejection]++;
    return refuse(wsi, rejections[rejection].status, rejections[rejection].why);
}

/* Copy a header field. Returns it, or NULL when there is none; "\x01", which equals no value that
 * anybody accepts, when it is too long to be looked at. */
static const char *header(struct lws *wsi, enum lws_token_indexes token, char out[HEADER_BYTES])
{
    if (lws_hdr_total_length(wsi, token) <= 0)
        return NULL;
    if (lws_hdr_copy(wsi, out, HEADER_BYTES, token) < 0)
        strcpy(out, "\x01");
    return out;
}

static bool is_path(struct lws *wsi, const char *wanted)
{
    char buffer[HEADER_BYTES];
    const char *path = header(wsi, WSI_TOKEN_GET_URI, buffer);

    if (!path)
        path = header(wsi, WSI_TOKEN_HTTP_COLON_PATH, buffer);
    return path && strncmp(path, wanted, strlen(wanted)) == 0 &&
           (path[strlen(wanted)] == '\0' || path[strlen(wanted)] == '?');
}

int door_check(struct lws *wsi, const struct chat_vhd *vhd)
{
    char origin_buffer[HEADER_BYTES], host_buffer[HEADER_BYTES];
    const char *origin, *host;

    if (!vhd || !vhd->world)
        return refuse(wsi, HTTP_STATUS_SERVICE_UNAVAILABLE,
                      "there is no working chat-room on this vhost");
    if (vhd->world->is_stopping || lws_context_is_deprecated(vhd->context))
        return reject(wsi, vhd->world, REJECTION_STOPPING);
    if (!is_path(wsi, vhd->options.path))
        return reject(wsi, vhd->world, REJECTION_PATH);
    origin = header(wsi, WSI_TOKEN_ORIGIN, origin_buffer);
    host = header(wsi, WSI_TOKEN_HOST, host_buffer);
    if (!host)
        host = header(wsi, WSI_TOKEN_HTTP_COLON_AUTHORITY, host_buffer);
    if (!origin_is_allowed(vhd->options.origins, origin, host)) {
        lwsl_notice("chat-room: origin %s is not allowed (host %s)\n", origin,
                    host ? host : "none");
        return reject(wsi, vhd->world, REJECTION_ORIGIN);
    }
    return 0;
}

/* Find `name=` among the arguments of the URI. Returns the value in `out`, NULL when there is none;
 * one that is too long comes out as "\x01", which is no good name or number. */
static const char *argument(struct lws *wsi, const char *name, char out[ARGUMENT_BYTES])
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
        if (strlen(fragment + len) >= ARGUMENT_BYTES)
            return "\x01";
        return strcpy(out, fragment + len);
    }
    return NULL;
}

enum refusal door_enter(struct lws *wsi, struct conn *conn)
{
    char room[ARGUMENT_BYTES], nick[ARGUMENT_BYTES], pin[ARGUMENT_BYTES], history[ARGUMENT_BYTES];
    struct text_join join = {.room = argument(wsi, "room=", room),
                             .nick = argument(wsi, "nick=", nick),
                             .pin = argument(wsi, "pin=", pin)};
    const char *count = argument(wsi, "history=", history);
    char *end = NULL;

    if (count)
        join.history = strtoul(count, &end, 10);
    if (count && (*count < '0' || *count > '9' || *end))
        return REFUSAL_BAD_REQUEST;
    return join_text(conn, &join);
}
