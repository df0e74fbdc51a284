/* preset — providers whose format is known, so that their name is enough.
 *
 * Shape:    a constant table. Owns, borrows, calls up: nothing.
 * Not here: options and files that override a preset (settings).
 */
#ifndef LWSHOST_PRESET_H
#define LWSHOST_PRESET_H

#include "provider.h"
#include "suggest.h"

/* Fill in what is known about the provider called `provider->name`; nothing for other names.
 * has_other_url: somebody else is asked in the same format. What belongs to the service itself does
 *         not apply then: its quota, its headers with their secrets, the notice about it. */
void preset_apply(struct provider *provider, bool has_other_url);

bool preset_is_known(const char *name);

/* Offer the names of all presets. */
void preset_offer(struct suggestion *suggestion);

#endif
