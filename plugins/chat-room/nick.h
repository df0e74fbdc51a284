/* nick — what a nick and a room may be called, and when two nicks are the same.
 *
 * Shape:    rules; the case folding needs a locale, which nick_rules holds.
 * Owns:     the locale, until nick_rules_fini.
 * Borrows:  its arguments, during a call.
 * Calls up: nothing.
 * Not here: who has which nick (room.h).
 */
#ifndef CHAT_NICK_H
#define CHAT_NICK_H

#include "hash_map.h"

#include <locale.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define NICK_CHARS_MAX 32                   /* code points */
#define NICK_BYTES_MAX (4 * NICK_CHARS_MAX) /* of UTF-8 */
#define ROOM_NAME_BYTES_MAX 64

struct nick_rules {
    locale_t utf8; /* (locale_t)0 where the C library has no C.UTF-8: only ASCII is folded then */
};

void nick_rules_init(struct nick_rules *rules);
void nick_rules_fini(struct nick_rules *rules);

/* Whether valid UTF-8 is a nick: 1 to NICK_CHARS_MAX code points, none of them a control, format or
 * line-separating character, no white space at either end. */
bool nick_is_good(const char *nick, size_t len);

/* A hash that is the same for nicks that differ only in case. Of valid UTF-8 that is longer than a
 * good nick only the beginning counts. */
uint64_t nick_hash(const struct nick_rules *rules, const struct hash_key *key, const char *nick,
                   size_t len);

/* Whether two good nicks differ at most in case (simple folding, code point by code point). */
bool nick_is_same(const struct nick_rules *rules, const char *a, size_t a_len, const char *b,
                  size_t b_len);

/* Write `nick` with "-<number>" behind it; the nick is cut so that all of it fits NICK_CHARS_MAX.
 * Returns the length; `out` is NUL-terminated. */
size_t nick_suffixed(char out[NICK_BYTES_MAX + 1], const char *nick, size_t len, unsigned number);

/* Lower-case an ASCII room name into `out`, NUL-terminated. Refuses what is not
 * [a-z0-9._-]{1,64} then. Returns 0 or -1. */
int room_name_read(char out[ROOM_NAME_BYTES_MAX + 1], const char *name, size_t len);

#endif
