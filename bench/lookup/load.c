/* lookup_load — asks a server about addresses, over connections that stay open, each with one
 * request under way: how many answers a second, what did each cost the server, how long did it
 * take?
 *
 * Prints one line of JSON. Every request asks about other addresses than those before it, as far as
 * the pool goes; they are public ones of 14.0.0.0/8.
 */
#include "histogram.h"
#include "link.h"
#include "load_options.h"
#include "process.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>

#define REQUEST_BYTES 32768
#define GIVE_UP_S 20.0 /* without any answer */

struct sample {
    double at, server_s, load_s;
};

struct load {
    struct load_options options;
    struct link *links;
    int epoll;
    uint32_t next_address;
    uint64_t asked, answers, bad, closed; /* bad: another status than 200, or not as expected */
    uint64_t bytes;                       /* of bodies */
    bool is_counting;
    struct histogram way;
    char request[REQUEST_BYTES];
};

static struct sample take_sample(const struct load *load)
{
    return (struct sample){.at = process_clock(),
                           .server_s = process_seconds((pid_t)load->options.pid),
                           .load_s = process_seconds(getpid())};
}

/* Neighbours are far apart, so that nothing profits from their order. */
static int put_address(struct load *load, char *to, size_t room)
{
    uint32_t number = load->next_address++ % load->options.pool * 2654435761u & 0xffffffu;

    return snprintf(to, room, "14.%u.%u.%u", number >> 16, number >> 8 & 255, number & 255);
}

/* The addresses, each between `before` and `after`. Returns the bytes written. */
static size_t put_addresses(struct load *load, char *to, size_t room, const char *before,
                            const char *between, const char *after)
{
    size_t len = 0;
    unsigned i;

    for (i = 0; i < load->options.ips; i++) {
        len += (size_t)snprintf(to + len, room - len, "%s%s", i ? between : "", before);
        len += (size_t)put_address(load, to + len, room - len);
        len += (size_t)snprintf(to + len, room - len, "%s", after);
    }
    return len;
}

static size_t write_request(struct load *load)
{
    const struct load_options *options = &load->options;
    char *to = load->request, list[REQUEST_BYTES - 1024];
    size_t len = 0;

    if (options->is_post) {
        len = put_addresses(load, list, sizeof(list), "\"", ",", "\"");
        return (size_t)snprintf(to, REQUEST_BYTES,
                                "POST %s HTTP/1.1\r\nHost: localhost\r\n"
                                "Content-Type: application/json\r\nContent-Length: %zu\r\n\r\n[%s]",
                                options->path, len + 2, list);
    }
    len = (size_t)snprintf(to, REQUEST_BYTES, "GET %s", options->path);
    if (options->ips)
        to[len++] = '?';
    len += put_addresses(load, to + len, REQUEST_BYTES - 1024 - len, "ip=", "&", "");
    return len +
           (size_t)snprintf(to + len, REQUEST_BYTES - len, " HTTP/1.1\r\nHost: localhost\r\n\r\n");
}

static void ask(struct load *load, struct link *link)
{
    if (load->options.count && load->asked >= load->options.count)
        return;
    link->asked = process_clock();
    load->asked++;
    if (link_send(link, load->request, write_request(load))) {
        link_close(link);
        load->closed++;
    }
}

static bool is_good(const struct load *load, const struct link *link)
{
    const char *expect = load->options.expect;

    return link->status == 200 &&
           (!expect || memmem(link->body, link->body_bytes, expect, strlen(expect)));
}

static void hear(struct load *load, struct link *link)
{
    int result = link_read(link);

    if (result < 0)
        load->closed++;
    if (result <= 0)
        return;
    if (load->is_counting) {
        load->answers++;
        load->bytes += link->body_bytes;
        load->bad += !is_good(load, link);
        histogram_add(&load->way, (process_clock() - link->asked) * 1e6, 1);
    }
    ask(load, link);
}

static void talk_until(struct load *load, double end)
{
    struct epoll_event events[256];
    double heard = process_clock(), now;

    while ((now = process_clock()) < end && now - heard < GIVE_UP_S &&
           load->closed < load->options.connections &&
           !(load->options.count && load->answers >= load->options.count)) {
        int count = epoll_wait(load->epoll, events, 256, 20), i;

        if (count > 0)
            heard = now;
        for (i = 0; i < count; i++)
            hear(load, events[i].data.ptr);
    }
}

static int open_links(struct load *load)
{
    struct epoll_event event = {.events = EPOLLIN};
    unsigned i;

    load->epoll = epoll_create1(EPOLL_CLOEXEC);
    load->links = calloc(load->options.connections, sizeof(*load->links));
    if (load->epoll < 0 || !load->links)
        return -1;
    for (i = 0; i < load->options.connections; i++)
        load->links[i].fd = -1;
    for (i = 0; i < load->options.connections; i++) {
        event.data.ptr = &load->links[i];
        if (link_open(&load->links[i], (uint16_t)load->options.port) ||
            epoll_ctl(load->epoll, EPOLL_CTL_ADD, load->links[i].fd, &event))
            return -1;
    }
    return 0;
}

static void report(const struct load *load, const struct sample *begin, const struct sample *end)
{
    printf(
        "{\"answers\": %llu, \"bad\": %llu, \"closed\": %llu, \"bytes\": %llu, \"seconds\": %.6f, "
        "\"server_s\": %.6f, \"load_s\": %.6f, ",
        (unsigned long long)load->answers, (unsigned long long)load->bad,
        (unsigned long long)load->closed, (unsigned long long)load->bytes, end->at - begin->at,
        end->server_s - begin->server_s, end->load_s - begin->load_s);
    printf("\"way_us\": {\"p50\": %.1f, \"p99\": %.1f, \"max\": %.1f}}\n",
           histogram_quantile(&load->way, 0.5), histogram_quantile(&load->way, 0.99),
           load->way.max_us);
}

static void run(struct load *load)
{
    struct sample begin, end;
    unsigned i;

    load->is_counting = load->options.count != 0;
    begin = take_sample(load);
    for (i = 0; i < load->options.connections; i++)
        ask(load, &load->links[i]);
    if (!load->is_counting) {
        talk_until(load, process_clock() + load->options.warmup_ms / 1e3);
        load->is_counting = true;
        begin = take_sample(load);
    }
    talk_until(load, begin.at + load->options.run_ms / 1e3);
    end = take_sample(load);
    report(load, &begin, &end);
}

int main(int argc, char **argv)
{
    struct load *load = calloc(1, sizeof(*load));
    unsigned i;
    int result = 1;

    if (!load || load_options_read(&load->options, argc, argv)) {
        free(load);
        return 2;
    }
    if (open_links(load) == 0) {
        run(load);
        result = 0;
    } else {
        perror("lookup_load");
    }
    for (i = 0; load->links && i < load->options.connections; i++)
        link_close(&load->links[i]);
    free(load->links);
    free(load);
    return result;
}
