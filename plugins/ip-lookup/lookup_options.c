#include "lookup_options.h"

#include "lookup_query.h"

#include <string.h>

const struct option lookup_option_table[LOOKUP_OPTIONS] = {
    {.name = "database",
     .type = OPTION_TEXT,
     .offset = offsetof(struct lookup_options, database),
     .min = 1,
     .max = 4095,
     .help = "path of the MaxMind-format database; required"},
    {.name = "lang",
     .type = OPTION_TEXT,
     .offset = offsetof(struct lookup_options, lang),
     .fallback = "zh-CN",
     .min = 2,
     .max = GEO_DB_LANGUAGE_BYTES - 1,
     .help = "language of the names when the request says none; English where a name lacks it"},
    {.name = "reload",
     .type = OPTION_NUMBER,
     .offset = offsetof(struct lookup_options, reload_s),
     .fallback = "10",
     .min = 0,
     .max = 86400,
     .unit = "s",
     .help = "between two looks whether the file was replaced; 0: none"},
};

int lookup_options_check(const struct lookup_options *options, struct problem *problem)
{
    if (!options->database)
        return problem_set(problem, "database",
                           "\"database\" is missing: the path of a MaxMind-format file");
    if (!lookup_is_language(options->lang, strlen(options->lang)))
        return problem_set(problem, "lang", "\"%s\" is not a language tag such as zh-CN or en",
                           options->lang);
    return 0;
}
