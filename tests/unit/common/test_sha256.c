#include "sha256.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static void gives(const char *text, size_t len, const char *expected)
{
    uint8_t out[SHA256_BYTES];
    char hex[2 * SHA256_BYTES + 1];
    size_t n;

    sha256(text, len, out);
    for (n = 0; n < sizeof(out); n++)
        snprintf(hex + 2 * n, 3, "%02x", out[n]);
    assert_string_equal(hex, expected);
}

/* NIST's examples, and the lengths at which the padding changes (as sha256sum has them). */
static void known_answers(void **state)
{
    char text[1000];

    (void)state;
    memset(text, 'a', sizeof(text));
    gives("", 0, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    gives("abc", 3, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    gives("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq", 56,
          "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
    gives(text, 55, "9f4390f8d30c2dd92ec9f095b65e2b9ae9b0a925a5258e241c9f1e910f734318");
    gives(text, 64, "ffe054fe7ae0cb6dc65c3af9b61d5209f439851db43d0ba5997337df154668eb");
    gives(text, 119, "31eba51c313a5c08226adf18d4a359cfdfd8d2e816b13f4af952f7ea6584dcfb");
    gives(text, 1000, "41edece42d63e8d9bf515a9ba6932e1c20cbc9f5a5d134645adb5db1b9737ea3");
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(known_answers)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
