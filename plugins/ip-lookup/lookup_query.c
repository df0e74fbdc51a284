#include "lookup_query.h"

#include <string.h>

void lookup_query_init(struct lookup_query *query) { memset(query, 0, sizeof(*query)); }

bool lookup_is_language(const char *text, size_t len)
{
    size_t n;

    if (len < 2 || len >= GEO_DB_LANGUAGE_BYTES || text[0] == '-' || text[len - 1] == '-')
        return false;
    for (n = 0; n < len; n++) {
        char c = text[n];

        if (!(c >= 'a' && c <= 'z') && !(c >= 'A' && c <= 'Z') && !(c >= '0' && c <= '9') &&
            c != '-')
            return false;
    }
    return true;
}

static int take_ip(struct lookup_query *query, const char *value, size_t len,
                   struct problem *problem)
{
    if (query->has_addr)
        return problem_set(problem, "ip", "\"ip\" is given twice");
    if (ip_addr_parse(value, len, &query->addr))
        return problem_set(problem, "ip", "\"ip\" is not an IPv4 or IPv6 address");
    query->has_addr = true;
    return 0;
}

static int take_format(struct lookup_query *query, const char *value, size_t len,
                       struct problem *problem)
{
    if (query->has_format)
        return problem_set(problem, "format", "\"format\" is given twice");
    query->has_format = true;
    if (len == 4 && memcmp(value, "json", 4) == 0)
        query->format = LOOKUP_JSON;
    else if (len == 6 && memcmp(value, "native", 6) == 0)
        query->format = LOOKUP_NATIVE;
    else
        return problem_set(problem, "format", "\"format\" is neither json nor native");
    return 0;
}

static int take_lang(struct lookup_query *query, const char *value, size_t len,
                     struct problem *problem)
{
    if (query->language[0])
        return problem_set(problem, "lang", "\"lang\" is given twice");
    if (!lookup_is_language(value, len))
        return problem_set(problem, "lang", "\"lang\" is not a language tag such as zh-CN or en");
    memcpy(query->language, value, len);
    query->language[len] = '\0';
    return 0;
}

int lookup_query_take(struct lookup_query *query, const char *text, size_t len,
                      struct problem *problem)
{
    static const struct {
        const char *name;
        int (*take)(struct lookup_query *, const char *, size_t, struct problem *);
    } parameters[] = {{"ip=", take_ip}, {"format=", take_format}, {"lang=", take_lang}};
    size_t n;

    for (n = 0; n < sizeof(parameters) / sizeof(parameters[0]); n++) {
        size_t name_len = strlen(parameters[n].name);

        if (len >= name_len && memcmp(text, parameters[n].name, name_len) == 0)
            return parameters[n].take(query, text + name_len, len - name_len, problem);
    }
    return 0;
}

int lookup_query_finish(const struct lookup_query *query, struct problem *problem)
{
    if (!query->has_addr)
        return problem_set(problem, "ip", "\"ip\" is missing: ask with ?ip=ADDRESS");
    return 0;
}
