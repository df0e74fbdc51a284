#include "fetch_head.h"

#include <string.h>
#include <strings.h>

static bool is_token(const char *text)
{
    return text[0] && strspn(text, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
                                   "!#$%&'*+-.^_`|~") == strlen(text);
}

static bool is_one_of(const char *text, const char *const *list)
{
    for (; *list; list++)
        if (strcasecmp(text, *list) == 0)
            return true;
    return false;
}

bool fetch_head_takes_name(const char *name)
{
    static const char *const own[] = {
        "host",    "content-length", "transfer-encoding", "te",     "connection", "keep-alive",
        "upgrade", "trailer",        "proxy-connection",  "expect", NULL};

    return is_token(name) && !is_one_of(name, own);
}

static bool is_value(const char *text)
{
    for (; *text; text++)
        if (((unsigned char)*text < ' ' && *text != '\t') || *text == 127)
            return false;
    return true;
}

bool fetch_head_is_sound(const struct fetch_request *request)
{
    size_t n;

    if (!is_token(request->method) || strcmp(request->method, "CONNECT") == 0)
        return false;
    for (n = 0; n < request->header_count; n++)
        if (!fetch_head_takes_name(request->headers[n].name) ||
            !is_value(request->headers[n].value))
            return false;
    return true;
}

bool fetch_head_is_idempotent(const struct fetch_request *request)
{
    static const char *const methods[] = {"GET", "HEAD", "OPTIONS", "PUT", "DELETE", "TRACE", NULL};

    return is_one_of(request->method, methods);
}

/* RFC 9110 8.6: who asks with a method that carries a body says so when there is none. */
bool fetch_head_says_length(const struct fetch_request *request)
{
    static const char *const methods[] = {"POST", "PUT", "PATCH", NULL};

    return request->body || is_one_of(request->method, methods);
}

static int put(struct bytes *out, const char *a, const char *b, const char *c, const char *d)
{
    return bytes_append_str(out, a) || bytes_append_str(out, b) || bytes_append_str(out, c) ||
                   bytes_append_str(out, d)
               ? -1
               : 0;
}

int fetch_head_write(const struct fetch_request *request, const char *authority, const char *target,
                     struct bytes *out)
{
    size_t n;

    if (put(out, request->method, " ", target[0] ? target : "/", " HTTP/1.1\r\nHost: ") ||
        put(out, authority, "\r\n", "", ""))
        return -1;
    for (n = 0; n < request->header_count; n++)
        if (put(out, request->headers[n].name, ": ", request->headers[n].value, "\r\n"))
            return -1;
    if (fetch_head_says_length(request) &&
        bytes_printf(out, "Content-Length: %zu\r\n",
                     request->body ? request->body_bytes : (size_t)0))
        return -1;
    return bytes_append_str(out, "\r\n");
}
