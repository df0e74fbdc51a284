/* answer_csv — results as comma-separated values (RFC 4180): a line of names, a line for each
 * answer.
 *
 * Shape:    one function. Owns nothing, borrows its arguments during the call, calls up nothing.
 *
 * What providers say is text of strangers: a value that a spreadsheet would take for a formula gets
 * an apostrophe before it.
 */
#ifndef LWSHOST_ANSWER_CSV_H
#define LWSHOST_ANSWER_CSV_H

#include "bytes.h"
#include "outcome.h"
#include "query.h"

/* Append all results. The columns are the fields that the query wants, before them `name` in the
 * named form; `error` is the error's code. Returns 0, or -1 when memory is short. */
int answer_csv(const struct query *query, const struct outcome *outcomes, struct bytes *out);

#endif
