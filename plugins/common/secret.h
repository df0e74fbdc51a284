/* secret — a key or a password from an option: given literally, or by a reference to where it is.
 *
 * Shape:    `{env:NAME}` is the value of that environment variable, `{file:/path}` the first line
 *           of that file; any other text is the secret itself. What only has to be compared is kept
 *           as its SHA-256. All zero is one that is not set.
 * Owns:     nothing.
 * Borrows:  its arguments, during a call.
 * Calls up: the environment and the file system, once a call of secret_text or secret_read: call
 *           them while starting.
 *
 * No problem ever repeats a secret, nor a value that may be one.
 */
#ifndef LWSHOST_SECRET_H
#define LWSHOST_SECRET_H

#include "bytes.h"
#include "problem.h"
#include "sha256.h"

#include <stdbool.h>

#define SECRET_BYTES_MAX 1024 /* of the secret itself */

struct secret {
    uint8_t digest[SHA256_BYTES];
    bool is_set;
};

/* Resolve the value `given` of the option of that name, and append the secret to `out`.
 * A file's line ends at LF or CR LF, or with the file; it must be a regular file.
 * Returns 0, or -1 with `problem` filled, its path being the option, and `out` untouched: a
 * variable that is not set, a file that can't be read, a reference of another kind, a secret that
 * is empty, longer than SECRET_BYTES_MAX or has a NUL in it; memory is short. */
int secret_text(const char *option, const char *given, struct bytes *out, struct problem *problem);

/* The same for a secret that is only compared with what others give. `out` is untouched when it
 * fails. Returns as secret_text. */
int secret_read(const char *option, const char *given, struct secret *out, struct problem *problem);

/* Whether the secret is set and this is it. How long that takes depends on `len` only. */
bool secret_is(const struct secret *secret, const char *given, size_t len);

#endif
