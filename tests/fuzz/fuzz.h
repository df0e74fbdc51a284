/* fuzz — what the harnesses of this folder share: a check that ends the program, and an input that
 * is taken apart piece by piece.
 *
 * Shape:    a harness is one file fuzz_<name>.c with LLVMFuzzerTestOneInput. libFuzzer calls it
 * with bytes that it makes up (scripts/fuzz), fuzz_main.c with the files of corpus/<name>/ (the
 *           ordinary tests). It has to do the same each time that it gets the same bytes.
 * Owns:     nothing.
 * Borrows:  the bytes, during a call.
 * Calls up: abort(), when a check fails or memory is short.
 */
#ifndef LWSHOST_FUZZ_H
#define LWSHOST_FUZZ_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The harness. Returns 0, always. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* What must hold. Also in builds without assertions. */
#define FUZZ_CHECK(holds) ((holds) ? (void)0 : fuzz_fail(__FILE__, __LINE__, #holds))

_Noreturn void fuzz_fail(const char *file, int line, const char *what);

struct fuzz_input {
    const uint8_t *at;
    size_t left;
};

/* The next byte, 0 behind the end. */
unsigned fuzz_byte(struct fuzz_input *input);

/* A number from 0 to max, of as many bytes as max has. */
uint64_t fuzz_number(struct fuzz_input *input, uint64_t max);

/* What stands before the next `end` (or everything, when there is none), which is passed over: a
 * copy with exactly `len` bytes before its NUL, so that a sanitizer sees who reads on. Freed by the
 * caller. len: may be NULL. */
char *fuzz_text(struct fuzz_input *input, char end, size_t *len);

/* All that is left. As fuzz_text; without the NUL, but never NULL. */
char *fuzz_rest(struct fuzz_input *input, size_t *len);

/* The JSON that `len` bytes of ours are; it must be JSON, and without a member given twice. */
json_t *fuzz_json(const char *text, size_t len);

/* The text of a member, which must be there and be a text. */
const char *fuzz_json_text(const json_t *object, const char *key);

/* Whether a text is UTF-8 without control characters: fit for a log, or a line of a header. */
bool fuzz_is_printable(const char *text, size_t len);

struct problem;

/* A problem that a parser has complained about says why, on one line. */
void fuzz_check_problem(const struct problem *problem);

#endif
