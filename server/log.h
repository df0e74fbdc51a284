/* log — lines on standard error, ours and libwebsockets', with the time in front.
 *
 * Shape:    the levels that are wanted. Before the host serves, what is wrong is said as a plain
 *           line, as compilers do; afterwards everything has a time and a level. Control characters
 *           become question marks, so that a line is a line.
 * Owns:     nothing.
 * Borrows:  nothing.
 * Calls up: nothing.
 */
#ifndef LWSHOST_LOG_H
#define LWSHOST_LOG_H

#include <stdbool.h>

struct log {
    unsigned levels;    /* LLL_* bits */
    bool is_lws_wanted; /* somebody asked for levels, so lws's own notices are wanted too */
    bool is_serving;
};

/* Send what libwebsockets says to standard error as well.
 * levels: LLL_* bits, or -1 for the default, under which lws's own notices are left out, but not
 * those of plugins. */
void log_init(struct log *log, long levels);

/* Let lws speak at the wanted levels, or, while it sets up, without any notices. */
void log_lws_setting_up(const struct log *log, bool is_setting_up);

/* Let lws say nothing at all, for a while in which its errors are expected. */
void log_lws_silent(void);

/* One line, without the newline. */
void log_error(const struct log *log, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
void log_warning(const struct log *log, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
void log_notice(const struct log *log, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
void log_info(const struct log *log, const char *format, ...) __attribute__((format(printf, 2, 3)));

#endif
