#include "open_metrics.h"

#include <inttypes.h>

void metrics_family(struct metrics_page *page, const char *name, const char *type, const char *unit,
                    const char *help)
{
    page->failed |= bytes_printf(page->out, "# TYPE %s %s\n", name, type);
    if (unit)
        page->failed |= bytes_printf(page->out, "# UNIT %s %s\n", name, unit);
    page->failed |= bytes_printf(page->out, "# HELP %s %s\n", name, help);
}

void metrics_gauge(struct metrics_page *page, const char *name, const char *unit, const char *help,
                   uint64_t value)
{
    metrics_family(page, name, "gauge", unit, help);
    page->failed |= bytes_printf(page->out, "%s %" PRIu64 "\n", name, value);
}

void metrics_counter(struct metrics_page *page, const char *name, const char *unit,
                     const char *help, uint64_t value)
{
    metrics_family(page, name, "counter", unit, help);
    page->failed |= bytes_printf(page->out, "%s_total %" PRIu64 "\n", name, value);
}

void metrics_labelled(struct metrics_page *page, const char *sample, const char *label,
                      const char *word, uint64_t value)
{
    page->failed |=
        bytes_printf(page->out, "%s{%s=\"%s\"} %" PRIu64 "\n", sample, label, word, value);
}

void metrics_labelled_all(struct metrics_page *page, const char *sample, const char *label,
                          const char *const *words, const uint64_t *values, size_t count)
{
    size_t n;

    for (n = 0; n < count; n++)
        if (words[n])
            metrics_labelled(page, sample, label, words[n], values[n]);
}

int metrics_end(struct metrics_page *page)
{
    return bytes_append_str(page->out, "# EOF\n") || page->failed ? -1 : 0;
}
