#include "answer_field.h"

#include <string.h>

static const char *const own[] = {
    [ANSWER_FIELD_IP - RECORD_FIELD_COUNT] = "ip",
    [ANSWER_FIELD_QUERY - RECORD_FIELD_COUNT] = "query",
    [ANSWER_FIELD_OK - RECORD_FIELD_COUNT] = "ok",
    [ANSWER_FIELD_KIND - RECORD_FIELD_COUNT] = "kind",
    [ANSWER_FIELD_SOURCE - RECORD_FIELD_COUNT] = "source",
    [ANSWER_FIELD_STALE - RECORD_FIELD_COUNT] = "stale",
    [ANSWER_FIELD_ERROR - RECORD_FIELD_COUNT] = "error",
};

const char *answer_field_name(int field)
{
    return field < RECORD_FIELD_COUNT ? record_field_name((enum record_field)field)
                                      : own[field - RECORD_FIELD_COUNT];
}

int answer_field_find(const char *name, size_t len)
{
    int field;

    for (field = 0; field < ANSWER_FIELD_COUNT; field++) {
        const char *known = answer_field_name(field);

        if (strlen(known) == len && memcmp(known, name, len) == 0)
            return field;
    }
    return -1;
}
