/* UTF-8, cleaned texts, nicks and room names, against jansson, which refuses what is not UTF-8, and
 * the C library's decoder, which is more lenient. */
#include "fuzz.h"

#include "nick.h"
#include "utf8.h"

#include <locale.h>
#include <stdlib.h>
#include <string.h>
#include <wchar.h>

/* What the oracles have to say: code points and their number, -1 for invalid. */
static long decode(const char *text, size_t len, wchar_t *out)
{
    json_t *json = json_stringn(text, len);
    size_t at = 0, step;
    long count = 0;
    mbstate_t state;
    wchar_t c;

    if (!json)
        return -1;
    json_decref(json);
    memset(&state, 0, sizeof(state));
    while (at < len) {
        step = mbrtowc(&c, text + at, len - at, &state);
        FUZZ_CHECK(step != (size_t)-1 && step != (size_t)-2);
        out[count++] = c;
        at += step ? step : 1; /* 0: it was the NUL */
    }
    return count;
}

static void check_clean(const char *text, size_t len,
                        int (*clean)(struct bytes *, const char *, size_t), bool is_line)
{
    struct bytes once = {0}, twice = {0};
    size_t at, step;
    uint32_t c;

    FUZZ_CHECK(!clean(&once, text, len));
    FUZZ_CHECK(utf8_is_valid(once.data, once.len));
    FUZZ_CHECK(once.len <= len || is_line);
    for (at = 0; at < once.len; at += step) {
        step = utf8_next(once.data + at, once.len - at, &c);
        FUZZ_CHECK(!utf8_is_control(c) || (!is_line && (c == '\n' || c == '\t')));
        FUZZ_CHECK(is_line || !utf8_is_space(c) || (at > 0 && at + step < once.len));
    }
    FUZZ_CHECK(!clean(&twice, once.data, once.len));
    FUZZ_CHECK(once.len == twice.len && (!once.len || !memcmp(once.data, twice.data, once.len)));
    bytes_fini(&once);
    bytes_fini(&twice);
}

static void check_nick(const char *text, size_t len)
{
    static const struct hash_key key = {{1, 2}};
    char suffixed[NICK_BYTES_MAX + 1], other[NICK_BYTES_MAX + 1];
    struct nick_rules rules;
    size_t n;

    if (!nick_is_good(text, len))
        return;
    FUZZ_CHECK(len <= NICK_BYTES_MAX && utf8_count(text, len) <= NICK_CHARS_MAX);
    FUZZ_CHECK(fuzz_is_printable(text, len));
    n = nick_suffixed(suffixed, text, len, (unsigned)len * 1000);
    FUZZ_CHECK(n == strlen(suffixed) && nick_is_good(suffixed, n));

    nick_rules_init(&rules);
    memcpy(other, text, len);
    for (n = 0; n < len; n++)
        if (other[n] >= 'a' && other[n] <= 'z')
            other[n] = (char)(other[n] - 'a' + 'A');
    FUZZ_CHECK(nick_is_same(&rules, text, len, other, len));
    FUZZ_CHECK(nick_hash(&rules, &key, text, len) == nick_hash(&rules, &key, other, len));
    FUZZ_CHECK(!nick_is_same(&rules, text, len, text, len - 1));
    nick_rules_fini(&rules);
}

static void check_room_name(const char *text, size_t len)
{
    char name[ROOM_NAME_BYTES_MAX + 1], again[ROOM_NAME_BYTES_MAX + 1];
    static const char letters[] = "abcdefghijklmnopqrstuvwxyz0123456789._-";

    if (room_name_read(name, text, len))
        return;
    FUZZ_CHECK(strlen(name) == len && strspn(name, letters) == len);
    FUZZ_CHECK(!room_name_read(again, name, len) && strcmp(name, again) == 0);
    FUZZ_CHECK(strncasecmp(name, text, len) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct fuzz_input input = {data, size};
    wchar_t *decoded = malloc((size + 1) * sizeof(*decoded));
    size_t len, at, step, n = 0;
    uint32_t c;
    char *text;
    long count;

    FUZZ_CHECK(decoded && setlocale(LC_CTYPE, "C.UTF-8"));
    text = fuzz_rest(&input, &len);
    count = decode(text, len, decoded);
    FUZZ_CHECK(utf8_is_valid(text, len) == (count >= 0));
    if (count >= 0) {
        FUZZ_CHECK(utf8_count(text, len) == (size_t)count);
        for (at = 0; at < len; at += step) {
            step = utf8_next(text + at, len - at, &c);
            FUZZ_CHECK(step && c == (uint32_t)decoded[n++]);
        }
        check_clean(text, len, utf8_clean_text, false);
        check_clean(text, len, utf8_clean_line, true);
    }
    check_nick(text, len); /* also what is invalid: it must only be refused */
    check_room_name(text, len);
    free(text);
    free(decoded);
    return 0;
}
