/* api_request — what an HTTP request to the chat wants, and whether it may.
 *
 * Shape:    path, method and parameters into one struct; then the key or PIN against the options.
 * Owns:     nothing.
 * Borrows:  its arguments, during a call; the struct holds copies.
 * Calls up: nothing.
 * Not here: bodies (wire.h), Origin (origin.h), answers (api_answer.h).
 */
#ifndef CHAT_API_REQUEST_H
#define CHAT_API_REQUEST_H

#include "access.h"
#include "api_problem.h"
#include "sse.h"

#define API_PAGE_MAX STORE_PAGE_MAX /* messages, or rooms, of one answer */
#define API_PAGE_DEFAULT 50
#define API_EPOCH_BYTES 65

enum api_method { API_GET, API_HEAD, API_POST, API_DELETE, API_OPTIONS, API_OTHER_METHOD };

enum api_route {
    API_STATUS,        /* GET /status */
    API_METRICS,       /* GET /metrics */
    API_ROOMS,         /* GET /rooms?after&limit */
    API_ROOM,          /* DELETE /rooms/{room} */
    API_MESSAGES,      /* GET /rooms/{room}/messages?epoch&offset&limit */
    API_EVENTS,        /* GET /rooms/{room}/events */
    API_ANNOUNCEMENTS, /* POST /rooms/{room}/announcements */
    API_MODERATION     /* POST /rooms/{room}/moderation */
};

struct api_request {
    enum api_route route;
    enum api_method method;
    bool is_write;
    char room[ROOM_NAME_BYTES_MAX + 1]; /* "" where the path has none */
    char after[ROOM_NAME_BYTES_MAX + 1];
    char epoch[API_EPOCH_BYTES];
    uint64_t offset;
    size_t limit;
    struct sse_place since;
    bool has_epoch, has_offset, has_since;
};

/* As they were sent, decoded; NULL for those that were not. Unknown ones count for nothing. */
struct api_parameters {
    const char *epoch, *offset, *limit, *after;
    const char *last_event_id; /* the header, or the parameter of that name */
};

/* Read where the request goes. path: behind the mount point.
 * Returns 0, or -1 with `problem`: 404, 405 with `allow`, 400 for a room's name. `out` has the
 * route when it is 405 for an OPTIONS. */
int api_request_route(struct api_request *out, enum api_method method, const char *path, size_t len,
                      struct api_problem *problem);

/* Read the parameters of a request that has a route. A Last-Event-ID that is none of ours counts as
 * one of an epoch that is long gone. Returns 0, or -1 with `problem`: 400. */
int api_request_parameters(struct api_request *request, const struct api_parameters *given,
                           struct api_problem *problem);

/* What the request shows of itself. */
struct api_credentials {
    const char *authorization; /* the header, or NULL */
    const char *pin;           /* X-Room-Pin or the parameter pin, or NULL */
    bool was_judged;           /* out: a key or PIN was compared; whoever is wrong guesses */
};

/* May it? Writes need the admin key or the room's secret; rooms with a PIN need the PIN or one of
 * these; with `"api": "key"` everything needs a key.
 * Returns 0, or -1 with `problem`: 401, 403, or 404 when `api` is off. */
int api_request_admit(const struct api_request *request, const struct chat_options *options,
                      struct api_credentials *given, struct api_problem *problem);

#endif
