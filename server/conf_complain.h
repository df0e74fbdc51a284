/* conf_complain — complaints as lines that people and scripts read.
 *
 * Shape:    pure functions over fixed buffers; long parts are cut, control characters replaced.
 * Owns:     nothing.
 * Borrows:  everything during the call only.
 * Calls up: env->complain.
 */
#ifndef LWSHOST_CONF_COMPLAIN_H
#define LWSHOST_CONF_COMPLAIN_H

#include "conf.h"

#include <stdarg.h>

#define CONF_CLIP_BYTES 64

/* Put `file:line: path: reason` together and hand it to env->complain.
 * line: 0 when there is none. path: may be empty. */
void conf_complain(const struct conf_env *env, bool is_error, const struct conf_place *place,
                   const char *format, va_list args);

/* A copy of a value that is short enough to be quoted in a reason. Returns `out`. */
const char *conf_clip(const char *text, char out[CONF_CLIP_BYTES]);

#endif
