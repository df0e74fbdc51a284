#include "log.h"

#include <libwebsockets.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#define DEFAULT_LEVELS (LLL_ERR | LLL_WARN | LLL_NOTICE)
#define LINE_BYTES 2048

static const char *name_of(int level)
{
    switch (level) {
    case LLL_ERR:
        return "error";
    case LLL_WARN:
        return "warning";
    case LLL_NOTICE:
        return "notice";
    case LLL_INFO:
        return "info";
    default:
        return "debug";
    }
}

/* What a peer or a configuration has put into a line must not begin another one. */
static void tame(char *text)
{
    for (; *text; text++)
        if ((unsigned char)*text < 0x20 || *text == 0x7f)
            *text = '?';
}

/* lws 4.3 and later put "[2026/01/31 23:59:59:1234] N: " in front; the line begins behind it. */
static const char *skip_stamp(const char *line)
{
    const char *end = line[0] == '[' && line[1] >= '0' && line[1] <= '9' ? strchr(line, ']') : NULL;

    if (!end || end[1] != ' ' || !end[2] || end[3] != ':' || end[4] != ' ')
        return line;
    return end + 5;
}

/* One write for the whole line, so that lines of several threads do not mix. */
static void emit(int level, const char *line)
{
    char text[LINE_BYTES], when[32] = "";
    struct timespec now;
    struct tm local;
    size_t length;

    line = skip_stamp(line);
    length = strlen(line);
    while (length && strchr("\r\n", line[length - 1]))
        length--;
    while (length && *line == ' ') {
        line++;
        length--;
    }
    clock_gettime(CLOCK_REALTIME, &now);
    if (localtime_r(&now.tv_sec, &local))
        strftime(when, sizeof(when), "%Y-%m-%d %H:%M:%S", &local);
    if (length > LINE_BYTES - 64)
        length = LINE_BYTES - 64;
    snprintf(text, sizeof(text), "%s.%03ld %s: %.*s", when, now.tv_nsec / 1000000, name_of(level),
             (int)length, line);
    tame(text);
    strcat(text, "\n");
    fputs(text, stderr);
}

/* lws's own notices begin with a function's or a connection's name; what plugins say does not. They
 * are for lws's developers, and any peer can make it write them. */
static void emit_without_lws(int level, const char *line)
{
    static const char *const beginnings[] = {
        "lws_", "_lws_", "__lws_", "rops_", "[", "Unknown client spec version", "hs0405 ", "   "};
    size_t n;

    line = skip_stamp(line);
    for (n = 0; level == LLL_NOTICE && n < sizeof(beginnings) / sizeof(beginnings[0]); n++)
        if (strncmp(line, beginnings[n], strlen(beginnings[n])) == 0)
            return;
    emit(level, line);
}

void log_init(struct log *log, long levels)
{
    memset(log, 0, sizeof(*log));
    log->is_lws_wanted = levels >= 0;
    log->levels = levels >= 0 ? (unsigned)levels : DEFAULT_LEVELS;
    log_lws_setting_up(log, true);
}

void log_lws_setting_up(const struct log *log, bool is_setting_up)
{
    unsigned levels = log->levels;

    if (is_setting_up && !log->is_lws_wanted)
        levels &= ~(unsigned)LLL_NOTICE;
#if defined(LWS_WITH_BINDTODEVICE)
    /* 4.5 and later try an address as the name of a device first, and warn that it is none. */
    if (is_setting_up && !log->is_lws_wanted)
        levels &= ~(unsigned)LLL_WARN;
#endif
    lws_set_log_level((int)levels, log->is_lws_wanted ? emit : emit_without_lws);
}

void log_lws_silent(void) { lws_set_log_level(0, emit); }

static void say(const struct log *log, int level, const char *format, va_list list)
{
    char line[LINE_BYTES];

    if (!(log->levels & (unsigned)level))
        return;
    vsnprintf(line, sizeof(line), format, list);
    emit(level, line);
}

void log_error(const struct log *log, const char *format, ...)
{
    char line[LINE_BYTES];
    va_list list;

    va_start(list, format);
    if (log->is_serving)
        say(log, LLL_ERR, format, list);
    else {
        vsnprintf(line, sizeof(line), format, list);
        tame(line);
        fprintf(stderr, "%s\n", line);
    }
    va_end(list);
}

void log_warning(const struct log *log, const char *format, ...)
{
    va_list list;

    va_start(list, format);
    say(log, LLL_WARN, format, list);
    va_end(list);
}

void log_notice(const struct log *log, const char *format, ...)
{
    va_list list;

    va_start(list, format);
    say(log, LLL_NOTICE, format, list);
    va_end(list);
}

void log_info(const struct log *log, const char *format, ...)
{
    va_list list;

    va_start(list, format);
    say(log, LLL_INFO, format, list);
    va_end(list);
}
