/* chat_http — the chat's HTTP side, for a callback://chat-room mount: requests in, answers out.
 *
 * Shape:    one struct a request; all of it is allocated, so that WebSockets don't pay for it.
 * Owns:     the request's answer, task and listener, until chat_http_drop.
 * Borrows:  the session that lws keeps, the vhost's state until chat_http_abandon.
 * Calls up: libwebsockets.
 * Not here: what is asked and answered (api_*.h), event streams once they are open (chat_events.h).
 */
#ifndef CHAT_HTTP_H
#define CHAT_HTTP_H

#include "api_request.h"
#include "api_task.h"
#include "chat_link.h"
#include "http_reply.h"
#include "listener.h"

#define CHAT_HTTP_HEADERS 8 /* of one answer, at most */
#define CHAT_HTTP_ORIGIN_BYTES 256

struct chat_http {
    struct chat_pss *pss;
    struct chat_vhd *vhd; /* NULL: there is none, or not any more */
    struct dlist_node of_vhost;
    struct http_reply reply;
    struct api_request request;
    struct api_problem problem; /* what its headers have against it */
    struct bytes body;
    struct api_task *task;
    struct listener listener; /* of GET …/events */
    bool *is_gone;            /* to be set when this is freed; or NULL */
    char address[IP_ADDR_TEXT_BYTES];
    char origin[CHAT_HTTP_ORIGIN_BYTES]; /* of a page that may read the answer; "" for none */
    lws_usec_t begun_us;
    bool wants_body, awaits_body;
    bool closes; /* the connection has to end with the answer */
};

/* From LWS_CALLBACK_HTTP. vhd: NULL when there is no chat on the vhost. address: whose request it
 * is, canonical text. path: behind the mount point. These four return what the lws callback
 * returns. */
int chat_http_begin(struct chat_pss *pss, struct chat_vhd *vhd, const char *address,
                    const char *path, size_t len);

/* From LWS_CALLBACK_HTTP_BODY, HTTP_BODY_COMPLETION and HTTP_WRITEABLE. */
int chat_http_body(struct chat_http *http, const void *data, size_t len);
int chat_http_body_end(struct chat_http *http);
int chat_http_writable(struct chat_http *http);

/* From LWS_CALLBACK_HTTP_DROP_PROTOCOL. Harmless twice. */
void chat_http_drop(struct chat_pss *pss);

/* The vhost's chat ends: nothing that is under way touches it any more. */
void chat_http_abandon(struct chat_vhd *vhd);

/* Requests of the vhost that are not over. */
unsigned chat_http_count(const struct chat_vhd *vhd);

/* Answer the request, of which everything is there, or its task, which is done; may free `http`.
 * Return what the lws callback returns. (chat_http_answer.c) */
int chat_http_answer(struct chat_http *http);
int chat_http_answer_task(struct chat_http *http);

/* Answer with http->problem; may free `http`. Returns what the lws callback returns. */
int chat_http_refuse(struct chat_http *http);

/* The headers that all answers have. Returns how many. */
size_t chat_http_headers(const struct chat_http *http, const char *cache_control,
                         struct http_header out[CHAT_HTTP_HEADERS]);

#endif
