#include "text_list.h"

#include <string.h>

#define SEPARATORS ", \t"

const char *text_list_next(const char **list, size_t *len)
{
    const char *item = *list + strspn(*list, SEPARATORS);

    *len = strcspn(item, SEPARATORS);
    *list = item + *len;
    return *len ? item : NULL;
}
