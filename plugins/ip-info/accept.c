#include "accept.h"

#include <string.h>
#include <strings.h>

struct range {
    const char *text;
    size_t len; /* of the media range, without parameters */
    unsigned q; /* in thousandths */
};

struct offer {
    const char *type;
    enum query_format format;
};

static const struct offer offers[] = {
    {"application/json", QUERY_FORMAT_JSON},
    {"text/plain", QUERY_FORMAT_TEXT},
    {"text/html", QUERY_FORMAT_HTML},
    {"text/csv", QUERY_FORMAT_CSV},
    {"application/x-ndjson", QUERY_FORMAT_NDJSON},
};

/* RFC 9110 12.4.2: 0, 0.5, 0.123, 1, 1.000; anything else counts as 0. */
static unsigned read_q(const char *text, const char *end)
{
    unsigned q, unit = 100;

    if (text == end || (*text != '0' && *text != '1'))
        return 0;
    q = *text == '1' ? 1000 : 0;
    if (++text < end && *text == '.')
        for (text++; text < end && *text >= '0' && *text <= '9' && unit; text++, unit /= 10)
            q += (unsigned)(*text - '0') * unit;
    return q > 1000 ? 1000 : q;
}

static const char *skip_blanks(const char *text, const char *end)
{
    while (text < end && (*text == ' ' || *text == '\t'))
        text++;
    return text;
}

static struct range read_range(const char *text, const char *end)
{
    struct range range = {.q = 1000};
    const char *semicolon;

    range.text = text = skip_blanks(text, end);
    while (text < end && !strchr("; \t", *text))
        text++;
    range.len = (size_t)(text - range.text);
    while ((semicolon = memchr(text, ';', (size_t)(end - text)))) {
        text = skip_blanks(semicolon + 1, end);
        if (end - text >= 2 && (*text == 'q' || *text == 'Q') && text[1] == '=')
            range.q = read_q(text + 2, end);
    }
    return range;
}

/* How exactly the range names the type: 3 fully, 2 its group, 1 anything, 0 not at all. */
static unsigned closeness(const struct range *range, const char *type)
{
    size_t group = (size_t)(strchr(type, '/') - type) + 1;

    if (range->len == strlen(type) && strncasecmp(range->text, type, range->len) == 0)
        return 3;
    if (range->len == group + 1 && strncasecmp(range->text, type, group) == 0 &&
        range->text[group] == '*')
        return 2;
    return range->len == 3 && memcmp(range->text, "*/*", 3) == 0 ? 1 : 0;
}

/* The rank of one offer: q first, then how exactly it is named; 0 for not acceptable. */
static unsigned rank(const char *header, const char *type)
{
    unsigned best_closeness = 0, q = 0;
    const char *end;

    for (; *header; header = *end ? end + 1 : end) {
        struct range range;
        unsigned close;

        end = header + strcspn(header, ",");
        range = read_range(header, end);
        close = closeness(&range, type);
        if (close > best_closeness) {
            best_closeness = close;
            q = range.q;
        }
    }
    return q ? q * 4 + best_closeness : 0;
}

enum query_format accept_choose(const char *header)
{
    enum query_format best = QUERY_FORMAT_AUTO;
    unsigned best_rank = 0;
    size_t n;

    if (!header || !header[0])
        return QUERY_FORMAT_JSON;
    for (n = 0; n < sizeof(offers) / sizeof(offers[0]); n++) {
        unsigned offer_rank = rank(header, offers[n].type);

        if (offer_rank > best_rank) {
            best_rank = offer_rank;
            best = offers[n].format;
        }
    }
    return best;
}
