#include "wire_event.h"

#include "json_writer.h"

#include <string.h>
#include <time.h>

static struct json_writer begin(struct bytes *out, const char *type)
{
    struct json_writer writer = {.out = out};

    json_out_begin(&writer, NULL, '{');
    json_out_string(&writer, "type", type);
    return writer;
}

static int end(struct json_writer *writer)
{
    json_out_end(writer, '}');
    return writer->has_failed ? -1 : 0;
}

static void put_id(struct json_writer *writer, const struct wire_id *id)
{
    if (id->kind == WIRE_ID_NUMBER)
        json_out_number(writer, "id", id->number);
    else if (id->kind == WIRE_ID_TEXT)
        json_out_string(writer, "id", id->text);
}

/* Write the last `count` digits of `number`. Returns what is behind them. */
static char *put_digits(char *to, size_t count, unsigned number)
{
    size_t n;

    for (n = count; n-- > 0; number /= 10)
        to[n] = (char)('0' + number % 10);
    return to + count;
}

/* RFC 3339, UTC, milliseconds: `2026-11-23T10:46:37.120Z`. By hand, since every message has one and
 * strftime takes much longer. */
static void put_time(struct json_writer *writer, int64_t time_ms)
{
    time_t seconds = (time_t)(time_ms / 1000);
    struct tm tm = {0};
    char text[24], *to = text;

    gmtime_r(&seconds, &tm);
    to = put_digits(to, 4, (unsigned)(tm.tm_year + 1900));
    *to++ = '-';
    to = put_digits(to, 2, (unsigned)(tm.tm_mon + 1));
    *to++ = '-';
    to = put_digits(to, 2, (unsigned)tm.tm_mday);
    *to++ = 'T';
    to = put_digits(to, 2, (unsigned)tm.tm_hour);
    *to++ = ':';
    to = put_digits(to, 2, (unsigned)tm.tm_min);
    *to++ = ':';
    to = put_digits(to, 2, (unsigned)tm.tm_sec);
    *to++ = '.';
    to = put_digits(to, 3, (unsigned)(time_ms % 1000));
    *to++ = 'Z';
    json_out_text(writer, "time", text, (size_t)(to - text));
}

static void put_person(struct json_writer *writer, const char *name,
                       const struct wire_person *person)
{
    json_out_begin(writer, name, '{');
    json_out_string(writer, "nick", person->nick);
    json_out_string(writer, "user", person->user);
    json_out_end(writer, '}');
}

static void put_people(struct json_writer *writer, const struct wire_person *people, size_t count)
{
    size_t n;

    json_out_begin(writer, "participants", '[');
    for (n = 0; n < count; n++)
        put_person(writer, NULL, &people[n]);
    json_out_end(writer, ']');
}

int wire_welcome(struct bytes *out, const struct wire_welcome *welcome)
{
    struct json_writer writer = begin(out, "welcome");

    json_out_number(&writer, "protocol", 1);
    json_out_string(&writer, "session", welcome->session);
    json_out_string(&writer, "user", welcome->user);
    put_time(&writer, welcome->time_ms);
    json_out_number(&writer, "ping_interval", (int64_t)welcome->ping_interval_s);
    json_out_begin(&writer, "limits", '{');
    json_out_number(&writer, "message_bytes", (int64_t)welcome->message_bytes);
    json_out_number(&writer, "rate", (int64_t)welcome->rate);
    json_out_number(&writer, "burst", (int64_t)welcome->burst);
    json_out_number(&writer, "nick_chars", 32);
    json_out_number(&writer, "rooms", (int64_t)welcome->rooms);
    json_out_end(&writer, '}');
    json_out_string(&writer, "default_room", welcome->default_room);
    return end(&writer);
}

int wire_joined(struct bytes *out, const struct wire_joined *joined)
{
    struct json_writer writer = begin(out, "joined");

    put_id(&writer, joined->id);
    json_out_string(&writer, "room", joined->room);
    json_out_string(&writer, "nick", joined->self.nick);
    json_out_string(&writer, "user", joined->self.user);
    json_out_string(&writer, "epoch", joined->epoch);
    json_out_number(&writer, "offset", (int64_t)joined->offset);
    if (joined->has_since)
        json_out_flag(&writer, "recovered", joined->is_recovered);
    json_out_number(&writer, "replay", (int64_t)joined->replay);
    if (joined->has_missed)
        json_out_number(&writer, "missed", (int64_t)joined->missed);
    else
        json_out_null(&writer, "missed");
    put_people(&writer, joined->participants, joined->participant_count);
    json_out_number(&writer, "count", (int64_t)joined->count);
    return end(&writer);
}

/* The members that a message has live, replayed and in a page of the history. */
static void put_message(struct json_writer *writer, const struct message *message)
{
    struct wire_person from = {message->nick, message->user};

    json_out_number(writer, "offset", (int64_t)message->offset);
    put_time(writer, message->time_ms);
    if (message->kind == MESSAGE_SAID)
        put_person(writer, "from", &from);
    json_out_text(writer, "text", message->text, message->text_len);
    if (message->cid[0])
        json_out_string(writer, "cid", message->cid);
}

static const char *message_type(const struct message *message)
{
    return message->kind == MESSAGE_ANNOUNCED ? "announcement" : "message";
}

int wire_message(struct bytes *out, const char *room, const struct message *message, bool is_replay)
{
    struct json_writer writer = begin(out, message_type(message));

    json_out_string(&writer, "room", room);
    put_message(&writer, message);
    if (is_replay)
        json_out_flag(&writer, "replay", true);
    return end(&writer);
}

/* Who came or went, up to what may follow. */
static struct json_writer begin_presence(struct bytes *out, enum wire_presence what,
                                         const char *room, const struct wire_person *who,
                                         int64_t time_ms, size_t count)
{
    struct json_writer writer = begin(out, what == WIRE_JOIN ? "join" : "leave");

    json_out_string(&writer, "room", room);
    json_out_string(&writer, "user", who->user);
    json_out_string(&writer, "nick", who->nick);
    put_time(&writer, time_ms);
    json_out_number(&writer, "count", (int64_t)count);
    return writer;
}

int wire_presence(struct bytes *out, enum wire_presence what, const char *room,
                  const struct wire_person *who, int64_t time_ms, size_t count, const char *reason)
{
    struct json_writer writer = begin_presence(out, what, room, who, time_ms, count);

    if (reason)
        json_out_string(&writer, "reason", reason);
    return end(&writer);
}

int wire_expelled(struct bytes *out, const char *room, const struct wire_person *who,
                  int64_t time_ms, size_t count, const char *words)
{
    struct json_writer writer = begin_presence(out, WIRE_LEAVE, room, who, time_ms, count);

    json_out_string(&writer, "reason", "kicked");
    json_out_string(&writer, "message", words);
    return end(&writer);
}

int wire_room_closed(struct bytes *out, const char *room, const char *reason)
{
    struct json_writer writer = begin(out, "room_closed");

    json_out_string(&writer, "room", room);
    json_out_string(&writer, "reason", reason);
    return end(&writer);
}

int wire_renamed(struct bytes *out, const char *room, const struct wire_person *who,
                 const char *previous)
{
    struct json_writer writer = begin(out, "nick");

    json_out_string(&writer, "room", room);
    json_out_string(&writer, "user", who->user);
    json_out_string(&writer, "nick", who->nick);
    json_out_string(&writer, "previous", previous);
    return end(&writer);
}

int wire_whisper(struct bytes *out, const char *room, const struct wire_person *from,
                 const struct wire_text *to, size_t to_count, const struct message *message)
{
    struct json_writer writer = begin(out, "message");
    size_t n;

    json_out_string(&writer, "room", room);
    put_time(&writer, message->time_ms);
    put_person(&writer, "from", from);
    json_out_begin(&writer, "to", '[');
    for (n = 0; n < to_count; n++)
        json_out_text(&writer, NULL, to[n].at, to[n].len);
    json_out_end(&writer, ']');
    json_out_text(&writer, "text", message->text, message->text_len);
    json_out_string(&writer, "cid", message->cid);
    return end(&writer);
}

int wire_typing(struct bytes *out, const char *room, const struct wire_person *who, bool is_active)
{
    struct json_writer writer = begin(out, "typing");

    json_out_string(&writer, "room", room);
    json_out_string(&writer, "user", who->user);
    json_out_string(&writer, "nick", who->nick);
    json_out_flag(&writer, "active", is_active);
    return end(&writer);
}

int wire_ok(struct bytes *out, const struct wire_id *id)
{
    struct json_writer writer = begin(out, "ok");

    put_id(&writer, id);
    return end(&writer);
}

int wire_ok_kept(struct bytes *out, const struct wire_id *id, uint64_t offset, int64_t time_ms)
{
    struct json_writer writer = begin(out, "ok");

    put_id(&writer, id);
    json_out_number(&writer, "offset", (int64_t)offset);
    put_time(&writer, time_ms);
    return end(&writer);
}

int wire_ok_delivered(struct bytes *out, const struct wire_id *id, const char *const *delivered,
                      size_t count)
{
    struct json_writer writer = begin(out, "ok");
    size_t n;

    put_id(&writer, id);
    json_out_begin(&writer, "delivered", '[');
    for (n = 0; n < count; n++)
        json_out_string(&writer, NULL, delivered[n]);
    json_out_end(&writer, ']');
    return end(&writer);
}

int wire_error(struct bytes *out, const struct wire_id *id, const char *room, enum refusal refusal,
               const char *detail, uint64_t retry_after_ms)
{
    const struct refusal_info *info = refusal_info(refusal);
    struct json_writer writer = begin(out, "error");

    put_id(&writer, id);
    if (room)
        json_out_string(&writer, "room", room);
    json_out_number(&writer, "code", (int64_t)info->code);
    json_out_string(&writer, "reason", info->reason);
    json_out_string(&writer, "message", detail ? detail : info->message);
    json_out_flag(&writer, "temporary", info->is_temporary);
    if (retry_after_ms)
        json_out_number(&writer, "retry_after", (int64_t)retry_after_ms);
    return end(&writer);
}

int wire_participants(struct bytes *out, const struct wire_id *id, const char *room,
                      const struct wire_person *people, size_t listed, size_t count, bool has_more)
{
    struct json_writer writer = begin(out, "participants");

    put_id(&writer, id);
    json_out_string(&writer, "room", room);
    put_people(&writer, people, listed);
    json_out_number(&writer, "count", (int64_t)count);
    json_out_flag(&writer, "more", has_more);
    return end(&writer);
}

int wire_history(struct bytes *out, const struct wire_id *id, const char *room, const char *epoch,
                 const struct message *messages, size_t count, bool has_more)
{
    struct json_writer writer = begin(out, "history");
    size_t n;

    put_id(&writer, id);
    json_out_string(&writer, "room", room);
    json_out_string(&writer, "epoch", epoch);
    json_out_begin(&writer, "messages", '[');
    for (n = 0; n < count; n++) {
        json_out_begin(&writer, NULL, '{');
        json_out_string(&writer, "type", message_type(&messages[n]));
        json_out_string(&writer, "room", room);
        put_message(&writer, &messages[n]);
        json_out_end(&writer, '}');
    }
    json_out_end(&writer, ']');
    json_out_flag(&writer, "more", has_more);
    return end(&writer);
}

int wire_ping(struct bytes *out)
{
    struct json_writer writer = begin(out, "ping");

    return end(&writer);
}
