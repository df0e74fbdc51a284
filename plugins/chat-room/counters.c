#include "counters.h"

/* Of each closer the last one stands for all others. */
const struct close_kind close_kinds[CLOSE_KINDS] = {
    {CLOSER_SERVER, 1000}, {CLOSER_SERVER, 1001}, {CLOSER_SERVER, 1003}, {CLOSER_SERVER, 1007},
    {CLOSER_SERVER, 1009}, {CLOSER_SERVER, 1011}, {CLOSER_SERVER, 1012}, {CLOSER_SERVER, 4001},
    {CLOSER_SERVER, 4002}, {CLOSER_SERVER, 4003}, {CLOSER_SERVER, 4500}, {CLOSER_SERVER, 4501},
    {CLOSER_SERVER, 4502}, {CLOSER_SERVER, 4503}, {CLOSER_SERVER, 4504}, {CLOSER_SERVER, 4505},
    {CLOSER_SERVER, 4506}, {CLOSER_SERVER, 4507}, {CLOSER_SERVER, 4508}, {CLOSER_SERVER, 0},
    {CLOSER_CLIENT, 1000}, {CLOSER_CLIENT, 1001}, {CLOSER_CLIENT, 0},    {CLOSER_NOBODY, 0},
};

void counters_closed(struct counters *counters, enum closer closer, unsigned code)
{
    int kind = 0;

    while (close_kinds[kind].closer != closer ||
           (close_kinds[kind].code && close_kinds[kind].code != code))
        kind++;
    counters->closes[kind]++;
}

const unsigned answer_statuses[ANSWER_KINDS] = {200, 201, 204, 400, 401, 403, 404, 405, 408, 409,
                                                410, 411, 413, 415, 416, 429, 500, 503, 0,   1};

void counters_answered(struct counters *counters, unsigned status)
{
    int kind = 0;

    while (answer_statuses[kind] != status && kind < ANSWER_KINDS - 1)
        kind++;
    counters->answers[kind]++;
}
