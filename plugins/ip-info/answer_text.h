/* answer_text — the tutorial's lines, as text and as HTML.
 *
 * Shape:    single form: the line, in text with a newline behind it. Otherwise for each question
 *           its name or address and a colon, then the line; each ends with a newline, in HTML
 *           `<br/>`. What the template has nothing for, and what failed, gets the error line.
 * Owns:     nothing.
 * Borrows:  nothing after the call returns.
 * Calls up: nothing.
 */
#ifndef LWSHOST_ANSWER_TEXT_H
#define LWSHOST_ANSWER_TEXT_H

#include "answer.h"

/* Append the whole body for query->format TEXT or HTML. Returns 0, or -1 when memory is short. */
int answer_text(const struct query *query, const struct outcome *outcomes,
                const struct answer_style *style, struct bytes *out);

#endif
