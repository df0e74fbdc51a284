#include "pvo_options.h"

#include <stdlib.h>

int pvo_options_read(const struct option *table, size_t rows,
                     const struct lws_protocol_vhost_options *list, option_family_fn *family,
                     void *out, struct problem *problem)
{
    const struct lws_protocol_vhost_options *pvo;
    struct option_value *values;
    size_t count = 0;
    int result;

    for (pvo = list; pvo; pvo = pvo->next)
        count++;
    values = calloc(count + 1, sizeof(*values));
    if (!values)
        return problem_set(problem, "", "out of memory");
    count = 0;
    for (pvo = list; pvo; pvo = pvo->next) {
        values[count].name = pvo->name;
        values[count++].value = pvo->value ? pvo->value : "";
    }
    result = options_read(table, rows, values, count, family, out, problem);
    free(values);
    return result;
}
