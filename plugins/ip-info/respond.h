/* respond — the HTTP around an answer: which headers, whether it changed, whether it may be kept.
 *
 * Shape:    functions over a request that is being answered.
 * Owns:     nothing.
 * Borrows:  request and answer, during a call.
 * Calls up: libwebsockets; each function returns what the lws callback returns: 0, or -1 to drop
 * the connection. Not here: what is answered (answer), when (request).
 */
#ifndef LWSHOST_IP_INFO_RESPOND_H
#define LWSHOST_IP_INFO_RESPOND_H

#include "answer.h"
#include "request.h"

/* Answer; http_reply_writable sends it. An answer that the client has already is 304 (RFC 9110
 * 13.1.2). */
int respond(struct request *request, const struct answer *answer);

/* Refuse with application/problem+json. retry_after_s: 0 for none. */
int respond_refusal(struct request *request, unsigned status, const char *detail,
                    unsigned retry_after_s);

/* Answer OPTIONS: what may be done, and for pages of other sites whether they may. */
int respond_options(struct request *request);

/* Begin an answer of lines that are sent as they come. */
int respond_stream(struct request *request);

#endif
