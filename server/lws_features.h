/* lws_features — what the libwebsockets that we are built for can do.
 *
 * Shape:    one function.
 * Owns:     nothing.
 * Borrows:  nothing.
 * Calls up: nothing.
 */
#ifndef LWSHOST_LWS_FEATURES_H
#define LWSHOST_LWS_FEATURES_H

#include "conf_features.h"

/* Fill `out` from lws_config.h. */
void lws_features_fill(struct conf_features *out);

#endif
