/* sha256 — SHA-256 (FIPS 180-4) of one run of bytes.
 *
 * Shape:    one function.
 * Owns:     nothing.
 * Borrows:  its arguments, during the call.
 * Calls up: nothing.
 */
#ifndef LWSHOST_SHA256_H
#define LWSHOST_SHA256_H

#include <stddef.h>
#include <stdint.h>

#define SHA256_BYTES 32

void sha256(const void *data, size_t len, uint8_t out[SHA256_BYTES]);

#endif
