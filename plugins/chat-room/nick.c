#include "nick.h"

#include "utf8.h"

#include <stdio.h>
#include <string.h>
#include <wctype.h>

/* Format characters (general category Cf) and line and paragraph separators: invisible, or able to
 * turn the text around them (Unicode 15). */
static const struct {
    uint32_t first, last;
} invisible[] = {
    {0xad, 0xad},       {0x600, 0x605},     {0x61c, 0x61c},     {0x6dd, 0x6dd},
    {0x70f, 0x70f},     {0x890, 0x891},     {0x8e2, 0x8e2},     {0x180e, 0x180e},
    {0x200b, 0x200f},   {0x2028, 0x202e},   {0x2060, 0x206f},   {0xfeff, 0xfeff},
    {0xfff9, 0xfffb},   {0x110bd, 0x110bd}, {0x110cd, 0x110cd}, {0x13430, 0x1343f},
    {0x1bca0, 0x1bca3}, {0x1d173, 0x1d17a}, {0xe0000, 0xe007f},
};

void nick_rules_init(struct nick_rules *rules)
{
    rules->utf8 = newlocale(LC_CTYPE_MASK, "C.UTF-8", (locale_t)0);
}

void nick_rules_fini(struct nick_rules *rules)
{
    if (rules->utf8)
        freelocale(rules->utf8);
    rules->utf8 = (locale_t)0;
}

static bool is_allowed(uint32_t c)
{
    size_t n;

    if (utf8_is_control(c))
        return false;
    for (n = 0; n < sizeof(invisible) / sizeof(invisible[0]); n++)
        if (c >= invisible[n].first && c <= invisible[n].last)
            return false;
    return (c & 0xfffe) != 0xfffe && !(c >= 0xfdd0 && c <= 0xfdef); /* noncharacters */
}

bool nick_is_good(const char *nick, size_t len)
{
    size_t at, step, count = 0;
    uint32_t c = 0;

    for (at = 0; (step = utf8_next(nick + at, len - at, &c)); at += step) {
        if (!is_allowed(c) || ++count > NICK_CHARS_MAX || (at == 0 && utf8_is_space(c)))
            return false;
    }
    return at == len && count > 0 && !utf8_is_space(c);
}

/* By way of the capital: several small letters, as both sigmas, can have the same one. */
static uint32_t fold(const struct nick_rules *rules, uint32_t c)
{
    if (c < 0x80)
        return c >= 'A' && c <= 'Z' ? c + ('a' - 'A') : c;
    return rules->utf8 ? (uint32_t)towlower_l(towupper_l((wint_t)c, rules->utf8), rules->utf8) : c;
}

uint64_t nick_hash(const struct nick_rules *rules, const struct hash_key *key, const char *nick,
                   size_t len)
{
    uint32_t folded[NICK_CHARS_MAX], c;
    size_t at, step, count = 0;

    for (at = 0; count < NICK_CHARS_MAX && (step = utf8_next(nick + at, len - at, &c)); at += step)
        folded[count++] = fold(rules, c);
    return hash_keyed(key, folded, count * sizeof(folded[0]));
}

bool nick_is_same(const struct nick_rules *rules, const char *a, size_t a_len, const char *b,
                  size_t b_len)
{
    size_t a_step, b_step;
    uint32_t x, y;

    while (a_len && b_len) {
        a_step = utf8_next(a, a_len, &x);
        b_step = utf8_next(b, b_len, &y);
        if (!a_step || !b_step || fold(rules, x) != fold(rules, y))
            return false;
        a += a_step;
        a_len -= a_step;
        b += b_step;
        b_len -= b_step;
    }
    return a_len == b_len;
}

size_t nick_suffixed(char out[NICK_BYTES_MAX + 1], const char *nick, size_t len, unsigned number)
{
    char suffix[16];
    int suffix_len = snprintf(suffix, sizeof(suffix), "-%u", number);
    size_t room = NICK_CHARS_MAX - (size_t)suffix_len, at = 0, step;
    uint32_t c;

    while (room-- && (step = utf8_next(nick + at, len - at, &c)))
        at += step;
    memcpy(out, nick, at);
    memcpy(out + at, suffix, (size_t)suffix_len + 1);
    return at + (size_t)suffix_len;
}

int room_name_read(char out[ROOM_NAME_BYTES_MAX + 1], const char *name, size_t len)
{
    size_t n;

    if (len < 1 || len > ROOM_NAME_BYTES_MAX)
        return -1;
    for (n = 0; n < len; n++) {
        char c = name[n];

        if (c >= 'A' && c <= 'Z')
            c = (char)(c + ('a' - 'A'));
        if (!((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '.' || c == '_' || c == '-'))
            return -1;
        out[n] = c;
    }
    out[len] = '\0';
    return 0;
}
