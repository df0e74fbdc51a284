#include "provider.h"

#include <string.h>
#include <strings.h>

static bool is_chosen(const struct provider_lang *row, const char *asked, size_t len)
{
    return row->lang[0] && strncasecmp(row->lang, asked, len) == 0 &&
           (!row->lang[len] || row->lang[len] == '-');
}

const char *provider_lang(const struct provider *provider, const char *asked)
{
    size_t primary, n;

    if (provider->lang_count == 0)
        return asked && asked[0] ? asked : "en";
    if (!asked || !asked[0])
        return provider->langs[0].value;
    for (n = 0; n < provider->lang_count; n++)
        if (strcasecmp(provider->langs[n].lang, asked) == 0)
            return provider->langs[n].value;
    primary = strcspn(asked, "-");
    for (n = 0; n < provider->lang_count; n++)
        if (is_chosen(&provider->langs[n], asked, primary))
            return provider->langs[n].value;
    return provider->langs[0].value;
}

static void add(struct provider_request *request, const char *name, const char *value)
{
    request->headers[request->header_count++] = (struct fetch_header){name, value};
}

static bool has_header(const struct provider *provider, const char *name)
{
    size_t n;

    for (n = 0; n < provider->header_count; n++)
        if (strcasecmp(provider->headers[n].name, name) == 0)
            return true;
    return false;
}

/* Write a value that depends on the question. Returns where it begins in the text, or -1. */
static long write_value(const struct pattern *pattern, const char *ip, const char *lang,
                        struct bytes *text)
{
    size_t begin = text->len;

    return pattern_write(pattern, ip, lang, text) || bytes_append(text, "", 1) ? -1 : (long)begin;
}

int provider_ask(const struct provider *provider, const char *ip, const char *lang,
                 struct provider_request *request)
{
    long places[PROVIDER_MAX_HEADERS] = {0};
    size_t n;

    bytes_clear(&request->text);
    request->header_count = 0;
    if (write_value(provider->url_pattern, ip, lang, &request->text) < 0)
        return -1;
    for (n = 0; n < provider->header_count; n++)
        if (provider->header_patterns[n] && !provider->header_values[n] &&
            (places[n] = write_value(provider->header_patterns[n], ip, lang, &request->text)) < 0)
            return -1;
    /* From here on the text stays where it is. */
    request->url = request->text.data;
    if (!has_header(provider, "Accept"))
        add(request, "Accept", "application/json");
    if (!has_header(provider, "User-Agent"))
        add(request, "User-Agent", "lwshost-ip-info");
    if (provider->authorization && !has_header(provider, "Authorization"))
        add(request, "Authorization", provider->authorization);
    for (n = 0; n < provider->header_count; n++)
        if (provider->header_patterns[n])
            add(request, provider->headers[n].name,
                provider->header_values[n] ? provider->header_values[n]
                                           : request->text.data + places[n]);
    return 0;
}

void provider_request_fini(struct provider_request *request) { bytes_fini(&request->text); }
