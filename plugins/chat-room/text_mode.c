#include "text_mode.h"

#include "utf8.h"

#include <string.h>
#include <time.h>

#define TIME_BYTES 128 /* of a formatted time; a longer one is left out */

static int begin(struct bytes *out, const struct text_mode *mode, const char *label,
                 int64_t time_ms)
{
    time_t seconds = (time_t)(time_ms / 1000);
    char text[TIME_BYTES] = "";
    struct tm tm;

    localtime_r(&seconds, &tm);
    if (strftime(text, sizeof(text), mode->time_format, &tm) == 0)
        text[0] = '\0';
    return bytes_append_str(out, "[") || bytes_append_str(out, label) ||
                   bytes_append_str(out, "]-[") || bytes_append_str(out, text) ||
                   bytes_append_str(out, "]-")
               ? -1
               : 0;
}

int text_mode_open(struct bytes *out, const struct text_mode *mode, const char *label,
                   int64_t time_ms)
{
    return begin(out, mode, label, time_ms) || bytes_append_str(out, mode->open) ? -1 : 0;
}

int text_mode_say(struct bytes *out, const struct text_mode *mode, const struct message *message)
{
    const char *say = message->kind == MESSAGE_SAID ? mode->say : "";

    return begin(out, mode, message->label, message->time_ms) || bytes_append_str(out, say) ||
                   utf8_clean_line(out, message->text, message->text_len)
               ? -1
               : 0;
}

int text_mode_close(struct bytes *out, const struct text_mode *mode, const char *label,
                    int64_t time_ms)
{
    return begin(out, mode, label, time_ms) || bytes_append_str(out, mode->close) ? -1 : 0;
}

int text_mode_whisper(struct bytes *out, const struct text_mode *mode,
                      const struct message *message)
{
    return begin(out, mode, message->label, message->time_ms) || bytes_append_str(out, "(私聊)") ||
                   utf8_clean_line(out, message->text, message->text_len)
               ? -1
               : 0;
}
