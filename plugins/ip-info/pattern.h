/* pattern — text of a request to a provider with places to fill in.
 *
 * Shape:    literal text and the placeholders `{ip}`, `{lang}`, `{env:NAME}` and `{file:/path}`.
 * The last two are secrets: they are read once, when the pattern is made. Owns:     the compiled
 * form with the secrets, until pattern_free, which wipes it. Borrows:  nothing after a call
 * returns. Calls up: the environment and the file system, in pattern_new. Not here: what the places
 * are filled with (provider). No problem tells a secret.
 */
#ifndef LWSHOST_IP_INFO_PATTERN_H
#define LWSHOST_IP_INFO_PATTERN_H

#include "bytes.h"
#include "problem.h"

#include <stdbool.h>

struct pattern;

/* What the text is part of. */
enum pattern_use {
    PATTERN_URL,    /* secrets stand behind "?" only, and are percent-encoded */
    PATTERN_HEADER, /* a field's value: secrets hold no control characters */
};

/* A variable that is not set, or is empty: the provider can do nothing about it, whoever configures
 * the server can. */
#define PATTERN_MISSING_BYTES 64

/* Compile. Braces stand for placeholders only.
 * missing: filled with the name of the first variable that is not set, empty when all are; the
 *         pattern is of no use then. NULL makes that a problem like others.
 * Returns NULL with `problem` filled (its path is left alone). */
struct pattern *pattern_new(const char *text, enum pattern_use use,
                            char missing[PATTERN_MISSING_BYTES], struct problem *problem);

/* True when the pattern has `{ip}`, or `{lang}`. */
bool pattern_has_ip(const struct pattern *pattern);
bool pattern_has_lang(const struct pattern *pattern);

/* Append the text with the places filled in. Returns 0, or -1 when memory is short. */
int pattern_write(const struct pattern *pattern, const char *ip, const char *lang,
                  struct bytes *out);

/* Free; NULL is fine. */
void pattern_free(struct pattern *pattern);

#endif
