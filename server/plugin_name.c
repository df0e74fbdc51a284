#include "plugin_name.h"

#include <stddef.h>
#include <string.h>

bool plugin_name_first(const char *protocol, char out[PLUGIN_NAME_BYTES])
{
    size_t length = strlen(protocol), n;

    out[0] = '\0';
    if (length >= PLUGIN_NAME_BYTES)
        return false;
    for (n = 0; n <= length; n++)
        out[n] = protocol[n] == '-' ? '_' : protocol[n];
    return length >= PLUGIN_NAME_MIN;
}

bool plugin_name_shorter(char name[PLUGIN_NAME_BYTES])
{
    char *last = strrchr(name, '_');

    if (!last)
        return false;
    *last = '\0';
    return last - name >= PLUGIN_NAME_MIN;
}

bool plugin_name_of_file(const char *file, char out[PLUGIN_NAME_BYTES])
{
    const char *base = file + strcspn(file, "_-");
    size_t length;

    out[0] = '\0';
    if (!*base || strlen(file) < 7)
        return false;
    base++;
    length = strcspn(base, ".");
    if (strcmp(base + length, ".so") || length < PLUGIN_NAME_MIN || length >= PLUGIN_NAME_BYTES)
        return false;
    memcpy(out, base, length);
    out[length] = '\0';
    return true;
}
