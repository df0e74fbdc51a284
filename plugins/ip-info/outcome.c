#include "outcome.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

const char *outcome_code_name(enum outcome_code code)
{
    static const char *const names[OUTCOME_CODE_COUNT] = {
        [OUTCOME_FOUND] = "found",
        [OUTCOME_INVALID_IP] = "invalid_ip",
        [OUTCOME_NOT_FOUND] = "not_found",
        [OUTCOME_UNSUPPORTED_FAMILY] = "unsupported_family",
        [OUTCOME_TIMEOUT] = "timeout",
        [OUTCOME_CONNECT_FAILED] = "connect_failed",
        [OUTCOME_TLS_FAILED] = "tls_failed",
        [OUTCOME_DNS_FAILED] = "dns_failed",
        [OUTCOME_UPSTREAM_STATUS] = "upstream_status",
        [OUTCOME_UPSTREAM_REFUSED] = "upstream_refused",
        [OUTCOME_UPSTREAM_CLOSED] = "upstream_closed",
        [OUTCOME_BAD_JSON] = "bad_json",
        [OUTCOME_TOO_LARGE] = "too_large",
        [OUTCOME_REDIRECTED] = "redirected",
        [OUTCOME_QUOTA] = "quota",
        [OUTCOME_CIRCUIT_OPEN] = "circuit_open",
        [OUTCOME_QUEUE_FULL] = "queue_full",
        [OUTCOME_NO_PROVIDER] = "no_provider",
        [OUTCOME_INTERNAL] = "internal",
    };

    return names[code];
}

enum outcome_code outcome_code_find(const char *name)
{
    unsigned n;

    for (n = 0; n < OUTCOME_CODE_COUNT; n++)
        if (strcmp(outcome_code_name((enum outcome_code)n), name) == 0)
            break;
    return (enum outcome_code)n;
}

void outcome_note(struct outcome *outcome, const char *provider, unsigned ms)
{
    unsigned n = outcome->attempt_count++;

    if (n < OUTCOME_MAX_ATTEMPTS)
        outcome->attempts[n] =
            (struct outcome_attempt){.provider = provider, .code = outcome->code, .ms = ms};
}

void outcome_fail(struct outcome *outcome, enum outcome_code code, const char *format, ...)
{
    va_list args;

    outcome->code = code;
    va_start(args, format);
    vsnprintf(outcome->detail, sizeof(outcome->detail), format, args);
    va_end(args);
}

unsigned outcome_status(unsigned failed, unsigned upstream_error_status)
{
    const unsigned unavailable = 1u << OUTCOME_CIRCUIT_OPEN | 1u << OUTCOME_QUOTA |
                                 1u << OUTCOME_QUEUE_FULL | 1u << OUTCOME_NO_PROVIDER;

    if (failed == 1u << OUTCOME_INVALID_IP)
        return 400;
    if (failed == 1u << OUTCOME_NOT_FOUND)
        return 404;
    if (failed == 1u << OUTCOME_TIMEOUT)
        return 504;
    if (failed && (failed & ~unavailable) == 0)
        return 503;
    return upstream_error_status;
}

void outcome_fini(struct outcome *outcome)
{
    record_release(outcome->record);
    outcome->record = NULL;
}
