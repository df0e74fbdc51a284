#include "preset.h"

#include <string.h>

/* What ip-api and ipwhois call the languages that they have names in. */
#define LANGS                                                                                      \
    {                                                                                              \
        {"en", "en"}, {"zh", "zh-CN"}, {"de", "de"}, {"fr", "fr"}, {"ja", "ja"}, {"ru", "ru"},     \
            {"es", "es"},                                                                          \
        {                                                                                          \
            "pt", "pt-BR"                                                                          \
        }                                                                                          \
    }
#define LANG_COUNT 8

/* The services' own formats and terms, as they document them. */
static const struct provider presets[] = {
    /* The service is gone; its format lives on in ip-lookup and other compatible servers. `ret` is
     * 1 for an answer and -1 for an address that it does not know. */
    {.name = "sina",
     .url_text = "http://int.dpool.sina.com.cn/iplookup/iplookup.php?format=json&ip={ip}",
     .family = PROVIDER_V4_ONLY,
     .ok_text = "/ret=1",
     .map_texts = {"country=/country region=/province city=/city district=/district isp=/isp"},
     .message_text = "/ret",
     .errors = {{"-1", OUTCOME_NOT_FOUND}},
     .error_count = 1,
     .notice = "the service is gone; give the option \"sina:url\" a server that speaks its format"},

    /* The plugin beside this one, in its own format. Without a language it answers in the
       tutorial's. */
    {.name = "ip-lookup",
     .url_text = "http://127.0.0.1:7681/ip-lookup?format=native&ip={ip}&lang={lang}",
     .is_private = true,
     .ok_text = "/ok=true",
     .map_texts = {"country=/country country_code=/country_code region=/region "
                   "region_code=/region_code city=/city district=/district postal=/postal "
                   "timezone=/timezone isp=/isp org=/org as_name=/as_name latitude=/latitude "
                   "longitude=/longitude asn=/asn"},
     .message_text = "/error/code",
     .errors = {{"not_found", OUTCOME_NOT_FOUND}},
     .error_count = 1,
     .langs = {{"zh", "zh-CN"},
               {"en", "en"},
               {"de", "de"},
               {"fr", "fr"},
               {"ja", "ja"},
               {"ru", "ru"},
               {"es", "es"},
               {"pt", "pt-BR"}},
     .lang_count = 8},

    {.name = "ip-api",
     .url_text = "http://ip-api.com/json/{ip}?fields=61439&lang={lang}",
     .ok_text = "/status=success",
     .map_texts = {"country=/country country_code=/countryCode region=/regionName "
                   "region_code=/region city=/city postal=/zip latitude=/lat longitude=/lon "
                   "timezone=/timezone isp=/isp org=/org asn=/as|asn as_name=/as|as_name"},
     .message_text = "/message",
     .errors = {{"private range", OUTCOME_FOUND},
                {"reserved range", OUTCOME_FOUND},
                {"invalid query", OUTCOME_INVALID_IP}},
     .error_count = 3,
     .langs = LANGS,
     .lang_count = LANG_COUNT,
     .per_minute = 45,
     .remaining_field = "x-rl",
     .reset_field = "x-ttl",
     .notice = "it is asked in clear text, and is free for non-commercial use only"},

    {.name = "ipinfo",
     .url_text = "https://ipinfo.io/{ip}/json",
     .headers = {{"Authorization", "Bearer {env:IPINFO_TOKEN}"}},
     .header_count = 1,
     .skips_unset_headers = true,
     .ok_text = "/ip",
     .reserved_text = "/bogon=true",
     .map_texts = {"country_code=/country region=/region city=/city postal=/postal "
                   "latitude=/loc|split:0 longitude=/loc|split:1 timezone=/timezone "
                   "org=/org|as_name asn=/org|asn hostname=/hostname"}},

    {.name = "ipwhois",
     .url_text = "https://ipwho.is/{ip}?lang={lang}",
     .ok_text = "/success=true",
     .map_texts = {"country=/country country_code=/country_code region=/region "
                   "region_code=/region_code city=/city postal=/postal latitude=/latitude "
                   "longitude=/longitude timezone=/timezone/id isp=/connection/isp "
                   "org=/connection/org asn=/connection/asn"},
     .message_text = "/message",
     .errors = {{"Reserved range", OUTCOME_FOUND}, {"Invalid IP address", OUTCOME_INVALID_IP}},
     .error_count = 2,
     .langs = LANGS,
     .lang_count = LANG_COUNT,
     .per_minute = 60,
     .per_second = 1},

    {.name = "geojs",
     .url_text = "https://get.geojs.io/v1/ip/geo/{ip}.json",
     .ok_text = "/country_code",
     .absent = {"Unknown", "64512"},
     .map_texts = {"country=/country country_code=/country_code region=/region city=/city "
                   "latitude=/latitude longitude=/longitude timezone=/timezone "
                   "org=/organization_name asn=/asn"}},
};

static const struct provider *find(const char *name)
{
    size_t n;

    for (n = 0; n < sizeof(presets) / sizeof(presets[0]); n++)
        if (strcmp(presets[n].name, name) == 0)
            return &presets[n];
    return NULL;
}

void preset_apply(struct provider *provider, bool has_other_url)
{
    const struct provider *preset = find(provider->name);

    if (!preset)
        return;
    *provider = *preset;
    if (!has_other_url)
        return;
    provider->header_count = 0;
    provider->per_minute = provider->per_second = 0;
    provider->remaining_field = provider->reset_field = NULL;
    provider->family = PROVIDER_ANY_FAMILY;
    provider->is_private = false;
    provider->notice = NULL;
}

void preset_offer(struct suggestion *suggestion)
{
    size_t n;

    for (n = 0; n < sizeof(presets) / sizeof(presets[0]); n++)
        suggestion_offer(suggestion, presets[n].name);
}

bool preset_is_known(const char *name) { return find(name) != NULL; }
