#include "sample_db.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

struct ip_addr sample_addr(const char *text)
{
    struct ip_addr addr;

    assert_int_equal(ip_addr_parse(text, strlen(text), &addr), 0);
    return addr;
}

struct geo_db *sample_open(void)
{
    struct problem problem = {0};
    struct geo_db *db = geo_db_open(SAMPLE_DB, &problem);

    assert_string_equal(problem.text, "");
    assert_non_null(db);
    return db;
}
