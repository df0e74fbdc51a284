#include "status_options.h"

const struct option status_option_table[STATUS_OPTIONS] = {
    {.name = "admin-net",
     .type = OPTION_TEXT,
     .offset = offsetof(struct status_options, admin_net),
     .fallback = "127.0.0.0/8, ::1, unix",
     .min = 1,
     .max = 4096,
     .help = "networks that see the metrics"},
};
