/* A file of providers: refused with a place and a reason, or good enough to compile. */
#include "fuzz.h"

#include "preset.h"
#include "providers_file.h"
#include "settings.h"

#include <stdlib.h>
#include <string.h>

static void check_names(const struct providers_file *file)
{
    const char *name;
    size_t n;

    for (n = 0; (name = providers_file_name(file, n)); n++)
        FUZZ_CHECK(providers_file_has(file, name, NULL));
    for (n = 0; providers_file_order(file, n); n++)
        FUZZ_CHECK(n < 100000);
}

static void apply(const struct providers_file *file, const char *name)
{
    struct provider provider = {
        .timeout_ms = 800, .lanes = 8, .attempts = 2, .max_reply_bytes = 65536};
    struct problem problem = {0}, outer = {0};
    size_t n;

    if (!name[0] || strlen(name) >= sizeof(provider.name))
        return;
    strcpy(provider.name, name);
    if (providers_file_apply(file, &provider, &problem)) {
        fuzz_check_problem(&problem);
        return;
    }
    FUZZ_CHECK(provider.header_count <= PROVIDER_MAX_HEADERS);
    FUZZ_CHECK(provider.error_count <= PROVIDER_MAX_ERRORS);
    FUZZ_CHECK(provider.lang_count <= PROVIDER_MAX_LANGS);
    FUZZ_CHECK(provider.timeout_ms >= 50 && provider.timeout_ms <= 60000);
    FUZZ_CHECK(provider.lanes >= 1 && provider.lanes <= 256);
    FUZZ_CHECK(provider.max_reply_bytes >= 256 && provider.max_reply_bytes <= 1048576);
    for (n = 0; n < provider.error_count; n++)
        FUZZ_CHECK(provider.errors[n].code < OUTCOME_CODE_COUNT);
    if (provider.tls_ca)
        provider.url_text = NULL; /* nobody's certificates are of interest here */
    if (provider_compile(&provider, &problem)) {
        fuzz_check_problem(&problem);
        FUZZ_CHECK(providers_file_blame(file, name, &problem, &outer) == -1);
        fuzz_check_problem(&outer);
        FUZZ_CHECK(!strcmp(outer.path, "providers-file"));
    } else {
        struct provider_request request = {0};

        FUZZ_CHECK(provider.url.host[0]);
        if (!provider.missing[0]) {
            FUZZ_CHECK(
                !provider_ask(&provider, "192.0.2.1", provider_lang(&provider, "en"), &request));
            for (n = 0; n < request.header_count; n++)
                FUZZ_CHECK(!strpbrk(request.headers[n].value, "\r\n"));
        }
        provider_request_fini(&request);
    }
    provider_fini(&provider);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct fuzz_input input = {data, size};
    struct problem problem = {0};
    struct providers_file *file;
    const char *name;
    size_t len, n;
    char *text = fuzz_rest(&input, &len);

    file = providers_file_parse("providers.json", text, len, &problem);
    if (file) {
        check_names(file);
        for (n = 0; n < 8 && (name = providers_file_name(file, n)); n++)
            apply(file, name);
        apply(file, "ipinfo"); /* whoever it is, the defaults are for it too */
    } else {
        fuzz_check_problem(&problem);
        FUZZ_CHECK(!strcmp(problem.path, "providers-file"));
    }
    providers_file_free(file);
    free(text);
    return 0;
}
