#include "catch_up.h"

#include <string.h>

struct catch_up catch_up_newest(const struct store_state *past, uint64_t count)
{
    struct catch_up result = {.first = past->history_from, .last = past->head};

    if (past->head + 1 - past->history_from > count)
        result.first = past->head + 1 - count;
    return result;
}

struct catch_up catch_up_since(const struct store_state *past, const char *epoch, uint64_t since)
{
    struct catch_up result = {.first = past->head + 1, .last = past->head};

    if (strcmp(epoch, past->epoch) != 0 || since > past->head)
        return result;
    if (since + 1 >= past->oldest) {
        result.is_recovered = true;
        result.first = since + 1;
    } else {
        result.has_missed = true;
        result.missed = past->oldest - 1 - since;
    }
    return result;
}

enum recovery catch_up_kind(const struct catch_up *catch_up)
{
    if (catch_up->is_recovered)
        return RECOVERY_WHOLE;
    return catch_up->has_missed ? RECOVERY_GAP : RECOVERY_UNKNOWN;
}
