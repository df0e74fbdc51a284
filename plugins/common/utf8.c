#include "utf8.h"

#include "eight_bytes.h"

/* Bytes of a sequence by its first byte, and the smallest code point that needs as many. */
static size_t sequence(uint8_t first, uint32_t *bits, uint32_t *least)
{
    if (first < 0x80) {
        *bits = first;
        *least = 0;
        return 1;
    }
    if ((first & 0xe0) == 0xc0) {
        *bits = first & 0x1fu;
        *least = 0x80;
        return 2;
    }
    if ((first & 0xf0) == 0xe0) {
        *bits = first & 0x0fu;
        *least = 0x800;
        return 3;
    }
    if ((first & 0xf8) == 0xf0) {
        *bits = first & 0x07u;
        *least = 0x10000;
        return 4;
    }
    return 0;
}

size_t utf8_next(const char *text, size_t len, uint32_t *code_point)
{
    uint32_t value, least;
    size_t count, n;

    if (len == 0)
        return 0;
    count = sequence((uint8_t)text[0], &value, &least);
    if (count == 0 || count > len)
        return 0;
    for (n = 1; n < count; n++) {
        if (((uint8_t)text[n] & 0xc0) != 0x80)
            return 0;
        value = value << 6 | ((uint8_t)text[n] & 0x3fu);
    }
    if (value < least || value > 0x10ffff || (value >= 0xd800 && value <= 0xdfff))
        return 0;
    *code_point = value;
    return count;
}

bool utf8_is_valid(const char *text, size_t len)
{
    uint32_t code_point;
    size_t at = 0, step;

    while (at < len) {
        if (len - at >= 8 && !(eight_bytes(text + at) & EIGHT_TIMES(0x80))) {
            at += 8;
            continue;
        }
        step = utf8_next(text + at, len - at, &code_point);
        if (step == 0)
            return false;
        at += step;
    }
    return true;
}

size_t utf8_count(const char *text, size_t len)
{
    size_t n, count = 0;

    for (n = 0; n < len; n++)
        count += ((uint8_t)text[n] & 0xc0) != 0x80;
    return count;
}

bool utf8_is_space(uint32_t c)
{
    return (c >= 0x09 && c <= 0x0d) || c == 0x20 || c == 0x85 || c == 0xa0 || c == 0x1680 ||
           (c >= 0x2000 && c <= 0x200a) || c == 0x2028 || c == 0x2029 || c == 0x202f ||
           c == 0x205f || c == 0x3000;
}

bool utf8_is_control(uint32_t c) { return c < 0x20 || (c >= 0x7f && c <= 0x9f); }

/* Where the character that ends at `len` begins. */
static size_t last_start(const char *text, size_t len)
{
    while (len && ((uint8_t)text[--len] & 0xc0) == 0x80)
        ;
    return len;
}

/* The bytes of valid `text` from the first to the last character that is no white space. */
static void trim(const char **text, size_t *len)
{
    uint32_t c;
    size_t step, at;

    while ((step = utf8_next(*text, *len, &c)) && utf8_is_space(c)) {
        *text += step;
        *len -= step;
    }
    while (*len) {
        at = last_start(*text, *len);
        if (!utf8_next(*text + at, *len - at, &c) || !utf8_is_space(c))
            return;
        *len = at;
    }
}

static bool may_be_control(uint8_t byte) { return byte < 0x20 || byte == 0x7f || byte == 0xc2; }

/* Whether any byte could belong to a control character: the common text has none and is one copy.
 */
static bool may_have_control(const char *text, size_t len)
{
    size_t n = 0;

    for (; len - n >= 8; n += 8) {
        uint64_t eight = eight_bytes(text + n);

        if (eight_have_below(eight, 0x20) || eight_have(eight, 0x7f) || eight_have(eight, 0xc2))
            return true;
    }
    for (; n < len; n++)
        if (may_be_control((uint8_t)text[n]))
            return true;
    return false;
}

int utf8_clean_text(struct bytes *out, const char *text, size_t len)
{
    struct bytes clean = {0};
    const char *from = text;
    uint32_t c;
    size_t at, step;
    int result = 0;

    if (may_have_control(text, len)) {
        for (at = 0; !result && (step = utf8_next(text + at, len - at, &c)); at += step)
            if (!utf8_is_control(c) || c == '\n' || c == '\t')
                result = bytes_append(&clean, text + at, step);
        from = clean.data ? clean.data : "";
        len = clean.len;
    }
    trim(&from, &len);
    if (!result)
        result = bytes_append(out, from, len);
    bytes_fini(&clean);
    return result;
}

int utf8_clean_line(struct bytes *out, const char *text, size_t len)
{
    uint32_t c;
    size_t at, step;

    if (!may_have_control(text, len))
        return bytes_append(out, text, len);
    if (bytes_reserve(out, len))
        return -1;
    for (at = 0; (step = utf8_next(text + at, len - at, &c)); at += step)
        if (utf8_is_control(c) ? bytes_append(out, " ", 1) : bytes_append(out, text + at, step))
            return -1;
    return 0;
}
