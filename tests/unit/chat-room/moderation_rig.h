/* moderation_rig — a moderator, and those whom it moderates, of a room "tea" in a fake world. Its
 * `rest` are more members of the request, "" for none.
 */
#ifndef TEST_MODERATION_RIG_H
#define TEST_MODERATION_RIG_H

#include "fake_port.h"
#include "moderation.h"

/* For fake_world: no rate, admin-key "k". */
extern const char *const mod_options[];

/* Members of an object. */
const char *mod_text(const json_t *json, const char *name);
long long mod_number(const json_t *json, const char *name);

/* A JSON client that is in no room, and has an address of its own. */
struct fake_link *mod_connect(struct world *world);

/* Ask for a measure with the key "k"; see that it is taken; see that it is refused. */
void mod_ask(struct fake_link *link, const char *type, const char *rest);
void mod_order(struct fake_link *link, const char *type, const char *rest);
void mod_refused(struct fake_link *link, const char *type, const char *rest, const char *reason);

/* Ask to join; say "x". */
void mod_join(struct fake_link *link, const char *rest);
void mod_say(struct fake_link *link, const char *rest);

#endif
