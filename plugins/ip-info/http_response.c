#include "http_response.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>

#define MAX_RETRY_AFTER_S 86400

void http_response_begin(struct http_response *response, size_t max_body_bytes,
                         const char *const *wanted_names)
{
    struct bytes body = response->body, line = response->line;

    memset(response, 0, sizeof(*response));
    bytes_clear(&body);
    bytes_clear(&line);
    response->body = body;
    response->line = line;
    response->max_body_bytes = max_body_bytes;
    response->wanted_names = wanted_names;
}

void http_response_fini(struct http_response *response)
{
    bytes_fini(&response->body);
    bytes_fini(&response->line);
}

bool http_response_is_untouched(const struct http_response *response)
{
    return response->head_bytes == 0;
}

/* Take the status code, with which a head begins: three digits. */
static enum http_response_result begin_head(struct http_response *response, const char *code)
{
    if (strspn(code, "0123456789") != 3 || code[0] == '0')
        return HTTP_RESPONSE_BAD;
    response->code = (unsigned)((code[0] - '0') * 100 + (code[1] - '0') * 10 + (code[2] - '0'));
    response->says_close = false;
    response->retry_after[0] = 0;
    memset(response->wanted, 0, sizeof(response->wanted));
    response->state = HTTP_RESPONSE_FIELDS;
    return HTTP_RESPONSE_MORE;
}

/* RFC 9112 4: HTTP/1.1 200 OK. HTTP/1.0 closes, unless a field says otherwise. */
static enum http_response_result read_status(struct http_response *response, const char *line)
{
    if (strncmp(line, "HTTP/1.", 7) != 0 || (line[7] != '0' && line[7] != '1') || line[8] != ' ' ||
        begin_head(response, line + 9) != HTTP_RESPONSE_MORE || (line[12] != ' ' && line[12] != 0))
        return HTTP_RESPONSE_BAD;
    snprintf(response->reason, sizeof(response->reason), "%s", line[12] ? line + 13 : "");
    response->is_http_1_0 = line[7] == '0';
    response->keeps_alive = !response->is_http_1_0;
    return HTTP_RESPONSE_MORE;
}

static enum http_response_result read_length(struct http_response *response, const char *value)
{
    uint64_t length = 0;
    const char *c = value;

    for (; *c >= '0' && *c <= '9' && length < UINT64_MAX / 16; c++)
        length = length * 10 + (uint64_t)(*c - '0');
    if (c == value || *c || (response->has_length && response->left != length))
        return HTTP_RESPONSE_BAD;
    response->has_length = true;
    response->left = length;
    return HTTP_RESPONSE_MORE;
}

/* True when the comma list `value` has the element `word`. */
static bool has_word(const char *value, const char *word)
{
    size_t len = strlen(word);

    while (*value) {
        size_t blank = strspn(value, " \t,"), element = strcspn(value + blank, " \t,");

        value += blank;
        if (element == len && strncasecmp(value, word, len) == 0)
            return true;
        value += element;
    }
    return false;
}

static void keep_wanted(struct http_response *response, const char *name, size_t name_len,
                        const char *value)
{
    const char *const *names = response->wanted_names;
    size_t n;

    for (n = 0; names && n < HTTP_RESPONSE_MAX_WANTED && names[n]; n++)
        if (strlen(names[n]) == name_len && strncasecmp(name, names[n], name_len) == 0 &&
            strlen(value) < HTTP_RESPONSE_WANTED_BYTES)
            strcpy(response->wanted[n], value);
}

static enum http_response_result read_field(struct http_response *response, const char *name,
                                            size_t name_len, const char *value)
{
    keep_wanted(response, name, name_len, value);
    if (name_len == 14 && strncasecmp(name, "content-length", 14) == 0)
        return read_length(response, value);
    if (name_len == 17 && strncasecmp(name, "transfer-encoding", 17) == 0) {
        if (response->is_chunked || strcasecmp(value, "chunked") != 0)
            return HTTP_RESPONSE_BAD; /* nobody asked for a coding, let alone for two */
        response->is_chunked = true;
    } else if (name_len == 10 && strncasecmp(name, "connection", 10) == 0) {
        response->says_close = response->says_close || has_word(value, "close");
        response->keeps_alive =
            !response->says_close && (response->keeps_alive || has_word(value, "keep-alive"));
    } else if (name_len == 11 && strncasecmp(name, "retry-after", 11) == 0 &&
               strlen(value) < sizeof(response->retry_after)) {
        strcpy(response->retry_after, value);
    }
    return HTTP_RESPONSE_MORE;
}

/* The head has ended: what is the body? RFC 9112 6.3. */
static enum http_response_result end_head(struct http_response *response)
{
    if (response->code == 101)
        return HTTP_RESPONSE_BAD;
    if (response->code < 200) { /* the real one follows */
        response->state = HTTP_RESPONSE_STATUS;
        response->has_length = response->is_chunked = false;
        return HTTP_RESPONSE_MORE;
    }
    if (response->code == 204 || response->code == 304 || response->is_to_head ||
        (!response->is_chunked && response->has_length && response->left == 0)) {
        response->state = HTTP_RESPONSE_COMPLETE;
        return HTTP_RESPONSE_DONE;
    }
    if (response->is_chunked) {
        /* A length beside it, or a version that has no chunks, is a sign that somebody on the way
         * is confused: RFC 9112 6.1. */
        response->keeps_alive =
            response->keeps_alive && !response->has_length && !response->is_http_1_0;
        response->state = HTTP_RESPONSE_CHUNK_SIZE;
    } else if (response->has_length) {
        response->state = HTTP_RESPONSE_LENGTH;
        if (response->left > response->max_body_bytes)
            return HTTP_RESPONSE_TOO_LARGE;
    } else {
        response->keeps_alive = false;
        response->state = HTTP_RESPONSE_UNTIL_CLOSE;
    }
    return HTTP_RESPONSE_MORE;
}

static enum http_response_result read_field_line(struct http_response *response, char *line)
{
    char *colon = strchr(line, ':'), *value, *end;

    if (!line[0])
        return end_head(response);
    /* No blank before the colon, no folded lines: RFC 9112 5.1, 5.2. */
    if (!colon || colon == line || strcspn(line, " \t") < (size_t)(colon - line))
        return HTTP_RESPONSE_BAD;
    value = colon + 1 + strspn(colon + 1, " \t");
    for (end = value + strlen(value); end > value && (end[-1] == ' ' || end[-1] == '\t'); end--)
        end[-1] = 0;
    return read_field(response, line, (size_t)(colon - line), value);
}

static int hex_digit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

static enum http_response_result read_chunk_size(struct http_response *response, const char *line)
{
    uint64_t size = 0;
    const char *c = line, *rest;

    for (; hex_digit(*c) >= 0 && c - line < 15; c++)
        size = size * 16 + (uint64_t)hex_digit(*c);
    rest = c + strspn(c, " \t");
    if (c == line || (*rest && *rest != ';'))
        return HTTP_RESPONSE_BAD;
    if (size > response->max_body_bytes - response->body.len)
        return HTTP_RESPONSE_TOO_LARGE;
    response->left = size;
    response->state = size ? HTTP_RESPONSE_CHUNK : HTTP_RESPONSE_TRAILERS;
    return HTTP_RESPONSE_MORE;
}

static enum http_response_result read_line(struct http_response *response, char *line)
{
    switch (response->state) {
    case HTTP_RESPONSE_STATUS:
        return read_status(response, line);
    case HTTP_RESPONSE_FIELDS:
        return read_field_line(response, line);
    case HTTP_RESPONSE_CHUNK_SIZE:
        return read_chunk_size(response, line);
    case HTTP_RESPONSE_CHUNK_END:
        response->state = HTTP_RESPONSE_CHUNK_SIZE;
        return line[0] ? HTTP_RESPONSE_BAD : HTTP_RESPONSE_MORE;
    case HTTP_RESPONSE_TRAILERS:
        if (line[0])
            return HTTP_RESPONSE_MORE;
        response->state = HTTP_RESPONSE_COMPLETE;
        return HTTP_RESPONSE_DONE;
    default:
        return HTTP_RESPONSE_BAD;
    }
}

/* Take bytes up to the end of a line, and read the line when its end is there. */
static enum http_response_result feed_line(struct http_response *response, const char **data,
                                           const char *end)
{
    const char *newline = memchr(*data, '\n', (size_t)(end - *data));
    size_t len = (size_t)((newline ? newline + 1 : end) - *data);
    struct bytes *line = &response->line;
    enum http_response_result result;

    /* Chunk lines are bounded one by one, the head as a whole. */
    if (response->state == HTTP_RESPONSE_CHUNK_SIZE || response->state == HTTP_RESPONSE_CHUNK_END)
        response->head_bytes = line->len + 1;
    response->head_bytes += len;
    if (response->head_bytes > HTTP_RESPONSE_MAX_HEAD_BYTES)
        return HTTP_RESPONSE_TOO_LARGE;
    if (bytes_append(line, *data, len))
        return HTTP_RESPONSE_NO_MEMORY;
    *data += len;
    if (!newline)
        return HTTP_RESPONSE_MORE;
    len = line->len - 1;
    if (len && line->data[len - 1] == '\r')
        len--;
    line->data[len] = 0;
    /* A NUL or a bare CR may mean another thing to somebody on the way: RFC 9112 2.2. */
    result = strcspn(line->data, "\r") == len ? read_line(response, line->data) : HTTP_RESPONSE_BAD;
    bytes_clear(line);
    return result;
}

static enum http_response_result feed_body(struct http_response *response, const char **data,
                                           const char *end)
{
    bool is_open = response->state == HTTP_RESPONSE_UNTIL_CLOSE;
    size_t len = (size_t)(end - *data);

    if (!is_open && len > response->left)
        len = (size_t)response->left;
    if (len > response->max_body_bytes - response->body.len)
        return HTTP_RESPONSE_TOO_LARGE;
    if (bytes_append(&response->body, *data, len))
        return HTTP_RESPONSE_NO_MEMORY;
    *data += len;
    if (is_open)
        return HTTP_RESPONSE_MORE;
    response->left -= len;
    if (response->left)
        return HTTP_RESPONSE_MORE;
    response->state =
        response->state == HTTP_RESPONSE_CHUNK ? HTTP_RESPONSE_CHUNK_END : HTTP_RESPONSE_COMPLETE;
    return response->state == HTTP_RESPONSE_COMPLETE ? HTTP_RESPONSE_DONE : HTTP_RESPONSE_MORE;
}

enum http_response_result http_response_feed(struct http_response *response, const char *data,
                                             size_t len)
{
    const char *end = data + len;
    enum http_response_result result = HTTP_RESPONSE_MORE;

    while (data < end && result == HTTP_RESPONSE_MORE) {
        switch (response->state) {
        case HTTP_RESPONSE_LENGTH:
        case HTTP_RESPONSE_CHUNK:
        case HTTP_RESPONSE_UNTIL_CLOSE:
            result = feed_body(response, &data, end);
            break;
        default:
            result = feed_line(response, &data, end);
            break;
        }
    }
    if (data < end)
        response->keeps_alive = false;
    return result;
}

/* RFC 9113 6.5.2 counts 32 bytes beside name and value. */
enum http_response_result http_response_field(struct http_response *response, const char *name,
                                              size_t name_len, const char *value)
{
    response->head_bytes += name_len + strlen(value) + 32;
    if (response->head_bytes > HTTP_RESPONSE_MAX_HEAD_BYTES)
        return HTTP_RESPONSE_TOO_LARGE;
    if (name[0] == ':')
        return begin_head(response, value);
    return response->state == HTTP_RESPONSE_FIELDS ? read_field(response, name, name_len, value)
                                                   : HTTP_RESPONSE_MORE;
}

/* The end of the body is the end of the stream; whether the length was right is HTTP/2's business,
 * but too much of it need not be waited for. */
enum http_response_result http_response_end_fields(struct http_response *response)
{
    bool has_body = !response->is_to_head && response->code != 304;

    if (response->state != HTTP_RESPONSE_FIELDS)
        return HTTP_RESPONSE_MORE;
    if (response->code < 200) {
        response->state = HTTP_RESPONSE_STATUS;
        response->has_length = false;
        return HTTP_RESPONSE_MORE;
    }
    response->state = HTTP_RESPONSE_UNTIL_CLOSE;
    return has_body && response->has_length && response->left > response->max_body_bytes
               ? HTTP_RESPONSE_TOO_LARGE
               : HTTP_RESPONSE_MORE;
}

enum http_response_result http_response_close(struct http_response *response)
{
    return response->state == HTTP_RESPONSE_UNTIL_CLOSE ? HTTP_RESPONSE_DONE : HTTP_RESPONSE_BAD;
}

/* RFC 9110 10.2.3: seconds, or a date in the one form that is still sent (5.6.7). */
unsigned http_response_retry_after_s(const struct http_response *response, int64_t now)
{
    const char *text = response->retry_after, *end;
    struct tm date = {0};
    int64_t seconds;

    if (!text[0])
        return 0;
    if (strspn(text, "0123456789") == strlen(text)) {
        seconds = strlen(text) > 9 ? MAX_RETRY_AFTER_S : strtol(text, NULL, 10);
    } else {
        end = strptime(text, "%a, %d %b %Y %H:%M:%S GMT", &date);
        seconds = end && !*end ? (int64_t)timegm(&date) - now : 0;
    }
    if (seconds < 0)
        return 0;
    return seconds > MAX_RETRY_AFTER_S ? MAX_RETRY_AFTER_S : (unsigned)seconds;
}
