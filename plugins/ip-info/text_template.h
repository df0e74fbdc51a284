/* text_template — one line about one record, like `国家：{country} 省份: {region}`.
 *
 * Shape:    literal text and placeholders `{field}` or `{field|field}`, where the first known field
 *           counts. A placeholder whose fields are all unknown is empty.
 * Owns:     the compiled form, until text_template_free.
 * Borrows:  the text, as long as the template lives.
 * Calls up: nothing.
 * Not here: what surrounds the line (answer_text).
 */
#ifndef LWSHOST_TEXT_TEMPLATE_H
#define LWSHOST_TEXT_TEMPLATE_H

#include "bytes.h"
#include "problem.h"
#include "record.h"

#include <stdbool.h>

struct text_template;

/* Compile. Returns NULL with `problem` filled (its path is left alone). */
struct text_template *text_template_new(const char *text, struct problem *problem);

/* True when at least one placeholder has a value in `record`, which may be NULL. */
bool text_template_applies(const struct text_template *text, const struct record *record);

/* Append the line for `record`. Returns 0, or -1 when memory is short. */
int text_template_write(const struct text_template *text, const struct record *record,
                        struct bytes *out);

/* Free; NULL is fine. */
void text_template_free(struct text_template *text);

#endif
