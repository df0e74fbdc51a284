#include "store_memory.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

struct kept {
    int calls;
    enum store_result result;
    uint64_t offset;
    int64_t time_ms;
};

struct page {
    int calls;
    size_t count;
    uint64_t offsets[STORE_PAGE_MAX];
    char last_text[64];
};

static void count_up(void *bytes, size_t len)
{
    static unsigned char next;

    memset(bytes, ++next, len);
}

static void on_kept(void *ticket, enum store_result result, const struct message *message)
{
    struct kept *kept = ticket;

    kept->calls++;
    kept->result = result;
    kept->offset = message->offset;
    kept->time_ms = message->time_ms;
}

static void on_page(void *ticket, const struct message *messages, size_t count)
{
    struct page *page = ticket;
    size_t n;

    page->calls++;
    page->count = count;
    for (n = 0; n < count; n++)
        page->offsets[n] = messages[n].offset;
    if (count)
        snprintf(page->last_text, sizeof(page->last_text), "%s", messages[count - 1].text);
}

static struct kept say(struct store *store, struct store_room *room, const char *user,
                       const char *cid, const char *text, int64_t time_ms)
{
    struct kept kept = {0};
    struct message message = {.time_ms = time_ms,
                              .nick = "n",
                              .label = "l",
                              .user = user,
                              .cid = cid,
                              .text = text,
                              .text_len = strlen(text)};

    store->ops->append(room, &message, on_kept, &kept);
    assert_int_equal(kept.calls, 1);
    return kept;
}

static struct page read_page(struct store *store, struct store_room *room,
                             const struct store_query *query)
{
    struct page page = {0};

    store->ops->read(room, query, on_page, &page);
    assert_int_equal(page.calls, 1);
    return page;
}

static struct store *open_store(size_t count, size_t bytes, size_t kept)
{
    struct store_limits limits = {
        .history_count = count, .history_bytes = bytes, .kept_bytes = kept, .ttl_ms = 10000};

    return store_memory_new(&limits, count_up);
}

static void close_store(struct store *store, struct store_room *room)
{
    store->ops->close(room);
    store->ops->free(store);
}

static void numbers_begin_at_one_and_have_no_holes(void **state)
{
    struct store *store = open_store(100, 100000, 100000);
    struct store_room *room = store->ops->open(store, "a");
    const struct store_state *past = store->ops->state(room, 0);
    char epoch[STORE_EPOCH_BYTES];
    uint64_t n;

    (void)state;
    assert_int_equal(past->head, 0);
    assert_int_equal(past->oldest, 1);
    assert_int_equal(past->history_from, 1);
    strcpy(epoch, past->epoch);
    assert_int_equal(strlen(epoch), 16);
    for (n = 1; n <= 50; n++)
        assert_int_equal(say(store, room, "u", "", "x", 5).offset, n);
    past = store->ops->state(room, 5);
    assert_int_equal(past->head, 50);
    assert_int_equal(past->oldest, 1);
    assert_string_equal(past->epoch, epoch);
    close_store(store, room);
}

static void another_room_is_another_epoch(void **state)
{
    struct store *store = open_store(100, 100000, 100000);
    struct store_room *a = store->ops->open(store, "a"), *b = store->ops->open(store, "b");

    (void)state;
    assert_string_not_equal(store->ops->state(a, 0)->epoch, store->ops->state(b, 0)->epoch);
    store->ops->close(b);
    close_store(store, a);
}

static void a_cid_sent_twice_is_one_message(void **state)
{
    struct store *store = open_store(100, 100000, 100000);
    struct store_room *room = store->ops->open(store, "a");
    struct kept again;

    (void)state;
    say(store, room, "u", "c1", "x", 100);
    say(store, room, "u", "c2", "y", 200);
    again = say(store, room, "u", "c1", "changed", 300);
    assert_int_equal(again.result, STORE_KNOWN);
    assert_int_equal(again.offset, 1);
    assert_int_equal(again.time_ms, 100);
    assert_int_equal(say(store, room, "v", "c1", "x", 300).offset, 3);
    assert_int_equal(say(store, room, "u", "", "x", 300).offset, 4);
    assert_int_equal(say(store, room, "u", "", "x", 300).offset, 5);
    assert_int_equal(say(store, room, "u", "c1", "x", 10200).result, STORE_KEPT); /* forgotten */
    close_store(store, room);
}

static void age_forgets(void **state)
{
    struct store *store = open_store(100, 100000, 100000);
    struct store_room *room = store->ops->open(store, "a");
    const struct store_state *past;

    (void)state;
    say(store, room, "u", "", "x", 1000);
    say(store, room, "u", "", "x", 2000);
    past = store->ops->state(room, 10999);
    assert_int_equal(past->oldest, 1);
    past = store->ops->state(room, 11000);
    assert_int_equal(past->oldest, 2);
    assert_int_equal(past->history_from, 2);
    past = store->ops->state(room, 999999);
    assert_int_equal(past->oldest, 3);
    assert_int_equal(past->history_from, 3);
    assert_int_equal(past->head, 2);
    assert_int_equal(past->bytes, 0);
    assert_int_equal(past->history_bytes, 0);
    assert_int_equal(say(store, room, "u", "", "x", 999999).offset, 3);
    close_store(store, room);
}

static void the_history_is_the_newest_within_count_and_bytes(void **state)
{
    struct store *store = open_store(10, 3000, 20000);
    struct store_room *room = store->ops->open(store, "a");
    const struct store_state *past;
    char text[1001];
    int n;

    (void)state;
    for (n = 0; n < 25; n++)
        say(store, room, "u", "", "x", 1);
    past = store->ops->state(room, 1);
    assert_int_equal(past->history_from, 16);
    assert_int_equal(past->oldest, 1); /* still there for those who come back */
    memset(text, 'x', 1000);
    text[1000] = '\0';
    say(store, room, "u", "", text, 1);
    say(store, room, "u", "", text, 1);
    past = store->ops->state(room, 1);
    assert_true(past->history_from > 18 && past->history_from <= 26);
    for (n = 0; n < 40; n++)
        say(store, room, "u", "", text, 1);
    past = store->ops->state(room, 1);
    assert_int_equal(past->head, 67);
    assert_true(past->oldest > 45 && past->oldest < past->history_from);
    assert_true(past->history_bytes > 1500 && past->history_bytes <= 3000);
    assert_true(past->bytes > 15000 && past->bytes <= 20000);
    close_store(store, room);
}

static void no_history_keeps_what_recovery_needs(void **state)
{
    struct store *store = open_store(0, 0, 20000);
    struct store_room *room = store->ops->open(store, "a");
    const struct store_state *past;

    (void)state;
    say(store, room, "u", "", "x", 1);
    past = store->ops->state(room, 1);
    assert_int_equal(past->history_from, 2);
    assert_int_equal(past->oldest, 1);
    close_store(store, room);
}

static void pages_go_forward_and_back(void **state)
{
    struct store *store = open_store(1000, 1000000, 1000000);
    struct store_room *room = store->ops->open(store, "a");
    struct store_query query = {.after = 10, .before = 31, .limit = 5, .max_bytes = 1000};
    struct page page;
    char text[16];
    int n;

    (void)state;
    for (n = 1; n <= 40; n++) {
        snprintf(text, sizeof(text), "%010d", n);
        say(store, room, "u", "", text, 1);
    }
    page = read_page(store, room, &query);
    assert_int_equal(page.count, 5);
    assert_int_equal(page.offsets[0], 11);
    assert_string_equal(page.last_text, "0000000015");
    query.is_newest = true;
    page = read_page(store, room, &query);
    assert_int_equal(page.count, 5);
    assert_int_equal(page.offsets[0], 26);
    assert_int_equal(page.offsets[4], 30);
    query.max_bytes = 25;
    page = read_page(store, room, &query);
    assert_int_equal(page.count, 2);
    assert_int_equal(page.offsets[0], 29);
    query.max_bytes = 1;
    query.is_newest = false;
    page = read_page(store, room, &query);
    assert_int_equal(page.count, 1);
    assert_int_equal(page.offsets[0], 11);
    query = (struct store_query){.after = 40, .before = 41, .limit = 5, .max_bytes = 100};
    assert_int_equal(read_page(store, room, &query).count, 0);
    query = (struct store_query){.after = 0, .before = 1000, .limit = 100, .max_bytes = 9999};
    assert_int_equal(read_page(store, room, &query).count, 40);
    close_store(store, room);
}

static void keep_kind(void *ticket, const struct message *messages, size_t count)
{
    enum message_kind *kind = ticket;

    assert_int_equal(count, 1);
    *kind = messages[0].kind;
}

static void an_announcement_stays_one(void **state)
{
    struct store *store = open_store(10, 10000, 10000);
    struct store_room *room = store->ops->open(store, "a");
    struct store_query query = {.after = 0, .before = 2, .limit = 5, .max_bytes = 1000};
    struct message message = {.kind = MESSAGE_ANNOUNCED,
                              .time_ms = 1,
                              .nick = "",
                              .label = "",
                              .user = "",
                              .cid = "",
                              .text = "x",
                              .text_len = 1};
    enum message_kind kind = MESSAGE_SAID;
    struct kept kept = {0};

    (void)state;
    store->ops->append(room, &message, on_kept, &kept);
    assert_int_equal(kept.result, STORE_KEPT);
    store->ops->read(room, &query, keep_kind, &kind);
    assert_int_equal(kind, MESSAGE_ANNOUNCED);
    close_store(store, room);
}

static void a_forgotten_room_begins_anew(void **state)
{
    struct store *store = open_store(10, 10000, 10000);
    struct store_room *room = store->ops->open(store, "a");
    struct store_query query = {.after = 0, .before = 9, .limit = 5, .max_bytes = 1000};
    char epoch[STORE_EPOCH_BYTES];

    (void)state;
    say(store, room, "u", "c1", "old", 1);
    say(store, room, "u", "c2", "old", 1);
    strcpy(epoch, store->ops->state(room, 1)->epoch);
    assert_int_equal(store->ops->forget(room), 0);
    assert_string_not_equal(store->ops->state(room, 1)->epoch, epoch);
    assert_int_equal(store->ops->state(room, 1)->head, 0);
    assert_int_equal(read_page(store, room, &query).count, 0);
    assert_int_equal(say(store, room, "u", "c1", "new", 1).result, STORE_KEPT);
    assert_int_equal(read_page(store, room, &query).count, 1);
    assert_string_equal(read_page(store, room, &query).last_text, "new");
    assert_int_equal(store->ops->forget(room), 0);
    assert_int_equal(store->ops->forget(room), 0);
    close_store(store, room);
}

static void sessions_are_known_beyond_their_connections(void **state)
{
    struct store *store = open_store(10, 10000, 10000);
    const struct store_ops *ops = store->ops;
    struct store_session session = {.hash = {0}, .user = "u", .seen_ms = 1000};
    const int64_t day_ms = 86400000;
    int n;

    (void)state;
    assert_null(ops->recall(store, session.hash));
    for (n = 0; n <= 65536; n++) {
        memcpy(session.hash, &n, sizeof(n));
        ops->remember(store, &session);
        if (n == 65535) { /* seen again, so it is not the one that goes */
            memset(session.hash, 0, sizeof(session.hash));
            ops->remember(store, &session);
        }
    }
    n = 1;
    memcpy(session.hash, &n, sizeof(n));
    assert_null(ops->recall(store, session.hash));
    n = 0;
    memcpy(session.hash, &n, sizeof(n));
    assert_string_equal(ops->recall(store, session.hash), "u");
    session.seen_ms += 30 * day_ms + 1; /* of all others the time is up */
    ops->remember(store, &session);
    n = -1;
    memcpy(session.hash, &n, sizeof(n));
    ops->remember(store, &session);
    n = 65536;
    memcpy(session.hash, &n, sizeof(n));
    assert_null(ops->recall(store, session.hash));
    ops->free(store);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(numbers_begin_at_one_and_have_no_holes),
        cmocka_unit_test(another_room_is_another_epoch),
        cmocka_unit_test(a_cid_sent_twice_is_one_message),
        cmocka_unit_test(age_forgets),
        cmocka_unit_test(the_history_is_the_newest_within_count_and_bytes),
        cmocka_unit_test(no_history_keeps_what_recovery_needs),
        cmocka_unit_test(pages_go_forward_and_back),
        cmocka_unit_test(an_announcement_stays_one),
        cmocka_unit_test(a_forgotten_room_begins_anew),
        cmocka_unit_test(sessions_are_known_beyond_their_connections),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
