/* The past on its way to one member: page after page from the store, each when the one before has
 * left, and only then what is live. */
#include "fanout.h"

#include <stdlib.h>

#define PAGE_SHARE 8 /* a page's texts are at most this part of client-queue-bytes */

struct replay {
    struct member *member; /* NULL: it went while the store was reading */
    uint64_t next, last;
    bool is_reading;
};

static void end(struct replay *replay)
{
    if (replay->member)
        replay->member->replay = NULL;
    free(replay);
}

static void send_message(struct member *member, const struct message *message)
{
    struct world *world = member->room->world;
    struct bytes *out = &world->scratch;
    int failed;

    bytes_clear(out);
    failed = member->rendition == RENDITION_TEXT
                 ? text_mode_say(out, &world->options->text, message)
                 : wire_message(out, member->room->name, message, true);
    if (failed)
        conn_close(member->session->conn, CLOSE_INTERNAL, "out of memory");
    else
        conn_send(member->session->conn, out->data, out->len);
}

static void on_page(void *ticket, const struct message *messages, size_t count)
{
    struct replay *replay = ticket;
    size_t n;

    if (replay->member && (count == 0 || messages[0].offset != replay->next))
        conn_evict(replay->member->session->conn, EVICTION_PAST);
    /* A connection that closes, before or on the way, takes the member from here. */
    for (n = 0; replay->member && n < count; n++, replay->next++)
        send_message(replay->member, &messages[n]);
    replay->is_reading = false;
    if (!replay->member || replay->next > replay->last)
        end(replay);
}

static void read_more(struct replay *replay)
{
    struct room *room = replay->member->room;
    struct store_query query = {
        .after = replay->next - 1,
        .before = replay->last + 1,
        .limit = STORE_PAGE_MAX,
        .max_bytes = room->world->options->client_queue_bytes / PAGE_SHARE,
    };

    replay->is_reading = true;
    room->world->store->ops->read(room->past, &query, on_page, replay);
}

int replay_start(struct member *member, uint64_t first, uint64_t last)
{
    struct replay *replay;

    if (last < first)
        return 0;
    replay = calloc(1, sizeof(*replay));
    if (!replay)
        return -1;
    replay->member = member;
    replay->next = first;
    replay->last = last;
    member->replay = replay;
    conn_enlist(member->session->conn);
    return 0;
}

void replay_stop(struct member *member)
{
    struct replay *replay = member->replay;

    member->replay = NULL;
    if (!replay)
        return;
    replay->member = NULL;
    if (!replay->is_reading)
        free(replay);
}

/* Serve one member of a connection whose own queue is empty. Returns whether the queue still is. */
static bool go_on(struct member *member)
{
    struct conn *conn = member->session->conn;

    if (member->replay && !member->replay->is_reading && conn_room(conn))
        read_more(member->replay);
    return !conn->is_closing && out_queue_waiting(&conn->out) == 0;
}

void session_deliver(struct session *session)
{
    struct conn *conn = session->conn;
    struct dlist_node *node, *next;

    for (node = dlist_first(&session->members); node; node = next) {
        struct member *member = DLIST_ENTRY(node, struct member, of_session);

        next = dlist_next(&session->members, node);
        if (!go_on(member))
            return;
        member_deliver(member);
        if (conn->is_closing)
            return;
    }
}
