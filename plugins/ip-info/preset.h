/* preset — providers whose format is known, so that their name is enough.
 *
 * Shape:    a constant table. Owns, borrows, calls up: nothing.
 * Not here: options that override a preset (settings).
 */
#ifndef LWSHOST_PRESET_H
#define LWSHOST_PRESET_H

#include "provider.h"

/* Fill in what is known about the provider called `provider->name`; nothing for other names. */
void preset_apply(struct provider *provider);

#endif
