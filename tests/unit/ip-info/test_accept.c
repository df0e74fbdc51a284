#include "accept.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static void the_best_is_chosen(void **state)
{
    static const struct {
        const char *header;
        enum query_format format;
    } rows[] = {
        {NULL, QUERY_FORMAT_JSON},
        {"", QUERY_FORMAT_JSON},
        {"*/*", QUERY_FORMAT_JSON},
        {"text/*", QUERY_FORMAT_TEXT},
        {"text/plain", QUERY_FORMAT_TEXT},
        {"TEXT/HTML", QUERY_FORMAT_HTML},
        {"text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", QUERY_FORMAT_HTML},
        {"application/json;q=0.5, text/plain;q=0.6", QUERY_FORMAT_TEXT},
        {"application/json;q=0.5 , text/plain; q=0.4", QUERY_FORMAT_JSON},
        {"text/html;level=1;q=0.1, text/plain;q=0.2", QUERY_FORMAT_TEXT},
        {"application/json;q=0, */*", QUERY_FORMAT_TEXT},
        {"text/plain;q=1.000", QUERY_FORMAT_TEXT},
        {"text/plain;q=0.001", QUERY_FORMAT_TEXT},
        {"text/plain;q=0.000", QUERY_FORMAT_AUTO},
        {"text/plain;q=", QUERY_FORMAT_AUTO},
        {"text/plain;q=x", QUERY_FORMAT_AUTO},
        {"image/png", QUERY_FORMAT_AUTO},
        {"text", QUERY_FORMAT_AUTO},
        {"text/", QUERY_FORMAT_AUTO},
        {",,;,", QUERY_FORMAT_AUTO},
        {"application/*, text/html", QUERY_FORMAT_HTML},
    };
    size_t n;

    (void)state;
    for (n = 0; n < sizeof(rows) / sizeof(rows[0]); n++)
        if (accept_choose(rows[n].header) != rows[n].format)
            fail_msg("%s gives %d", rows[n].header ? rows[n].header : "no header",
                     (int)accept_choose(rows[n].header));
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(the_best_is_chosen)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
