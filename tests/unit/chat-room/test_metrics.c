/* The metrics: whether they are OpenMetrics, and whether they tell what has happened. */
#include "metrics.h"

#include "alloc_fail.h"
#include "fake_port.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define NAME "abcdefghijklmnopqrstuvwxyz_"
#define FAMILIES_MAX 100

/* A family of the exposition while it is read. */
struct family {
    char name[80], type[20];
    size_t samples;
};

struct reading {
    struct family families[FAMILIES_MAX];
    size_t count;
    struct family *now;
};

static bool ends_with(const char *text, const char *end)
{
    size_t len = strlen(text), end_len = strlen(end);

    return len >= end_len && strcmp(text + len - end_len, end) == 0;
}

/* "# TYPE name type" opens a family, once. */
static void read_type(struct reading *reading, const char *line)
{
    struct family *family = &reading->families[reading->count++];
    size_t n;

    assert_true(reading->count <= FAMILIES_MAX);
    assert_int_equal(sscanf(line, "# TYPE %79[" NAME "] %19[a-z]", family->name, family->type), 2);
    assert_true(strcmp(family->type, "gauge") == 0 || strcmp(family->type, "counter") == 0);
    assert_false(ends_with(family->name, "_total"));
    for (n = 0; n + 1 < reading->count; n++)
        assert_string_not_equal(reading->families[n].name, family->name);
    reading->now = family;
}

/* "# UNIT name unit" and "# HELP name text" belong to the open family, before its samples. */
static void read_description(struct reading *reading, const char *line)
{
    char what[8], name[80], text[160];

    assert_int_equal(sscanf(line, "# %7[A-Z] %79[" NAME "] %159[^\n]", what, name, text), 3);
    assert_string_equal(name, reading->now->name);
    assert_int_equal(reading->now->samples, 0);
    if (strcmp(what, "UNIT") == 0) {
        assert_true(ends_with(name, text));
        return;
    }
    assert_string_equal(what, "HELP");
    assert_null(strpbrk(text, "\\\""));
}

/* Read `name="value",…}`, all of it words of ours. Returns what is behind. */
static const char *read_labels(const char *at)
{
    char label[40], value[60];
    int len = 0;

    for (;;) {
        assert_int_equal(
            sscanf(at, "%39[" NAME "]=\"%59[" NAME "0123456789-]\"%n", label, value, &len), 2);
        assert_true(len > 0);
        at += len;
        if (*at == '}')
            return at + 1;
        assert_int_equal(*at++, ',');
    }
}

/* `name value` or `name{labels} value` of the open family. */
static void read_sample(struct reading *reading, const char *line)
{
    struct family *family = reading->now;
    const char *at = line + strspn(line, NAME);
    char name[90], wanted[90];
    char *end;

    assert_non_null(family);
    snprintf(wanted, sizeof(wanted), "%s%s", family->name,
             strcmp(family->type, "counter") == 0 ? "_total" : "");
    snprintf(name, sizeof(name), "%.*s", (int)(at - line), line);
    assert_string_equal(name, wanted);
    if (*at == '{')
        at = read_labels(at + 1);
    assert_int_equal(*at++, ' ');
    assert_true(*at >= '0' && *at <= '9');
    strtoull(at, &end, 10);
    assert_int_equal(*end, '\0');
    family->samples++;
}

static size_t read_exposition(const char *text)
{
    struct reading *reading = calloc(1, sizeof(*reading));
    char *copy = strdup(text), *line, *next = copy;
    size_t count, n;

    assert_true(ends_with(text, "\n# EOF\n"));
    while ((line = strsep(&next, "\n")) && strcmp(line, "# EOF") != 0) {
        if (strncmp(line, "# TYPE ", 7) == 0)
            read_type(reading, line);
        else if (line[0] == '#')
            read_description(reading, line);
        else
            read_sample(reading, line);
    }
    assert_string_equal(next, "");
    for (n = 0; n < reading->count; n++)
        assert_true(reading->families[n].samples > 0);
    count = reading->count;
    free(copy);
    free(reading);
    return count;
}

static void the_exposition_is_openmetrics_and_names_nobody(void **state)
{
    struct world *world = fake_world(NULL);
    struct fake_link *ann = fake_json(world, "r00m", "n1ck");
    struct bytes page = {0};
    size_t empty;

    (void)state;
    assert_int_equal(metrics_write(&page, world), 0);
    assert_true(read_exposition(page.data) > 30);
    assert_null(strstr(page.data, "r00m"));
    assert_null(strstr(page.data, "n1ck"));
    assert_null(strstr(page.data, "192.0.2"));
    empty = page.len;
    fake_send(ann, "{\"type\":\"message\",\"room\":\"r00m\",\"text\":\"x\",\"cid\":\"1\"}");
    fake_send(ann, "{\"type\":\"n0ne\"}");
    bytes_clear(&page);
    assert_int_equal(metrics_write(&page, world), 0);
    assert_int_equal(read_exposition(page.data), read_exposition(page.data));
    assert_in_range(page.len, empty, empty + 20); /* more digits, no more samples */
    bytes_fini(&page);
    fake_free(ann);
    fake_world_free(world);
}

static void every_end_is_counted_once(void **state)
{
    struct world *world = fake_world(NULL);
    struct fake_link *links[6];
    size_t n;

    (void)state;
    for (n = 0; n < 6; n++)
        links[n] = fake_connect(world, n % 2 ? CONN_JSON : CONN_TEXT, "192.0.2.1");
    conn_close(&links[0]->conn, 4501, "kicked");
    conn_close(&links[0]->conn, 1011, "");
    conn_peer_closes(&links[0]->conn, 4501);
    conn_peer_closes(&links[1]->conn, 1001);
    conn_peer_closes(&links[2]->conn, 4999);
    conn_close(&links[3]->conn, 3000, "a code of the host's");
    fake_gone(links[4]);
    for (n = 0; n < 4; n++)
        fake_gone(links[n]);
    assert_int_equal(fake_metric(world, "chat_opened_connections_total{mode=\"json\"}"), 3);
    assert_int_equal(fake_metric(world, "chat_opened_connections_total{mode=\"text\"}"), 3);
    assert_int_equal(fake_metric(world, "chat_connections{mode=\"json\"}"), 1);
    assert_int_equal(fake_metric(world, "chat_connections{mode=\"text\"}"), 0);
    assert_int_equal(fake_metric(world, "chat_closes_total{by=\"server\",code=\"4501\"}"), 1);
    assert_int_equal(fake_metric(world, "chat_closes_total{by=\"server\",code=\"1011\"}"), 0);
    assert_int_equal(fake_metric(world, "chat_closes_total{by=\"server\",code=\"other\"}"), 1);
    assert_int_equal(fake_metric(world, "chat_closes_total{by=\"client\",code=\"1001\"}"), 1);
    assert_int_equal(fake_metric(world, "chat_closes_total{by=\"client\",code=\"other\"}"), 1);
    assert_int_equal(fake_metric(world, "chat_closes_total{by=\"nobody\",code=\"1006\"}"), 1);
    for (n = 0; n < 6; n++)
        fake_free(links[n]);
    fake_world_free(world);
}

static void what_is_said_is_counted(void **state)
{
    static const char say[] =
        "{\"type\":\"message\",\"id\":1,\"room\":\"lobby\",\"text\":\"four\",\"cid\":\"1\"}";
    struct world *world = fake_world(NULL);
    struct fake_link *ann = fake_json(world, NULL, "ann"), *bob = fake_json(world, NULL, "bob");
    struct fake_link *line = fake_text(world, NULL, "lee");
    uint64_t events = fake_metric(world, "chat_events_total");
    uint64_t deliveries = fake_metric(world, "chat_deliveries_total");

    (void)state;
    fake_send(ann, say);
    assert_int_equal(fake_metric(world, "chat_events_total"), events + 2);
    assert_int_equal(fake_metric(world, "chat_deliveries_total"), deliveries + 3);
    fake_send(ann, say);
    fake_send(line, "aloud");
    fake_send(ann, "{\"type\":\"message\",\"room\":\"lobby\",\"text\":\"x\",\"cid\":\"2\","
                   "\"to\":[\"bob\",\"lee\",\"eve\"]}");
    assert_int_equal(fake_metric(world, "chat_messages_total"), 2);
    assert_int_equal(fake_metric(world, "chat_duplicates_total"), 1);
    assert_int_equal(fake_metric(world, "chat_whispers_total"), 2);
    assert_int_equal(fake_metric(world, "chat_joins_total"), 3);
    assert_int_equal(fake_metric(world, "chat_received_messages_total{mode=\"text\"}"), 1);
    assert_int_equal(fake_metric(world, "chat_received_messages_total{mode=\"json\"}"), 5);
    assert_int_equal(fake_metric(world, "chat_sent_bytes_total"),
                     ann->received.len + bob->received.len + line->received.len);
    assert_int_equal(fake_metric(world, "chat_writes_total"),
                     ann->writes + bob->writes + line->writes);
    assert_int_equal(fake_metric(world, "chat_kept_messages"), 2);
    assert_int_equal(fake_metric(world, "chat_history_messages"), 2);
    assert_true(fake_metric(world, "chat_history_bytes") > 9);
    assert_true(fake_metric(world, "chat_received_bytes_total") > 2 * strlen(say));
    conn_peer_closes(&bob->conn, 1000);
    assert_int_equal(fake_metric(world, "chat_leaves_total"), 1);
    assert_int_equal(fake_metric(world, "chat_members"), 2);
    fake_gone(ann);
    assert_int_equal(fake_metric(world, "chat_away_members"), 1);
    assert_int_equal(fake_metric(world, "chat_sessions"), 2);
    assert_int_equal(fake_metric(world, "chat_rooms"), 1);
    fake_free(ann);
    fake_free(bob);
    fake_free(line);
    fake_world_free(world);
}

static void what_waits_is_measured(void **state)
{
    static const char *const options[] = {"rate", "0", NULL};
    struct world *world = fake_world(options);
    struct fake_link *ann = fake_json(world, NULL, "ann"), *bob = fake_json(world, NULL, "bob");
    size_t before;

    (void)state;
    fake_skip(ann);
    bob->room = 0;
    before = ann->received.len;
    assert_int_equal(fake_metric(world, "chat_lag_bytes"), 0);
    fake_send(ann, "{\"type\":\"message\",\"room\":\"lobby\",\"text\":\"x\",\"cid\":\"1\"}");
    assert_int_equal(fake_metric(world, "chat_lag_bytes"), ann->received.len - before);
    assert_true(fake_metric(world, "chat_log_bytes") >= ann->received.len - before);
    assert_int_equal(fake_metric(world, "chat_queued_bytes"), 0);
    fake_send(bob, "{\"type\":\"history\",\"room\":\"lobby\"}");
    assert_true(fake_metric(world, "chat_queued_bytes") > 0);
    assert_int_equal(fake_metric(world, "chat_longest_queue_bytes"),
                     fake_metric(world, "chat_queued_bytes"));
    bob->room = SIZE_MAX;
    conn_writable(&bob->conn);
    assert_int_equal(fake_metric(world, "chat_lag_bytes"), 0);
    assert_int_equal(fake_metric(world, "chat_queued_bytes"), 0);
    assert_int_equal(fake_metric(world, "chat_store_queued_messages"), 0);
    assert_int_equal(fake_metric(world, "chat_store_failing"), 0);
    fake_free(ann);
    fake_free(bob);
    fake_world_free(world);
}

static void recoveries_are_counted_by_their_result(void **state)
{
    static const char *const options[] = {"history-ttl", "10", NULL};
    static const struct {
        unsigned long long since;
        const char *epoch, *result;
    } cases[] = {
        {3, NULL, "recovered"}, {0, NULL, "gap"}, {9, NULL, "unknown"}, {3, "e", "unknown"}};
    struct world *world = fake_world(options);
    struct fake_link *ann = fake_json(world, NULL, "ann");
    char text[200], sample[80];
    size_t n;

    (void)state;
    for (n = 0; n < 3; n++) {
        snprintf(text, sizeof(text),
                 "{\"type\":\"message\",\"room\":\"lobby\",\"text\":\"x\",\"cid\":\"%zu\"}", n);
        fake_send(ann, text);
        fake_forward_ms(n < 2 ? 6000 : 0);
    }
    for (n = 0; n < 4; n++) {
        struct fake_link *bob = fake_connect(world, CONN_JSON, "192.0.2.9");
        struct room *room = world_room(world, "lobby", false);
        const char *epoch = cases[n].epoch;
        uint64_t before;

        if (!epoch)
            epoch = world->store->ops->state(room->past, world->port->wall_ms())->epoch;
        snprintf(sample, sizeof(sample), "chat_recovered_total{result=\"%s\"}", cases[n].result);
        before = fake_metric(world, sample);
        snprintf(text, sizeof(text),
                 "{\"type\":\"join\",\"since\":{\"epoch\":\"%s\",\"offset\":%llu}}", epoch,
                 cases[n].since);
        fake_send(bob, text);
        assert_int_equal(fake_metric(world, sample), before + 1);
        fake_free(bob);
    }
    fake_free(ann);
    fake_world_free(world);
}

static void without_memory_it_says_so(void **state)
{
    struct world *world = fake_world(NULL);
    unsigned long n;
    bool has_failed = true;

    (void)state;
    for (n = 0; has_failed; n++) {
        struct bytes page = {0};
        int result;

        alloc_fail_arm(n);
        result = metrics_write(&page, world);
        has_failed = alloc_fail_disarm();
        assert_int_equal(result, has_failed ? -1 : 0);
        bytes_fini(&page);
    }
    assert_true(n > 3);
    fake_world_free(world);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_exposition_is_openmetrics_and_names_nobody),
        cmocka_unit_test(every_end_is_counted_once),
        cmocka_unit_test(what_is_said_is_counted),
        cmocka_unit_test(what_waits_is_measured),
        cmocka_unit_test(recoveries_are_counted_by_their_result),
        cmocka_unit_test(without_memory_it_says_so),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
