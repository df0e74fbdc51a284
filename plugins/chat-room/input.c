#include "input.h"

#include "access.h"
#include "moderation.h"
#include "publish.h"
#include "requests.h"
#include "seen.h"
#include "utf8.h"

#define BAD_FRAMES_MAX 10 /* answered with 400, in a row */
#define GUESSES_MAX 10    /* of secrets, since the last right one */
#define REFUSED_MAX 50    /* for their rate, within a minute */
#define MINUTE_US 60000000u

/* A bucket that fills at `rate` a second up to `burst`, kept as the time at which it is full.
 * Returns 0 when there was a token to take, or how long to wait for one, in µs. */
static uint64_t take_token(struct conn *conn, uint64_t now_us)
{
    const struct chat_options *options = conn->world->options;
    uint64_t step_us, span_us;

    if (options->rate == 0)
        return 0;
    step_us = 1000000u / options->rate;
    span_us = step_us * options->burst;
    if (conn->tokens_us < now_us)
        conn->tokens_us = now_us;
    if (conn->tokens_us + step_us > now_us + span_us)
        return conn->tokens_us + step_us - now_us - span_us;
    conn->tokens_us += step_us;
    return 0;
}

/* Count a message against the rate. Returns 0 when it may pass, or the time to wait in µs; a flood
 * of those closes the connection. */
static uint64_t limit_rate(struct conn *conn)
{
    uint64_t now_us = conn->world->port->now_us();
    uint64_t wait_us = take_token(conn, now_us);

    if (wait_us == 0)
        return 0;
    if (now_us - conn->refused_us > MINUTE_US) {
        conn->refused_us = now_us;
        conn->refused = 0;
    }
    if (++conn->refused >= REFUSED_MAX)
        conn_close(conn, CLOSE_FLOOD, "flood");
    return wait_us;
}

static void refuse(struct conn *conn, const struct request *request, enum refusal refusal)
{
    char name[ROOM_NAME_BYTES_MAX + 1];
    struct bytes *out = &conn->world->scratch;
    bool has_room = request->room.at && !room_name_read(name, request->room.at, request->room.len);

    conn->world->counters.errors[refusal]++;
    seen_refusal(conn, refusal, has_room ? name : NULL);
    if (conn->is_closing)
        return;
    bytes_clear(out);
    if (!wire_error(out, &request->id, has_room ? name : NULL, refusal, request->trouble,
                    request->retry_after_ms))
        conn_send(conn, out->data, out->len);
    if (refusal_info(refusal)->code == 400 && ++conn->bad_frames >= BAD_FRAMES_MAX)
        conn_close(conn, CLOSE_FLOOD, "too many bad frames");
    if (access_is_guess(refusal) && ++conn->guesses >= GUESSES_MAX)
        conn_close(conn, CLOSE_FLOOD, "too many wrong secrets");
}

static void take_json(struct conn *conn, const char *message, size_t len)
{
    struct request request;
    enum refusal refusal = request_read(&request, message, len);
    uint64_t wait_us = request.type == REQUEST_PONG ? 0 : limit_rate(conn);

    request.retry_after_ms = (wait_us + 999) / 1000;
    if (wait_us)
        refusal = REFUSAL_RATE_LIMITED;
    else if (!refusal)
        refusal = request_do(conn, &request);
    if (refusal == REFUSAL_NONE || refusal_info(refusal)->code != 400)
        conn->bad_frames = 0;
    if (refusal)
        refuse(conn, &request, refusal);
    request_fini(&request);
}

static void take_text(struct conn *conn, const char *message, size_t len)
{
    struct dlist_node *place = dlist_first(&conn->session->members);
    struct counters *counters = &conn->world->counters;
    struct bytes *clean = &conn->world->clean;
    struct saying saying = {.cid = ""};
    struct member *member = place ? DLIST_ENTRY(place, struct member, of_session) : NULL;
    uint64_t muted_ms;

    if (!member)
        return;
    if (limit_rate(conn)) {
        counters->errors[REFUSAL_RATE_LIMITED]++;
        return;
    }
    if (moderation_hear(member, &muted_ms)) {
        counters->errors[REFUSAL_MUTED]++;
        return;
    }
    bytes_clear(clean);
    if (utf8_clean_line(clean, message, len))
        return;
    saying.text = clean->data ? clean->data : "";
    saying.text_len = clean->len;
    publish(member, &saying);
}

static void take_message(struct conn *conn, const char *message, size_t len)
{
    if (!utf8_is_valid(message, len))
        conn_close(conn, CLOSE_BAD_UTF8, "invalid UTF-8");
    else if (conn->mode == CONN_TEXT)
        take_text(conn, message, len);
    else
        take_json(conn, message, len);
}

/* The most that one message may have, whatever is in it. */
static size_t message_limit(const struct conn *conn)
{
    const struct chat_options *options = conn->world->options;

    if (conn->mode == CONN_TEXT && options->max_message_bytes < options->max_frame_bytes)
        return options->max_message_bytes;
    return options->max_frame_bytes;
}

void input_piece(struct conn *conn, const struct rx_piece *piece, bool is_binary)
{
    const char *message;
    size_t len;

    if (!conn->world || conn->is_closing || !conn->session)
        return;
    conn_heard(conn);
    if (is_binary) {
        conn_close(conn, CLOSE_UNSUPPORTED, "binary is not supported");
        return;
    }
    switch (rx_buf_feed(&conn->rx, piece, message_limit(conn), &message, &len)) {
    case RX_MORE:
        return;
    case RX_TOO_BIG:
        conn_close(conn, CLOSE_TOO_BIG, "message too big");
        return;
    case RX_NO_MEMORY:
        conn_close(conn, CLOSE_INTERNAL, "out of memory");
        return;
    case RX_WHOLE:
        break;
    }
    conn->world->counters.received_messages[conn->mode]++;
    conn->world->counters.received_bytes += len;
    take_message(conn, message, len);
    if (conn->world)
        rx_buf_fini(&conn->rx);
}
