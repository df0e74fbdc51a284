/* tls_check — whether a certificate and its key are any good, before somebody relies on them.
 *
 * Shape:    one function. Where lws does not use OpenSSL it finds nothing wrong.
 * Owns:     nothing.
 * Borrows:  nothing.
 * Calls up: nothing.
 */
#ifndef LWSHOST_TLS_CHECK_H
#define LWSHOST_TLS_CHECK_H

#include "problem.h"

/* Load the certificate chain and the private key from PEM files, and compare them.
 * Returns 0, or -1 with `problem` filled; its path is "cert" or "key", whichever is at fault. */
int tls_check_pair(const char *cert, const char *key, struct problem *problem);

#endif
