#include "complaints.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

void complaints_take(void *user, bool is_error, const char *line)
{
    struct complaints *complaints = user;

    *(is_error ? &complaints->errors : &complaints->warnings) += 1;
    assert_null(strchr(line, '\n'));
    assert_int_equal(bytes_printf(&complaints->lines, "%s\n", line), 0);
}
