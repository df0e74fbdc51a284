#include "upgrade.h"

#include <stdio.h>
#include <string.h>

/* What lws takes of Sec-WebSocket-Protocol. At more, and at commas without names, it gives up
 * without an answer. */
#define NAMES_BYTES 127
#define NAME_CHARS_MAX 62

static bool has_protocol(const struct site *site, const char *name, size_t length)
{
    size_t n;

    for (n = 0; n < site->protocol_count; n++)
        if (strlen(site->protocols[n].conf->name) == length &&
            memcmp(site->protocols[n].conf->name, name, length) == 0)
            return true;
    return false;
}

bool upgrade_is_offered(struct lws *wsi, const struct site *site)
{
    char names[NAMES_BYTES];
    const char *at = names;
    int length = lws_hdr_total_length(wsi, WSI_TOKEN_PROTOCOL);

    if (length <= 0)
        return site->default_protocol && !site->conf->disable_no_protocol_ws_upgrades;
    if (lws_hdr_copy(wsi, names, sizeof(names), WSI_TOKEN_PROTOCOL) < 0)
        return false;
    while (*at) {
        size_t size;

        at += strspn(at, " \t");
        size = strcspn(at, ", \t");
        if (size == 0 || size > NAME_CHARS_MAX)
            return false;
        if (has_protocol(site, at, size))
            return true;
        at += size;
        at += strspn(at, " \t");
        if (*at && *at++ != ',')
            return false;
    }
    return false;
}

void upgrade_refusal(const struct site *site, char *out, size_t bytes)
{
    size_t n, used;

    used = (size_t)snprintf(out, bytes,
                            "No WebSocket protocol of this server was asked for in "
                            "Sec-WebSocket-Protocol, or its list is malformed or too long. "
                            "It has:");
    for (n = 0; n < site->protocol_count && used < bytes; n++)
        used += (size_t)snprintf(out + used, bytes - used, "%s %s", n ? "," : "",
                                 site->protocols[n].conf->name);
    if (site->protocol_count == 0 && used < bytes)
        used += (size_t)snprintf(out + used, bytes - used, " none");
    if (used < bytes)
        snprintf(out + used, bytes - used, ".\n");
}
