/* load — a room of members, one of whom talks: how fast does what it says reach them?
 *
 * Prints one line of JSON. It is written for lwshost's chat, in text and in JSON mode, and for any
 * WebSocket server that sends a text which it gets to all who are connected.
 */
#include "crowd.h"
#include "histogram.h"
#include "load_options.h"
#include "process.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>

#define SENT_AT 65536u /* messages whose time of sending is known */
#define ADMIT_S 20.0
#define ROOM "bench"

struct sample {
    double at, server_s, load_s;
    uint64_t texts, bytes;
};

struct load {
    struct load_options options;
    struct crowd crowd;
    struct client *members;
    uint64_t sent, everywhere; /* everywhere: messages that all members have */
    double started;
    char *text;
    uint8_t *pending; /* frames that the talking member's socket has not taken */
    size_t pending_len, pending_max;
    double sent_at[SENT_AT];
    unsigned reached[SENT_AT]; /* members that have it */
    struct histogram way;
};

static double own_seconds(void)
{
    struct rusage usage;

    getrusage(RUSAGE_SELF, &usage);
    return (double)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) +
           (double)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6;
}

static struct sample take_sample(const struct load *load)
{
    struct sample sample = {.at = process_clock(),
                            .server_s = process_seconds((pid_t)load->options.pid),
                            .load_s = own_seconds()};
    unsigned i;

    for (i = 0; i < load->options.members; i++) {
        sample.texts += load->members[i].texts;
        sample.bytes += load->members[i].bytes;
    }
    return sample;
}

/* A member's n-th text is the n-th that was sent: everybody hears everything, in order. */
static void on_texts(void *opaque, struct client *client, uint64_t before)
{
    struct load *load = opaque;
    double now = load->options.rate ? process_clock() : 0;
    uint64_t n;

    if (client >= load->members + load->options.members || !load->sent)
        return;
    for (n = before; n < client->texts && load->options.rate; n++)
        if (n + SENT_AT >= load->sent)
            histogram_add(&load->way, (now - load->sent_at[n % SENT_AT]) * 1e6, 1);
    if (load->options.waits_for_all)
        for (n = before; n < client->texts; n++)
            if (++load->reached[n % SENT_AT] == load->options.members) {
                load->reached[n % SENT_AT] = 0;
                load->everywhere++;
            }
}

static void say(struct load *load)
{
    char message[16384 + 200];
    int len;

    if (load->options.is_json)
        len = snprintf(message, sizeof(message),
                       "{\"type\":\"message\",\"room\":\"" ROOM
                       "\",\"cid\":\"c%llu\",\"text\":\"%s\"}",
                       (unsigned long long)load->sent, load->text);
    else
        len = snprintf(message, sizeof(message), "%s", load->text);
    load->sent_at[load->sent++ % SENT_AT] = process_clock();
    load->pending_len += client_frame(load->pending + load->pending_len, 1, message, (size_t)len);
}

static bool may_say(const struct load *load)
{
    const struct load_options *options = &load->options;
    uint64_t done = options->waits_for_all ? load->everywhere : load->members[0].texts;

    if (load->pending_len + options->size + 300 > load->pending_max)
        return false;
    if (options->rate)
        return (process_clock() - load->started) * options->rate >= (double)load->sent;
    return load->sent - done < options->in_flight;
}

static void push(struct load *load)
{
    ssize_t taken = 0;

    if (load->pending_len && load->members[0].state == CLIENT_OPEN)
        taken = send(load->members[0].fd, load->pending, load->pending_len,
                     MSG_NOSIGNAL | MSG_DONTWAIT);
    if (taken <= 0)
        return;
    load->pending_len -= (size_t)taken;
    memmove(load->pending, load->pending + taken, load->pending_len);
}

static void talk_until(struct load *load, double end)
{
    while (process_clock() < end && load->members[0].state == CLIENT_OPEN) {
        while (may_say(load))
            say(load);
        push(load);
        crowd_poll(&load->crowd, load->options.rate ? 0 : load->pending_len ? 1 : 20);
    }
}

/* Returns whether every member has everything that was sent. */
static bool drain(struct load *load)
{
    double end = process_clock() + load->options.drain_ms / 1e3;
    unsigned i = 0;

    while (i < load->options.members && process_clock() < end) {
        push(load);
        crowd_poll(&load->crowd, 1);
        while (i < load->options.members && load->members[i].texts >= load->sent)
            i++;
    }
    return i == load->options.members;
}

static void measure(struct load *load)
{
    const struct load_options *options = &load->options;
    struct sample begin, end, drained;
    bool is_drained;
    unsigned i, closed = 0;

    for (i = 0; i < options->members; i++)
        load->members[i].texts = load->members[i].bytes = 0;
    load->started = process_clock();
    talk_until(load, load->started + options->warmup_ms / 1e3);
    memset(&load->way, 0, sizeof(load->way));
    begin = take_sample(load);
    talk_until(load, begin.at + options->run_ms / 1e3);
    end = take_sample(load);
    is_drained = drain(load);
    drained = take_sample(load);
    for (i = 0; i < options->members; i++)
        closed += load->members[i].state == CLIENT_ENDED;
    if (is_drained)
        end = drained;
    printf(", \"messages\": %llu, \"drained\": %s, \"closed\": %u, \"seconds\": %.6f",
           (unsigned long long)load->sent, is_drained ? "true" : "false", closed,
           end.at - begin.at);
    printf(", \"deliveries\": %llu, \"bytes\": %llu, \"server_s\": %.6f, \"load_s\": %.6f",
           (unsigned long long)(end.texts - begin.texts),
           (unsigned long long)(end.bytes - begin.bytes), end.server_s - begin.server_s,
           end.load_s - begin.load_s);
    if (options->rate)
        printf(", \"way_us\": {\"p50\": %.1f, \"p99\": %.1f, \"p999\": %.1f, \"max\": %.1f}",
               histogram_quantile(&load->way, 0.5), histogram_quantile(&load->way, 0.99),
               histogram_quantile(&load->way, 0.999), load->way.max_us);
}

/* What became of those who never read: read now what is left for them, and how it ended. */
static void ask_slow(struct load *load)
{
    unsigned i;

    printf(", \"slow_codes\": [");
    for (i = 0; i < load->options.slow; i++) {
        struct client *client =
            &load->crowd.clients[load->options.members + load->options.idle + i];

        crowd_hear_out(&load->crowd, client, 5);
        printf("%s%u", i ? ", " : "", client->close_code);
    }
    printf("]");
}

static int admit(struct load *load, size_t count, const char *room, bool is_deaf)
{
    char path[300], join[200];
    struct admission admission = {
        .target = {.port = (uint16_t)load->options.port,
                   .path = load->options.path,
                   .protocol = load->options.is_json ? "chat-room" : NULL,
                   .receive_buffer = is_deaf ? 4096 : 0},
        .count = count,
        .is_deaf = is_deaf,
        .limit_s = ADMIT_S,
    };

    if (load->options.is_json) {
        snprintf(join, sizeof(join), "{\"type\":\"join\",\"room\":\"%s\",\"history\":0}", room);
        admission.join = join;
    } else {
        snprintf(path, sizeof(path), "%s?room=%s", load->options.path, room);
        admission.target.path = path;
    }
    return count ? crowd_admit(&load->crowd, &admission) : 0;
}

static int run(struct load *load)
{
    const struct load_options *options = &load->options;
    double resident = process_resident((pid_t)options->pid), start = process_clock();
    double server_s = process_seconds((pid_t)options->pid), admitted;

    if (admit(load, options->members, ROOM, false) || admit(load, options->idle, "idle", false) ||
        admit(load, options->slow, ROOM, true))
        return -1;
    admitted = process_clock() - start;
    printf("{\"members\": %u, \"idle\": %u, \"in_flight\": %u, \"rate\": %u, \"admit_s\": %.4f, "
           "\"admit_server_s\": %.4f",
           options->members, options->idle, options->in_flight, options->rate, admitted,
           process_seconds((pid_t)options->pid) - server_s);
    crowd_settle(&load->crowd, 0.1, 5);
    puts(""); /* whoever waits for the crowd reads a line */
    fflush(stdout);
    crowd_settle(&load->crowd, options->hold_ms / 1e3, options->hold_ms / 1e3);
    printf(", \"resident_before\": %.0f, \"resident\": %.0f", resident,
           process_resident((pid_t)options->pid));
    load->crowd.on_texts = on_texts;
    load->crowd.opaque = load;
    if (options->run_ms)
        measure(load);
    ask_slow(load);
    printf(", \"resident_after\": %.0f}\n", process_resident((pid_t)options->pid));
    crowd_close(&load->crowd, 3);
    return 0;
}

int main(int argc, char **argv)
{
    struct load *load = calloc(1, sizeof(*load));
    int result = 1;

    if (!load || load_options_read(&load->options, argc, argv))
        return 2;
    load->pending_max = (load->options.in_flight + 1) * (load->options.size + 300ul) + 65536;
    load->pending = malloc(load->pending_max);
    load->text = malloc(load->options.size + 1ul);
    if (load->pending && load->text &&
        !crowd_init(&load->crowd,
                    load->options.members + load->options.idle + load->options.slow + 1ul)) {
        memset(load->text, 'x', load->options.size);
        load->text[load->options.size] = '\0';
        load->members = load->crowd.clients;
        result = run(load) ? 1 : 0;
        crowd_fini(&load->crowd);
    }
    free(load->text);
    free(load->pending);
    free(load);
    return result;
}
