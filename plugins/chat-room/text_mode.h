/* text_mode — the tutorial's lines: `[ip]-[time]-进入聊天室`, `…-说：msg`, `…-离开聊天室`.
 *
 * Shape:    four words and a strftime format; one function a kind of line.
 * Owns:     nothing.
 * Borrows:  the words, as long as the struct is used (they are options of the vhost).
 * Calls up: nothing.
 * Not here: who gets a line.
 *
 * The writers append one line to `out` and return 0, or -1 when memory is short.
 */
#ifndef CHAT_TEXT_MODE_H
#define CHAT_TEXT_MODE_H

#include "bytes.h"
#include "message.h"

struct text_mode {
    const char *open, *say, *close; /* what stands behind the brackets */
    const char *announce;           /* between the first brackets, of what nobody said */
    const char *time_format;        /* of strftime, in local time */
};

int text_mode_open(struct bytes *out, const struct text_mode *mode, const char *label,
                   int64_t time_ms);
/* A message, said or announced. */
int text_mode_say(struct bytes *out, const struct text_mode *mode, const struct message *message);
int text_mode_close(struct bytes *out, const struct text_mode *mode, const char *label,
                    int64_t time_ms);

/* A whisper, for the one text client that it is for. */
int text_mode_whisper(struct bytes *out, const struct text_mode *mode,
                      const struct message *message);

#endif
