/* The HTTP side of the chat: path, parameters, credentials and Origin. Nobody without the secret
 * gets in where one is needed. */
#include "fuzz.h"

#include "api_request.h"
#include "origin.h"

#include <stdlib.h>
#include <string.h>

static void set_secret(struct secret *secret, const char *text)
{
    struct problem problem = {0};

    FUZZ_CHECK(!secret_read("fuzz", text, secret, &problem));
}

static void fill_options(struct chat_options *options, unsigned flags)
{
    options->api = flags & 3;
    if (flags & 4)
        set_secret(&options->admin_key, "key");
    strcpy(options->room_options[0].name, "den");
    options->room_option_count = 1;
    if (flags & 8)
        set_secret(&options->room_options[0].secret, "s");
    if (flags & 16)
        set_secret(&options->room_options[0].pin, "1");
}

static void check_problem(const struct api_problem *problem)
{
    FUZZ_CHECK(problem->status >= 400 && problem->status < 500);
    FUZZ_CHECK((problem->status == 405) == (problem->allow != NULL));
}

/* Whether what was given is one of the secrets that open this. */
static bool has_secret(const struct api_request *request, const char *authorization,
                       const char *pin, unsigned flags)
{
    const char *key = authorization && !strncasecmp(authorization, "bearer ", 7)
                          ? authorization + 7 + strspn(authorization + 7, " \t")
                          : "";
    size_t len = strlen(key);
    bool is_den = !strcmp(request->room, "den");

    while (len && strchr(" \t", key[len - 1]))
        len--;
    if ((flags & 4 && len == 3 && !memcmp(key, "key", 3)) ||
        (flags & 8 && is_den && len == 1 && key[0] == 's'))
        return true;
    if (request->is_write || (flags & 3) == CHAT_API_KEY)
        return false;
    return !is_den || !(flags & 16) || (pin && !strcmp(pin, "1"));
}

static void admit(const struct api_request *request, const char *authorization, const char *pin,
                  unsigned flags)
{
    struct api_credentials given = {authorization, pin, false};
    struct chat_options *options = calloc(1, sizeof(*options));
    struct api_problem problem = {0};
    int result;

    FUZZ_CHECK(options);
    fill_options(options, flags);
    result = api_request_admit(request, options, &given, &problem);
    if (result)
        check_problem(&problem);
    if (!result)
        FUZZ_CHECK((flags & 3) != CHAT_API_OFF &&
                   !(request->is_write && (flags & 3) == CHAT_API_READ));
    FUZZ_CHECK((result == 0) <= has_secret(request, authorization, pin, flags));
    if (result && (flags & 3) == CHAT_API_ON && !request->is_write)
        FUZZ_CHECK(!has_secret(request, authorization, pin, flags));
    free(options);
}

static void check_request(const struct api_request *request)
{
    char name[ROOM_NAME_BYTES_MAX + 1];

    FUZZ_CHECK(request->limit >= 1 && request->limit <= API_PAGE_MAX);
    FUZZ_CHECK(!request->room[0] || (!room_name_read(name, request->room, strlen(request->room)) &&
                                     !strcmp(name, request->room)));
    FUZZ_CHECK(request->room[0] || (request->route != API_ROOM && request->route < API_MESSAGES));
    FUZZ_CHECK(!request->has_epoch || request->has_offset);
    FUZZ_CHECK(request->is_write == (request->method == API_POST || request->method == API_DELETE));
}

/* An origin is its own, whatever it is; and one that was not named is let in by nothing but "any".
 */
static void check_origin(const char *allowed, const char *origin, const char *host)
{
    struct problem problem = {0};
    const char *at = strstr(origin, "://");

    if (at)
        FUZZ_CHECK(origin_is_allowed("same", origin, at + 3) == (at[3] != '\0') ||
                   !strncmp(at + 3, ":80", 3) || !strncmp(at + 3, ":443", 4));
    if (origin_is_allowed("same", origin, host))
        FUZZ_CHECK((at && strcasestr(origin, host)) || strstr(host, ":80") || strstr(host, ":443"));
    if (origin_check_option(allowed, &problem)) {
        fuzz_check_problem(&problem);
        return;
    }
    FUZZ_CHECK(origin_is_allowed(allowed, NULL, host));
    if (strcmp(allowed, "any") && strcmp(allowed, "same") &&
        origin_is_allowed(allowed, origin, host))
        FUZZ_CHECK(strcasestr(allowed, origin));
}

/* A byte of options and one for the method; then lines: path, epoch, offset, limit, after,
 * Last-Event-ID, Authorization, PIN, origins, Origin, Host. An empty one was not sent. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct fuzz_input input = {data, size};
    unsigned flags = fuzz_byte(&input), method = fuzz_byte(&input) % (API_OTHER_METHOD + 1);
    struct api_problem problem = {0};
    struct api_request request;
    char *lines[11], *given[11];
    size_t n;

    for (n = 0; n < 11; n++) {
        lines[n] = fuzz_text(&input, '\n', NULL);
        given[n] = lines[n][0] ? lines[n] : NULL;
    }
    if (api_request_route(&request, (enum api_method)method, lines[0], strlen(lines[0]),
                          &problem) ||
        api_request_parameters(
            &request, &(struct api_parameters){given[1], given[2], given[3], given[4], given[5]},
            &problem)) {
        check_problem(&problem);
    } else {
        check_request(&request);
        admit(&request, given[6], given[7], flags);
    }
    check_origin(lines[8], lines[9], lines[10]);
    for (n = 0; n < 11; n++)
        free(lines[n]);
    return 0;
}
