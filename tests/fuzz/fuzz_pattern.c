/* Texts with places in them: a provider's URL, a header, the line of an answer. What is sent to a
 * provider stays one request, whatever stands in the places. */
#include "fuzz.h"

#include "fetch_head.h"
#include "pattern.h"
#include "text_template.h"
#include "url.h"

#include <stdlib.h>
#include <string.h>

static size_t count_lines(const struct bytes *text)
{
    size_t n, lines = 0;

    for (n = 0; n < text->len; n++)
        lines += text->data[n] == '\n' && n && text->data[n - 1] == '\r';
    return lines;
}

static void send(const struct url *url, const char *method, const char *name, const char *value)
{
    const struct fetch_header headers[] = {{"X-First", "1"}, {name, value}};
    const struct fetch_request request = {
        .method = method, .headers = headers, .header_count = 2, .body = "b", .body_bytes = 1};
    struct bytes head = {0};
    size_t n;

    if (!fetch_head_is_sound(&request))
        return;
    FUZZ_CHECK(!fetch_head_write(&request, "example.net", url->target, &head));
    /* request line, Host, the two, Content-Length, the empty one; and nothing that ends a line
     * elsewhere */
    FUZZ_CHECK(count_lines(&head) == 6);
    for (n = 0; n < head.len; n++)
        FUZZ_CHECK(head.data[n] != '\n' || (n && head.data[n - 1] == '\r'));
    FUZZ_CHECK(!memchr(head.data, '\0', head.len));
    FUZZ_CHECK(!memcmp(head.data + head.len - 4, "\r\n\r\n", 4));
    bytes_fini(&head);
}

static void check_url(const char *text, const char *method, const char *name, const char *value)
{
    struct problem problem = {0};
    char missing[PATTERN_MISSING_BYTES];
    struct pattern *pattern;
    struct bytes filled = {0};
    struct url url, again;

    if (url_parse(text, &url, &problem)) {
        fuzz_check_problem(&problem);
        return;
    }
    FUZZ_CHECK(url.port >= 1 && url.port <= 65535 && url.host[0] && url.authority_bytes);
    FUZZ_CHECK(fuzz_is_printable(text, strlen(text)) && url_same_origin(&url, &url));
    FUZZ_CHECK(!url.target[0] || url.target[0] == '/' || url.target[0] == '?');
    send(&url, method, name, value);
    pattern = pattern_new(text, PATTERN_URL, missing, &problem);
    if (!pattern)
        fuzz_check_problem(&problem);
    if (pattern && !missing[0]) {
        FUZZ_CHECK(pattern_has_ip(pattern) == (strstr(text, "{ip}") != NULL));
        FUZZ_CHECK(!pattern_write(pattern, "2001:db8::1", "zh-CN", &filled));
        if (!strcspn(text, "{") || strcspn(text, "{") > strcspn(text, "?")) {
            FUZZ_CHECK(!url_parse(filled.data, &again, NULL));
            FUZZ_CHECK(url_same_origin(&url, &again));
        }
    }
    pattern_free(pattern);
    bytes_fini(&filled);
}

static void check_header(const char *text)
{
    struct problem problem = {0};
    struct pattern *pattern = pattern_new(text, PATTERN_HEADER, NULL, &problem);
    struct bytes filled = {0};

    if (!pattern)
        fuzz_check_problem(&problem);
    else
        FUZZ_CHECK(!pattern_write(pattern, "192.0.2.1", "en", &filled));
    if (pattern && !strpbrk(text, "{}"))
        FUZZ_CHECK(filled.len == strlen(text) && (!filled.len || !strcmp(filled.data, text)));
    pattern_free(pattern);
    bytes_fini(&filled);
}

static void check_template(const char *text)
{
    const char *values[RECORD_FIELD_COUNT] = {[RECORD_CITY] = "{city}", [RECORD_ASN] = "12"};
    struct record *record = record_new(values);
    struct problem problem = {0};
    struct text_template *line = text_template_new(text, &problem);
    struct bytes filled = {0};

    FUZZ_CHECK(record);
    if (!line) {
        fuzz_check_problem(&problem);
    } else {
        FUZZ_CHECK(!text_template_write(line, record, &filled));
        FUZZ_CHECK(!text_template_applies(line, NULL));
        if (!strchr(text, '{'))
            FUZZ_CHECK(!text_template_applies(line, record) &&
                       !strcmp(filled.len ? filled.data : "", text));
    }
    text_template_free(line);
    record_release(record);
    bytes_fini(&filled);
}

/* Lines: a URL, a method, the name of a field, its value (which is a line of an answer, too). */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct fuzz_input input = {data, size};
    char *url = fuzz_text(&input, '\n', NULL), *method = fuzz_text(&input, '\n', NULL);
    char *name = fuzz_text(&input, '\n', NULL), *value = fuzz_text(&input, '\0', NULL);

    check_url(url, method, name, value);
    check_header(value);
    check_template(value);
    free(url);
    free(method);
    free(name);
    free(value);
    return 0;
}
