/* conf_dump — a configuration as text, for tests that compare it.
 *
 * Shape:    one line for each key that differs from an all-zero struct, `vhosts[0].port = 7681`.
 * Owns:     nothing.
 * Borrows:  everything during the call.
 * Calls up: nothing.
 */
#ifndef LWSHOST_CONF_DUMP_H
#define LWSHOST_CONF_DUMP_H

#include "bytes.h"
#include "conf.h"

/* Append the dump. Fails the test when memory is short. */
void conf_dump(const struct conf *conf, struct bytes *out);

/* The features of Debian 12's libwebsockets 4.1.6. */
struct conf_features conf_debian_features(void);

/* Change features by a text like `version=5000000 tls=0`; fails the test on an unknown name. */
void conf_change_features(struct conf_features *features, char *text);

#endif
