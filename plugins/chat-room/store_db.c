#include "store_db_private.h"

#include <string.h>

/* The index is named where the planner, left alone, can be drawn to the primary key by the order,
 * and then looks at every message of the room for each that is said. */
static const char *const texts[DB_STATEMENTS] = {
    [DB_BEGIN] = "BEGIN IMMEDIATE",
    [DB_COMMIT] = "COMMIT",
    [DB_ROLLBACK] = "ROLLBACK",
    [DB_SEED] = "SELECT value FROM meta WHERE name='seed'",
    [DB_PUT_SEED] = "INSERT INTO meta(name,value) VALUES('seed',?1)"
                    " ON CONFLICT(name) DO UPDATE SET value=?1",
    [DB_ROOMS] = "SELECT id,name,epoch,head FROM rooms ORDER BY id",
    [DB_ENTRIES] = "SELECT room,offset,time_ms,length(CAST(nick AS BLOB))"
                   "+length(CAST(label AS BLOB))+length(CAST(user AS BLOB))"
                   "+length(CAST(cid AS BLOB))+length(CAST(text AS BLOB))"
                   " FROM messages ORDER BY room,offset",
    [DB_FREE_MESSAGES] = "DELETE FROM messages WHERE room IN"
                         " (SELECT id FROM rooms WHERE name=?2 AND id<>?1)",
    [DB_FREE_NAME] = "DELETE FROM rooms WHERE name=?2 AND id<>?1",
    [DB_PUT_ROOM] = "INSERT INTO rooms(id,name,epoch,head) VALUES(?1,?2,?3,?4)"
                    " ON CONFLICT(id) DO UPDATE SET epoch=?3,head=?4",
    [DB_PUT_MESSAGE] = "INSERT INTO messages(room,offset,time_ms,nick,label,user,cid,text,kind)"
                       " VALUES(?1,?2,?3,?4,?5,?6,?7,?8,?9)",
    [DB_FORGET] = "DELETE FROM messages WHERE room=?1 AND offset<?2",
    [DB_DROP_ROOM] = "DELETE FROM rooms WHERE id=?1",
    [DB_SESSIONS] = "SELECT hash,user,seen_ms FROM sessions ORDER BY seen_ms",
    [DB_PUT_SESSION] = "INSERT INTO sessions(hash,user,seen_ms) VALUES(?1,?2,?3)"
                       " ON CONFLICT(hash) DO UPDATE SET user=?2,seen_ms=?3",
    [DB_FORGET_SESSIONS] = "DELETE FROM sessions WHERE seen_ms<?1",
    [DB_SANCTIONS] = "SELECT room,kind,user,nick,address,until_ms,reason FROM sanctions",
    [DB_PUNISH] = "INSERT INTO sanctions(room,kind,user,nick,address,until_ms,reason)"
                  " VALUES(?1,?2,?3,?4,?5,?6,?7) ON CONFLICT(room,kind,user,nick,address)"
                  " DO UPDATE SET until_ms=?6,reason=?7",
    [DB_PARDON] = "DELETE FROM sanctions"
                  " WHERE room=?1 AND kind=?2 AND user=?3 AND nick=?4 AND address=?5",
    [DB_FORGET_SANCTIONS] = "DELETE FROM sanctions WHERE until_ms<=?1",
    [DB_FIND] = "SELECT offset,time_ms,nick,label,user,cid,text,kind FROM messages INDEXED BY cids"
                " WHERE room=?1 AND user=?2 AND cid=?3 AND cid<>'' AND offset>=?4"
                " ORDER BY offset LIMIT 1",
    [DB_PAGE_OLDEST] = "SELECT offset,time_ms,nick,label,user,cid,text,kind FROM messages"
                       " WHERE room=?1 AND offset>?2 AND offset<?3 ORDER BY offset LIMIT ?4",
    [DB_PAGE_NEWEST] = "SELECT offset,time_ms,nick,label,user,cid,text,kind FROM messages"
                       " WHERE room=?1 AND offset>?2 AND offset<?3 ORDER BY offset DESC LIMIT ?4",
};

int store_db_prepare(struct store_db *db)
{
    int n, result = SQLITE_OK;

    for (n = 0; n < DB_STATEMENTS && result == SQLITE_OK; n++)
        result = sqlite3_prepare_v3(db->connection, texts[n], -1, SQLITE_PREPARE_PERSISTENT,
                                    &db->statements[n], NULL);
    return result;
}

void store_db_close(struct store_db *db)
{
    int n;

    if (!db)
        return;
    for (n = 0; n < DB_STATEMENTS; n++)
        sqlite3_finalize(db->statements[n]);
    sqlite3_close(db->connection);
    sqlite3_free(db);
}

uint64_t store_db_seed(const struct store_db *db) { return db->seed; }

/* A visitor that stops does so for want of memory, of which SQLite knows nothing. */
const char *store_db_error(const struct store_db *db)
{
    switch (sqlite3_errcode(db->connection)) {
    case SQLITE_OK:
    case SQLITE_ROW:
    case SQLITE_DONE:
        return "out of memory";
    default:
        return sqlite3_errmsg(db->connection);
    }
}

int store_db_run(struct store_db *db, enum store_db_statement which)
{
    sqlite3_stmt *statement = db->statements[which];
    int result = sqlite3_step(statement);

    /* What a reset returns is what the step did. The error's text outlives it. */
    sqlite3_reset(statement);
    return result == SQLITE_DONE || result == SQLITE_ROW ? 0 : -1;
}

static void bind_text(sqlite3_stmt *statement, int place, const char *text, size_t len)
{
    sqlite3_bind_text(statement, place, text, (int)len, SQLITE_STATIC);
}

void store_db_bind_str(sqlite3_stmt *statement, int place, const char *text)
{
    bind_text(statement, place, text, strlen(text));
}

int store_db_put_seed(struct store_db *db, uint64_t seed)
{
    sqlite3_bind_int64(db->statements[DB_PUT_SEED], 1, (int64_t)seed);
    if (store_db_run(db, DB_PUT_SEED))
        return -1;
    db->seed = seed;
    return 0;
}

int store_db_begin(struct store_db *db) { return store_db_run(db, DB_BEGIN); }

int store_db_commit(struct store_db *db) { return store_db_run(db, DB_COMMIT); }

/* A full disk fills up with what a checkpoint would give back. */
void store_db_rollback(struct store_db *db)
{
    bool is_full = (sqlite3_errcode(db->connection) & 0xff) == SQLITE_FULL;

    if (!sqlite3_get_autocommit(db->connection))
        store_db_run(db, DB_ROLLBACK);
    if (is_full)
        sqlite3_wal_checkpoint_v2(db->connection, NULL, SQLITE_CHECKPOINT_PASSIVE, NULL, NULL);
}

int store_db_free_name(struct store_db *db, int64_t id, const char *name)
{
    sqlite3_bind_int64(db->statements[DB_FREE_MESSAGES], 1, id);
    store_db_bind_str(db->statements[DB_FREE_MESSAGES], 2, name);
    sqlite3_bind_int64(db->statements[DB_FREE_NAME], 1, id);
    store_db_bind_str(db->statements[DB_FREE_NAME], 2, name);
    return store_db_run(db, DB_FREE_MESSAGES) || store_db_run(db, DB_FREE_NAME) ? -1 : 0;
}

int store_db_put_room(struct store_db *db, const struct store_db_room *room)
{
    sqlite3_stmt *put = db->statements[DB_PUT_ROOM];

    sqlite3_bind_int64(put, 1, room->id);
    store_db_bind_str(put, 2, room->name);
    store_db_bind_str(put, 3, room->epoch);
    sqlite3_bind_int64(put, 4, (int64_t)room->head);
    return store_db_run(db, DB_PUT_ROOM);
}

int store_db_put_message(struct store_db *db, int64_t room, const struct message *message)
{
    sqlite3_stmt *statement = db->statements[DB_PUT_MESSAGE];

    sqlite3_bind_int64(statement, 1, room);
    sqlite3_bind_int64(statement, 2, (int64_t)message->offset);
    sqlite3_bind_int64(statement, 3, message->time_ms);
    store_db_bind_str(statement, 4, message->nick);
    store_db_bind_str(statement, 5, message->label);
    store_db_bind_str(statement, 6, message->user);
    store_db_bind_str(statement, 7, message->cid);
    bind_text(statement, 8, message->text, message->text_len);
    sqlite3_bind_int(statement, 9, (int)message->kind);
    return store_db_run(db, DB_PUT_MESSAGE);
}

int store_db_forget(struct store_db *db, int64_t room, uint64_t oldest)
{
    sqlite3_bind_int64(db->statements[DB_FORGET], 1, room);
    sqlite3_bind_int64(db->statements[DB_FORGET], 2, (int64_t)oldest);
    return store_db_run(db, DB_FORGET);
}

int store_db_drop_room(struct store_db *db, int64_t room)
{
    sqlite3_bind_int64(db->statements[DB_DROP_ROOM], 1, room);
    return store_db_forget(db, room, INT64_MAX) || store_db_run(db, DB_DROP_ROOM) ? -1 : 0;
}

const char *store_db_column_text(sqlite3_stmt *statement, int column)
{
    const unsigned char *text = sqlite3_column_text(statement, column);

    return text ? (const char *)text : "";
}

static int visit_messages(sqlite3_stmt *statement, store_db_message_fn *visit, void *user)
{
    struct message message = {0};
    int step, stopped = 0;

    while (!stopped && (step = sqlite3_step(statement)) == SQLITE_ROW) {
        message.offset = (uint64_t)sqlite3_column_int64(statement, 0);
        message.time_ms = sqlite3_column_int64(statement, 1);
        message.nick = store_db_column_text(statement, 2);
        message.label = store_db_column_text(statement, 3);
        message.user = store_db_column_text(statement, 4);
        message.cid = store_db_column_text(statement, 5);
        message.text = store_db_column_text(statement, 6);
        message.text_len = (size_t)sqlite3_column_bytes(statement, 6);
        message.kind = sqlite3_column_int(statement, 7) == MESSAGE_ANNOUNCED ? MESSAGE_ANNOUNCED
                                                                             : MESSAGE_SAID;
        stopped = visit(user, &message);
    }
    sqlite3_reset(statement);
    return stopped || step != SQLITE_DONE ? -1 : 0;
}

int store_db_find(struct store_db *db, int64_t room, const struct message *like, uint64_t oldest,
                  store_db_message_fn *visit, void *user)
{
    sqlite3_stmt *statement = db->statements[DB_FIND];

    sqlite3_bind_int64(statement, 1, room);
    store_db_bind_str(statement, 2, like->user);
    store_db_bind_str(statement, 3, like->cid);
    sqlite3_bind_int64(statement, 4, (int64_t)oldest);
    return visit_messages(statement, visit, user);
}

int store_db_page(struct store_db *db, int64_t room, const struct store_query *query,
                  store_db_message_fn *visit, void *user)
{
    sqlite3_stmt *statement = db->statements[query->is_newest ? DB_PAGE_NEWEST : DB_PAGE_OLDEST];

    sqlite3_bind_int64(statement, 1, room);
    sqlite3_bind_int64(statement, 2, (int64_t)query->after);
    sqlite3_bind_int64(statement, 3, (int64_t)query->before);
    sqlite3_bind_int64(statement, 4, (int64_t)query->limit);
    return visit_messages(statement, visit, user);
}

int store_db_rooms(struct store_db *db, store_db_room_fn *visit, void *user)
{
    sqlite3_stmt *statement = db->statements[DB_ROOMS];
    struct store_db_room room;
    int step, stopped = 0;

    while (!stopped && (step = sqlite3_step(statement)) == SQLITE_ROW) {
        room.id = sqlite3_column_int64(statement, 0);
        room.name = store_db_column_text(statement, 1);
        room.epoch = store_db_column_text(statement, 2);
        room.head = (uint64_t)sqlite3_column_int64(statement, 3);
        stopped = visit(user, &room);
    }
    sqlite3_reset(statement);
    return stopped || step != SQLITE_DONE ? -1 : 0;
}

int store_db_entries(struct store_db *db, store_db_entry_fn *visit, void *user)
{
    sqlite3_stmt *statement = db->statements[DB_ENTRIES];
    int step, stopped = 0;

    while (!stopped && (step = sqlite3_step(statement)) == SQLITE_ROW)
        stopped = visit(
            user, sqlite3_column_int64(statement, 0), (uint64_t)sqlite3_column_int64(statement, 1),
            sqlite3_column_int64(statement, 2), (size_t)sqlite3_column_int64(statement, 3));
    sqlite3_reset(statement);
    return stopped || step != SQLITE_DONE ? -1 : 0;
}
