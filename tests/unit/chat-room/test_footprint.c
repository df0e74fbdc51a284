/* What an idle member costs is a promise (docs/performance.md): 3 KiB, of which libwebsockets takes
 * about 2.4 KiB. This is the rest. Who needs more for each member has to find it elsewhere. */
#include "session.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#define LINK_BYTES 32      /* what chat_link.h has for a connection beside its struct conn */
#define PROMISED_BYTES 528 /* for all three */

/* What malloc takes for it on 64 bits. */
static size_t block(size_t size)
{
    size_t with_head = size + 8;

    return with_head <= 32 ? 32 : (with_head + 15) / 16 * 16;
}

static void an_idle_member_takes_no_more_than_was_promised(void **state)
{
    (void)state;
    if (sizeof(void *) != 8)
        skip();
    assert_in_range(block(sizeof(struct conn) + LINK_BYTES) + block(sizeof(struct session)) +
                        block(sizeof(struct member)),
                    1, PROMISED_BYTES);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_idle_member_takes_no_more_than_was_promised),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
