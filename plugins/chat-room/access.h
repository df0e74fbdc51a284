/* access — who may enter a room, and who may moderate it, by what they know.
 *
 * Shape:    pure questions to the options. `admin-key` opens everything that can be moderated;
 *           `<room>:secret` one room; `<room>:pin` lets into one.
 * Owns:     nothing.
 * Borrows:  its arguments, during a call.
 * Calls up: nothing.
 * Not here: who has been banned (sanctions.h).
 */
#ifndef CHAT_ACCESS_H
#define CHAT_ACCESS_H

#include "chat_options.h"
#include "refusal.h"

/* Whether this is the admin key; never when none is set. */
bool access_is_admin(const struct chat_options *options, const char *given, size_t len);

/* May who gives this secret moderate the room of that good name? given: NULL for none.
 * Returns REFUSAL_NONE, NOT_ALLOWED when nothing is set that could be given, or BAD_SECRET. */
enum refusal access_moderate(const struct chat_options *options, const char *room,
                             const char *given, size_t len);

/* May who gives this PIN enter the room of that good name, or read it? given: NULL for none.
 * Returns REFUSAL_NONE, PIN_REQUIRED or BAD_PIN. */
enum refusal access_enter(const struct chat_options *options, const char *room, const char *given,
                          size_t len);

/* Whether that is the answer to a wrong guess, of which there must not be many. */
bool access_is_guess(enum refusal refusal);

#endif
