/* The stores, in memory and on a disk that fails, against a list of all that was ever kept. Numbers
 * have no holes and are never used twice, what was kept comes back as it was, and nothing is kept
 * twice under one cid.
 *
 * The file lives in a folder of its own in $TMPDIR. */
#include "fuzz.h"
#include "fuzz_folder.h"
#include "room_model.h"

#include "fault_vfs.h"
#include "store_sqlite.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ROOMS 2
#define STEPS_MAX 120

static const char *const names[ROOMS] = {"den", "lobby"};

struct model {
    struct store *store;
    struct store_sqlite_config config;
    struct room_model rooms[ROOMS];
    unsigned steps;
    int64_t now_ms;
    unsigned waiting; /* for a callback */
    bool has_disk, has_faults;
    struct fuzz_folder folder;
};

struct errand {
    struct model *model;
    struct room_model *room;
    struct said said;
    char epoch[STORE_EPOCH_BYTES];
    uint64_t oldest; /* that was kept when the message was handed over */
    struct store_query query;
    bool is_exact; /* nothing else is under way: the page is known beforehand */
};

static uint64_t chance;

static void fill_random(void *bytes, size_t len)
{
    char *at = bytes;

    for (; len; at += len < 8 ? len : 8, len -= len < 8 ? len : 8) {
        chance = chance * 6364136223846793005u + 1442695040888963407u;
        memcpy(at, &chance, len < 8 ? len : 8);
    }
}

static void wake(void *host) { (void)host; }

static void report(void *host, const char *trouble)
{
    FUZZ_CHECK(!trouble || ((const struct model *)host)->has_faults);
}

static void check_state(struct model *model, struct room_model *room)
{
    const struct store_state *state = model->store->ops->state(room->room, model->now_ms);
    size_t n;

    FUZZ_CHECK(!strcmp(state->epoch, room->epoch) && state->head == room->head);
    FUZZ_CHECK(state->oldest >= 1 && state->oldest <= state->head + 1);
    FUZZ_CHECK(state->oldest >= room->oldest); /* what is forgotten does not come back */
    FUZZ_CHECK(state->history_from >= state->oldest && state->history_from <= state->head + 1);
    FUZZ_CHECK(state->head + 1 - state->history_from <= model->config.limits.history_count);
    FUZZ_CHECK(state->history_bytes <= state->bytes || !state->bytes);
    FUZZ_CHECK((state->bytes == 0) == (state->oldest > state->head));
    room->oldest = state->oldest;
    for (n = (size_t)state->oldest; n <= state->head; n++)
        FUZZ_CHECK(room->said[n - 1].time_ms + model->config.limits.ttl_ms > model->now_ms - 1);
}

/* The room has new numbers: no pair of epoch and number ever comes twice. */
static void begin_epoch(struct model *model, struct room_model *room)
{
    const struct store_state *state = model->store->ops->state(room->room, model->now_ms);
    size_t n;

    if (room->head && room->old_count < EPOCHS_MAX)
        memcpy(room->old_epochs[room->old_count++], room->epoch, STORE_EPOCH_BYTES);
    for (n = 0; n < room->old_count; n++)
        FUZZ_CHECK(strcmp(room->old_epochs[n], state->epoch));
    FUZZ_CHECK(strlen(state->epoch) == STORE_EPOCH_BYTES - 1 && state->head == 0);
    memcpy(room->epoch, state->epoch, STORE_EPOCH_BYTES);
    room->head = 0;
    room->oldest = 1;
}

/* The number of a message of that cid that was still kept, or 0. */
static uint64_t find_cid(const struct errand *errand)
{
    const struct room_model *room = errand->room;
    const struct said *said = &errand->said;
    uint64_t n;

    for (n = errand->oldest; said->cid[0] && n <= room->head; n++)
        if (!strcmp(room->said[n - 1].cid, said->cid) &&
            !strcmp(room->said[n - 1].user, said->user))
            return n;
    return 0;
}

static void on_kept(void *ticket, enum store_result result, const struct message *message)
{
    struct errand *errand = ticket;
    struct room_model *room = errand->room;
    struct model *model = errand->model;

    model->waiting--;
    if (strcmp(room->epoch, errand->epoch)) { /* forgotten while it was under way */
        FUZZ_CHECK(result == STORE_FORGOTTEN || (result == STORE_FAILED && model->has_faults));
    } else if (result == STORE_KEPT) {
        FUZZ_CHECK(message->offset == room->head + 1);
        FUZZ_CHECK(!find_cid(errand));
        room_model_check(message, &errand->said);
        FUZZ_CHECK(room->head < MESSAGES_MAX);
        room->said[room->head++] = errand->said;
    } else if (result == STORE_KNOWN) {
        FUZZ_CHECK(message->offset >= 1 && message->offset <= room->head);
        FUZZ_CHECK(!strcmp(message->cid, errand->said.cid) && errand->said.cid[0]);
        FUZZ_CHECK(!strcmp(message->user, errand->said.user));
        room_model_check(message, &room->said[message->offset - 1]);
    } else {
        FUZZ_CHECK(result == STORE_FAILED && model->has_faults);
        room_model_check(message, &errand->said);
    }
    free(errand);
}

static void on_page(void *ticket, const struct message *messages, size_t count)
{
    struct errand *errand = ticket;
    struct room_model *room = errand->room;
    uint64_t first, last;
    size_t n;

    errand->model->waiting--;
    if (strcmp(room->epoch, errand->epoch))
        FUZZ_CHECK(count == 0);
    FUZZ_CHECK(count <= errand->query.limit && count <= STORE_PAGE_MAX);
    for (n = 0; n < count; n++) {
        FUZZ_CHECK(messages[n].offset > errand->query.after);
        FUZZ_CHECK(messages[n].offset < errand->query.before);
        FUZZ_CHECK(messages[n].offset <= room->head);
        FUZZ_CHECK(!n || messages[n].offset == messages[n - 1].offset + 1);
        room_model_check(&messages[n], &room->said[messages[n].offset - 1]);
    }
    if (errand->is_exact) {
        room_model_page(room, &errand->query, &first, &last);
        FUZZ_CHECK(count == last + 1 - first);
        FUZZ_CHECK(!count || messages[0].offset == first);
    }
    free(errand);
}

static struct errand *errand_new(struct model *model, struct room_model *room)
{
    struct errand *errand = calloc(1, sizeof(*errand));

    FUZZ_CHECK(errand);
    errand->model = model;
    errand->room = room;
    memcpy(errand->epoch, room->epoch, STORE_EPOCH_BYTES);
    errand->oldest = model->store->ops->state(room->room, model->now_ms)->oldest;
    model->waiting++;
    return errand;
}

static void append(struct model *model, struct room_model *room, struct fuzz_input *input)
{
    struct errand *errand = errand_new(model, room);
    unsigned how = fuzz_byte(input);
    struct said *said = &errand->said;
    struct message message = {.time_ms = model->now_ms,
                              .nick = "nick",
                              .label = "label",
                              .user = said->user,
                              .cid = said->cid,
                              .text = said->text};

    snprintf(said->user, sizeof(said->user), "u%u", how & 1);
    if (how & 2)
        snprintf(said->cid, sizeof(said->cid), "c%u", how >> 2 & 3);
    snprintf(said->text, sizeof(said->text), "%u %.*s", model->steps, (int)(how >> 4),
             "abcdefghijklmnop");
    said->time_ms = model->now_ms;
    message.text_len = strlen(said->text);
    model->store->ops->append(room->room, &message, on_kept, errand);
}

static void drain(struct model *model)
{
    if (model->store->ops->drain)
        model->store->ops->drain(model->store);
    FUZZ_CHECK(model->waiting == 0);
}

static void read_page(struct model *model, struct room_model *room, struct fuzz_input *input)
{
    struct errand *errand;
    unsigned how = fuzz_byte(input);

    if (how & 1)
        drain(model);
    check_state(model, room);
    errand = errand_new(model, room);
    errand->query.after = fuzz_number(input, 255) % (room->head + 2);
    errand->query.before = how & 2 ? UINT64_MAX : errand->query.after + 1 + fuzz_byte(input);
    errand->query.limit = 1 + (how >> 4);
    errand->query.max_bytes = how & 4 ? 60 : 10000;
    errand->query.is_newest = how & 8;
    errand->is_exact = how & 1 && !model->has_faults;
    model->store->ops->read(room->room, &errand->query, on_page, errand);
    if (how & 1)
        drain(model);
}

static void forget(struct model *model, struct room_model *room)
{
    FUZZ_CHECK(!model->store->ops->forget(room->room));
    begin_epoch(model, room);
}

static void open_rooms(struct model *model, bool is_new)
{
    size_t n;

    for (n = 0; n < ROOMS; n++) {
        struct room_model *room = &model->rooms[n];

        room->room = model->store->ops->open(model->store, names[n]);
        FUZZ_CHECK(room->room);
        if (is_new)
            begin_epoch(model, room);
        else
            check_state(model, room);
    }
}

static void open_store(struct model *model)
{
    struct problem problem = {0};

    model->store = model->has_disk ? store_sqlite_new(&model->config, model->now_ms, &problem)
                                   : store_memory_new(&model->config.limits, fill_random);
    if (!model->store)
        fprintf(stderr, "%s\n", problem.text);
    FUZZ_CHECK(model->store);
}

static void close_store(struct model *model)
{
    size_t n;

    fault_vfs_heal();
    drain(model);
    model->has_faults = false;
    for (n = 0; n < ROOMS; n++)
        model->store->ops->close(model->rooms[n].room);
    model->store->ops->free(model->store);
}

/* What a disk keeps is there again, and memory begins anew. */
static void reopen(struct model *model)
{
    close_store(model);
    open_store(model);
    open_rooms(model, !model->has_disk);
}

static void fail(struct model *model, struct fuzz_input *input)
{
    unsigned how = fuzz_byte(input);

    if (!model->has_disk)
        return;
    drain(model);
    if (how & 1) {
        fault_vfs_heal();
        model->has_faults = false;
        return;
    }
    model->has_faults = true;
    fault_vfs_arm(how & 2 ? FAULT_WRITE : FAULT_FULL, (int)(how >> 5), 1 + (int)(how >> 2 & 7));
}

static void step(struct model *model, struct fuzz_input *input)
{
    unsigned what = fuzz_byte(input);
    struct room_model *room = &model->rooms[what & 1];

    model->steps++;
    switch (what >> 1 & 15) {
    case 0:
        forget(model, room);
        break;
    case 1:
        reopen(model);
        break;
    case 2:
        fail(model, input);
        break;
    case 3:
        model->now_ms += (int64_t)fuzz_number(input, 20000);
        break;
    case 4:
    case 5:
    case 6:
        read_page(model, room, input);
        break;
    case 7:
        drain(model);
        check_state(model, room);
        break;
    case 8:
        if (model->store->ops->deliver)
            model->store->ops->deliver(model->store, model->now_ms);
        break;
    default:
        append(model, room, input);
        break;
    }
}

/* A byte: which store, its limits; then steps. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct fuzz_input input = {data, size};
    struct model *model = calloc(1, sizeof(*model));
    unsigned how = fuzz_byte(&input);

    FUZZ_CHECK(model);
    chance = 1;
    model->now_ms = 1700000000000;
    model->has_disk = how & 1;
    fuzz_folder_make(&model->folder);
    fault_vfs_install(NULL);
    model->config =
        (struct store_sqlite_config){.path = model->folder.path,
                                     .survives_power_loss = how & 2,
                                     .limits = {.history_count = 1 + (how >> 2 & 7),
                                                .history_bytes = 400,
                                                .kept_bytes = 400 + 600 * (size_t)(how >> 5 & 3),
                                                .ttl_ms = 60000},
                                     .slice_bytes = 1000,
                                     .rooms_max = 10,
                                     .random = fill_random,
                                     .wake = wake,
                                     .report = report,
                                     .host = model};
    open_store(model);
    open_rooms(model, true);
    while (input.left && model->steps < STEPS_MAX)
        step(model, &input);
    drain(model);
    close_store(model);
    fault_vfs_remove();
    fuzz_folder_remove(&model->folder);
    free(model);
    return 0;
}
