#include "preset.h"

#include <string.h>

/* The service is gone; its format lives on in ip-lookup and other compatible servers. `ret` is 1
 * for an answer and -1 for an address that it does not know. */
static const struct provider_error sina_errors[] = {{"-1", OUTCOME_NOT_FOUND}};

static const struct provider presets[] = {
    {.name = "sina",
     .url_text = "http://int.dpool.sina.com.cn/iplookup/iplookup.php?format=json&ip={ip}",
     .ok_text = "/ret=1",
     .map_texts = {"country=/country region=/province city=/city district=/district isp=/isp"},
     .message_text = "/ret",
     .errors = sina_errors,
     .error_count = sizeof(sina_errors) / sizeof(sina_errors[0])},
};

void preset_apply(struct provider *provider)
{
    size_t n;

    for (n = 0; n < sizeof(presets) / sizeof(presets[0]); n++)
        if (strcmp(presets[n].name, provider->name) == 0)
            *provider = presets[n];
}
