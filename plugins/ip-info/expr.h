/* expr — where in a provider's JSON a value is, and whether it says what it should.
 *
 * Shape:    expression = alternative { ";" alternative }; the first that yields a non-empty value
 *           counts. alternative = pointer { "|" filter }; a pointer is RFC 6901, `{lang}` inside a
 *           token stands for the language. Filters: asn, as_name, split:N, lower, upper, trim.
 *           condition = pointer (it exists and is not null) or pointer "=" text. Compiled once.
 * Owns:     the compiled form, until expr_free or condition_free.
 * Borrows:  nothing after a call returns.
 * Calls up: nothing.
 * Not here: which field takes the value (provider), what form it gets (record).
 */
#ifndef LWSHOST_EXPR_H
#define LWSHOST_EXPR_H

#include "problem.h"

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

/* Room for a value and its NUL; longer values count as missing. */
#define EXPR_VALUE_BYTES 1025

#define EXPR_MAX_ABSENT 16
#define EXPR_ABSENT_BYTES 64

struct expr;
struct condition;

/* Compile `len` bytes. Returns NULL with `problem` filled (its path is left alone). */
struct expr *expr_new(const char *text, size_t len, struct problem *problem);

/* Evaluate over `root`. Numbers and booleans become their JSON text.
 * lang: for `{lang}`; NULL makes a pointer with it find nothing.
 * absent: values that count as missing, before the filters or behind them; an empty one ends them,
 *         NULL is none.
 * Returns 0 with the value in `out`, or -1 when no alternative yields one. */
int expr_eval(const struct expr *expr, const json_t *root, const char *lang,
              const char (*absent)[EXPR_ABSENT_BYTES], char out[EXPR_VALUE_BYTES]);

/* Free; NULL is fine. */
void expr_free(struct expr *expr);

/* Compile a NUL-terminated condition. Returns NULL with `problem` filled. */
struct condition *condition_new(const char *text, struct problem *problem);

bool condition_holds(const struct condition *condition, const json_t *root);

/* Free; NULL is fine. */
void condition_free(struct condition *condition);

#endif
