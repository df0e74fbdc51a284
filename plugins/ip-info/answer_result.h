/* answer_result — one result: as members of a JSON object, or field by field.
 *
 * Shape:    two functions. They own nothing, borrow their arguments during a call, call up nothing.
 * Not here: what stands around results (answer), the other formats (answer_text, answer_csv).
 */
#ifndef LWSHOST_ANSWER_RESULT_H
#define LWSHOST_ANSWER_RESULT_H

#include "json_out.h"
#include "outcome.h"
#include "query.h"

/* Write the members of result n, those that the query wants, without the braces: in the single form
 * others stand beside them. */
void answer_result(struct json_out *json, const struct query *query, size_t n,
                   const struct outcome *outcome);

/* The value of one field as text, or NULL when it has none; of `error` the code. ip: room for the
 * address, good as long as the value is used. */
const char *answer_value(const struct question *question, const struct outcome *outcome, int field,
                         char ip[IP_ADDR_TEXT_BYTES]);

#endif
