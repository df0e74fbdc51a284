#include "chat_link.h"

#include "chat_hub.h"
#include "chat_store.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/random.h>
#include <time.h>

#define SOON_US 1 /* the next turn of the loop */

_Static_assert(sizeof(struct chat_pss) <= sizeof(struct conn) + 32, "see test_footprint.c");

static uint64_t now_us(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000000u + (uint64_t)now.tv_nsec / 1000u;
}

static int64_t wall_ms(void)
{
    struct timespec now;

    clock_gettime(CLOCK_REALTIME, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* getrandom(2) gives up to 256 bytes whole or, interrupted by a signal at boot, none. */
static void fill_random(void *bytes, size_t len)
{
    while (getrandom(bytes, len, 0) != (ssize_t)len)
        ;
}

static void on_flush(lws_sorted_usec_list_t *sul)
{
    world_flush(lws_container_of(sul, struct chat_hub, flush)->world);
}

static void wake(void *host)
{
    struct chat_hub *hub = host;

    lws_sul_schedule(hub->context, 0, &hub->flush, on_flush, SOON_US);
}

void chat_turn(struct chat_vhd *vhd)
{
    struct chat_hub *hub = vhd && chat_hub_is_first(vhd) ? vhd->hub : NULL;

    if (!hub || !hub->world)
        return;
    if (hub->has_yielded) {
        hub->has_yielded = false;
        world_flush(hub->world);
    }
    chat_store_turn(hub);
}

/* A timer would not do: lws on libuv runs timers that are due at once without a look at the
 * sockets between them. This comes round through a descriptor of its own. */
static void yield(void *host)
{
    struct chat_hub *hub = host;

    hub->has_yielded = true;
    lws_cancel_service(hub->context);
}

/* lws must not gather output of its own: what is behind a slow peer stays in the room's log. A
 * stream of HTTP/2 gets one frame whenever lws asks for it, as its flow control wants. */
static size_t room(void *link)
{
    struct chat_pss *pss = link;

    if (pss->is_mux)
        return pss->is_writable && mux_has_window(pss->wsi) ? 1 : 0;
    return lws_partial_buffered(pss->wsi) ? 0 : SIZE_MAX;
}

static void want_writable(void *link)
{
    struct chat_pss *pss = link;

    if (pss->http && !pss->is_mux)
        lws_rx_flow_control(pss->wsi, 1); /* see rest() in chat_events.c */
    if (!pss->is_mux || mux_has_window(pss->wsi))
        lws_callback_on_writable(pss->wsi);
}

/* lws writes the Close frame of a stream when the callback that asked for output says so. */
static int close_mux(struct chat_pss *pss, const uint8_t *frame, size_t len)
{
    unsigned code = (unsigned)frame[2] << 8 | frame[3];

    lws_close_reason(pss->wsi, (enum lws_close_status)code, (unsigned char *)(uintptr_t)frame + 4,
                     len - 4);
    pss->has_to_close = true;
    return 0;
}

/* The next piece, and after it the one behind. */
static int send_mux(struct chat_pss *pss)
{
    int result = mux_send(&pss->mux, pss->wsi);

    if (pss->mux)
        want_writable(pss);
    return result;
}

static int write_mux(struct chat_pss *pss, const uint8_t *frame, size_t len)
{
    pss->is_writable = false;
    if ((frame[0] & 0x0f) == WS_CLOSE)
        return close_mux(pss, frame, len);
    return mux_take(&pss->mux, frame, len) ? -1 : send_mux(pss);
}

/* Who does not take what was sent is not listened to either. Were it, then its end of input, or its
 * Close, would find output waiting: lws answers no Close then, and on the end of input it waits for
 * that output while the end is still there to be read: for ever on its poll loop, which serves
 * nobody else meanwhile, and busily for 5 s on libuv's. */
static void listen_to(struct chat_pss *pss, bool is_listening)
{
    pss->is_unread = !is_listening;
    lws_rx_flow_control(pss->wsi, is_listening);
}

/* On HTTP/1 finished frames go out as they are: in the ws role LWS_WRITE_RAW is not framed again,
 * and lws only reads the bytes. */
static int write_frames(void *link, const void *frames, size_t len)
{
    struct chat_pss *pss = link;

    if (pss->is_mux)
        return write_mux(pss, frames, len);
    if (lws_write(pss->wsi, (unsigned char *)(uintptr_t)frames, len, LWS_WRITE_RAW) < 0)
        return -1;
    if (lws_partial_buffered(pss->wsi))
        listen_to(pss, false);
    return 0;
}

int chat_link_writable(struct chat_pss *pss)
{
    if (pss->is_unread && !lws_partial_buffered(pss->wsi)) {
        listen_to(pss, true);
        conn_heard(&pss->conn); /* it takes what it gets, and could not say so */
    }
    pss->is_writable = !pss->mux;
    if (send_mux(pss))
        return -1;
    conn_writable(&pss->conn);
    pss->is_writable = false;
    return pss->has_to_close ? -1 : 0;
}

static bool has_input(void *link)
{
    struct lws *wsi = lws_get_network_wsi(((struct chat_pss *)link)->wsi);
    int waiting = 0;

    return ioctl(lws_get_socket_fd(wsi), FIONREAD, &waiting) == 0 && waiting > 0;
}

/* What reads nothing from a peer does not see it go, and has to be rid of one that goes on to talk:
 * while there is input lws could not wait for a chance to write without being busy. */
static bool is_gone(void *link)
{
    struct chat_pss *pss = link;
    struct pollfd peer = {.events = POLLIN | POLLRDHUP};

    if (pss->is_mux)
        return false;
    peer.fd = lws_get_socket_fd(pss->wsi);
    return poll(&peer, 1, 0) > 0;
}

static void kill_link(void *link)
{
    lws_set_timeout(((struct chat_pss *)link)->wsi, PENDING_TIMEOUT_USER_REASON_BASE,
                    LWS_TO_KILL_ASYNC);
}

/* What is one vhost's and what another's a hub does not know: the first one's journal it is. */
static void tell(void *host, const struct event *event)
{
    const struct chat_hub *hub = host;
    struct dlist_node *first = dlist_first(&hub->vhosts);

    journal_event(first ? DLIST_ENTRY(first, struct chat_vhd, of_hub)->journal : NULL, "chat-room",
                  event);
}

const struct chat_port chat_port = {
    .now_us = now_us,
    .wall_ms = wall_ms,
    .random = fill_random,
    .wake = wake,
    .yield = yield,
    .room = room,
    .write = write_frames,
    .want_writable = want_writable,
    .has_input = has_input,
    .is_gone = is_gone,
    .kill = kill_link,
    .event = tell,
};
