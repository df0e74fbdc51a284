#include "store_rig.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>
#include <sqlite3.h>

static void count_up(void *bytes, size_t len)
{
    static unsigned char next;

    memset(bytes, ++next, len);
}

static void on_wake(void *host)
{
    struct rig *rig = host;

    sem_post(&rig->woken);
}

static void on_report(void *host, const char *trouble)
{
    struct rig *rig = host;

    rig->reports++;
    snprintf(rig->trouble, sizeof(rig->trouble), "%s", trouble ? trouble : "");
}

void rig_init(struct rig *rig)
{
    memset(rig, 0, sizeof(*rig));
    strcpy(rig->folder, "/tmp/lwshost-store-XXXXXX");
    assert_non_null(mkdtemp(rig->folder));
    snprintf(rig->path, sizeof(rig->path), "%s/chat.db", rig->folder);
    sem_init(&rig->woken, 0, 0);
    rig->now_ms = 1000000;
    rig->config = (struct store_sqlite_config){
        .path = rig->path,
        .limits = {.history_count = 100,
                   .history_bytes = 1000000,
                   .kept_bytes = 4000000,
                   .ttl_ms = 100000},
        .slice_bytes = 100000,
        .rooms_max = 100,
        .random = count_up,
        .wake = on_wake,
        .report = on_report,
        .host = rig,
    };
}

static void remove_file(const struct rig *rig, const char *suffix)
{
    char path[128];

    snprintf(path, sizeof(path), "%s%s", rig->path, suffix);
    unlink(path);
}

static const char *const sides[] = {"", "-wal", "-shm", "-journal"};
#define SIDES ((int)(sizeof(sides) / sizeof(sides[0])))

void rig_fini(struct rig *rig)
{
    int n;

    rig_close(rig);
    for (n = 0; n < SIDES; n++)
        remove_file(rig, sides[n]);
    assert_int_equal(rmdir(rig->folder), 0);
    sem_destroy(&rig->woken);
}

void rig_open(struct rig *rig)
{
    rig->store = store_sqlite_new(&rig->config, rig->now_ms, &rig->problem);
    assert_string_equal(rig->problem.text, "");
    assert_non_null(rig->store);
}

struct content {
    char *bytes;
    size_t len; /* 0 of a file that is not there, and one more of one that is */
};

static struct content read_side(const struct rig *rig, int side)
{
    struct content content = {.bytes = calloc(1, 1)};
    char path[128];
    struct stat status;
    FILE *file;

    snprintf(path, sizeof(path), "%s%s", rig->config.path, sides[side]);
    file = stat(path, &status) == 0 && S_ISREG(status.st_mode) ? fopen(path, "rb") : NULL;
    if (!file)
        return content;
    fseek(file, 0, SEEK_END);
    content.len = (size_t)ftell(file) + 1;
    rewind(file);
    content.bytes = realloc(content.bytes, content.len);
    content.bytes[fread(content.bytes, 1, content.len - 1, file)] = '\0';
    fclose(file);
    return content;
}

void rig_refuses(struct rig *rig, const char *words)
{
    struct problem problem = {0};
    struct content before[SIDES], after[SIDES];
    int n;

    for (n = 0; n < SIDES; n++)
        before[n] = read_side(rig, n);
    assert_null(store_sqlite_new(&rig->config, rig->now_ms, &problem));
    if (!strstr(problem.text, words) || !strstr(problem.text, rig->config.path))
        fail_msg("\"%s\" does not say \"%s\"", problem.text, words);
    for (n = 0; n < SIDES; n++) {
        after[n] = read_side(rig, n);
        if (after[n].len != before[n].len || memcmp(after[n].bytes, before[n].bytes, after[n].len))
            fail_msg("%s%s is not as it was", rig->config.path, sides[n]);
        free(before[n].bytes);
        free(after[n].bytes);
    }
}

void rig_close(struct rig *rig)
{
    if (rig->store)
        rig->store->ops->free(rig->store);
    rig->store = NULL;
}

static void on_kept(void *ticket, enum store_result result, const struct message *message)
{
    struct rig_kept *kept = ticket;

    kept->calls++;
    kept->result = result;
    kept->offset = message->offset;
    kept->time_ms = message->time_ms;
    snprintf(kept->text, sizeof(kept->text), "%s", message->text);
}

void rig_append(struct rig *rig, struct store_room *room, const char *user, const char *cid,
                const char *text, struct rig_kept *kept)
{
    struct message message = {.time_ms = rig->now_ms,
                              .nick = "n",
                              .label = "l",
                              .user = user,
                              .cid = cid,
                              .text = text,
                              .text_len = strlen(text)};

    memset(kept, 0, sizeof(*kept));
    rig->store->ops->append(room, &message, on_kept, kept);
}

void rig_announce(struct rig *rig, struct store_room *room, const char *text, struct rig_kept *kept)
{
    struct message message = {.kind = MESSAGE_ANNOUNCED,
                              .time_ms = rig->now_ms,
                              .nick = "",
                              .label = "",
                              .user = "",
                              .cid = "",
                              .text = text,
                              .text_len = strlen(text)};

    memset(kept, 0, sizeof(*kept));
    rig->store->ops->append(room, &message, on_kept, kept);
}

void rig_turn_until(struct rig *rig, const int *calls, int wanted)
{
    struct timespec until;

    clock_gettime(CLOCK_REALTIME, &until);
    until.tv_sec += RIG_SECONDS;
    while (*calls < wanted) {
        assert_int_equal(sem_timedwait(&rig->woken, &until), 0);
        rig->wakes++;
        while (rig->store->ops->deliver(rig->store, rig->now_ms))
            ;
    }
    assert_int_equal(*calls, wanted);
}

struct rig_kept rig_say(struct rig *rig, struct store_room *room, const char *user, const char *cid,
                        const char *text)
{
    struct rig_kept kept;

    rig_append(rig, room, user, cid, text, &kept);
    rig_turn_until(rig, &kept.calls, 1);
    return kept;
}

static void on_page(void *ticket, const struct message *messages, size_t count)
{
    struct rig_page *page = ticket;
    size_t n;

    page->calls++;
    page->count = count;
    for (n = 0; n < count; n++) {
        page->offsets[n] = messages[n].offset;
        page->kinds[n] = messages[n].kind;
    }
    if (count)
        snprintf(page->first_text, sizeof(page->first_text), "%s", messages[0].text);
}

struct rig_page rig_read(struct rig *rig, struct store_room *room, const struct store_query *query)
{
    struct rig_page page = {0};

    rig->store->ops->read(room, query, on_page, &page);
    rig_turn_until(rig, &page.calls, 1);
    return page;
}

int64_t rig_ask(const struct rig *rig, const char *sql)
{
    sqlite3 *connection;
    sqlite3_stmt *statement;
    int64_t result;

    assert_int_equal(sqlite3_open(rig->path, &connection), SQLITE_OK);
    assert_int_equal(sqlite3_prepare_v2(connection, sql, -1, &statement, NULL), SQLITE_OK);
    assert_int_equal(sqlite3_step(statement), SQLITE_ROW);
    result = sqlite3_column_int64(statement, 0);
    sqlite3_finalize(statement);
    assert_int_equal(sqlite3_close(connection), SQLITE_OK);
    return result;
}

void rig_sql(const struct rig *rig, const char *sql)
{
    sqlite3 *connection;

    assert_int_equal(sqlite3_open(rig->path, &connection), SQLITE_OK);
    assert_int_equal(sqlite3_exec(connection, sql, NULL, NULL, NULL), SQLITE_OK);
    assert_int_equal(sqlite3_close(connection), SQLITE_OK);
}

int rig_setup(void **state)
{
    *state = calloc(1, sizeof(struct rig));
    rig_init(*state);
    return 0;
}

int rig_teardown(void **state)
{
    rig_fini(*state);
    free(*state);
    return 0;
}

struct store_room *rig_room(struct rig *rig, const char *name)
{
    struct store_room *room = rig->store->ops->open(rig->store, name);

    assert_non_null(room);
    return room;
}

struct store_state rig_past(struct rig *rig, struct store_room *room)
{
    return *rig->store->ops->state(room, rig->now_ms);
}
