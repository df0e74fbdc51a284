/* request_private — what the files of a request share: request.c (from the question to the answer)
 * and request_lines.c (an answer that is sent line by line, as its lookups end).
 */
#ifndef LWSHOST_IP_INFO_REQUEST_PRIVATE_H
#define LWSHOST_IP_INFO_REQUEST_PRIVATE_H

#include "request.h"

/* request.c */

/* True when the transaction has ended: lws has dropped or replaced its memory then. */
bool request_is_over(struct lws *wsi);

/* Read nothing more from the client, or go on. Until the answer is there nothing is read: lws
 * leaves what comes behind a request, be it another one or the client's end, where it is, and would
 * be told of it by the loop again and again. Nor does it say then when there is room to write. */
void request_hold_input(struct request *request, bool hold);

/* Count how the lookups of the complete batch ended. */
void request_count_outcomes(const struct request *request);

/* request_lines.c; each returns what the lws callback returns. */

/* Begin to send lines: those that are there already first. */
int lines_begin(struct request *request);

/* Send some more. */
int lines_writable(struct request *request);

#endif
