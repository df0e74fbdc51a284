#include "store_db_private.h"

#include <string.h>

int store_db_put_session(struct store_db *db, const struct store_session *session)
{
    sqlite3_stmt *statement = db->statements[DB_PUT_SESSION];

    sqlite3_bind_blob(statement, 1, session->hash, sizeof(session->hash), SQLITE_STATIC);
    store_db_bind_str(statement, 2, session->user);
    sqlite3_bind_int64(statement, 3, session->seen_ms);
    return store_db_run(db, DB_PUT_SESSION);
}

int store_db_forget_sessions(struct store_db *db, int64_t before_ms)
{
    sqlite3_bind_int64(db->statements[DB_FORGET_SESSIONS], 1, before_ms);
    return store_db_run(db, DB_FORGET_SESSIONS);
}

/* Bind what a sanction is known by. */
static sqlite3_stmt *bind_sanction(struct store_db *db, enum store_db_statement which,
                                   const struct disk_sanction *disk)
{
    sqlite3_stmt *statement = db->statements[which];

    store_db_bind_str(statement, 1, disk->room);
    sqlite3_bind_int(statement, 2, (int)disk->sanction.kind);
    store_db_bind_str(statement, 3, disk->sanction.user);
    store_db_bind_str(statement, 4, disk->sanction.nick);
    store_db_bind_str(statement, 5, disk->sanction.address);
    return statement;
}

int store_db_punish(struct store_db *db, const struct disk_sanction *disk)
{
    sqlite3_stmt *statement = bind_sanction(db, DB_PUNISH, disk);

    sqlite3_bind_int64(statement, 6, disk->sanction.until_ms);
    store_db_bind_str(statement, 7, disk->sanction.reason);
    return store_db_run(db, DB_PUNISH);
}

int store_db_pardon(struct store_db *db, const struct disk_sanction *disk)
{
    bind_sanction(db, DB_PARDON, disk);
    return store_db_run(db, DB_PARDON);
}

int store_db_forget_sanctions(struct store_db *db, int64_t before_ms)
{
    sqlite3_bind_int64(db->statements[DB_FORGET_SANCTIONS], 1, before_ms);
    return store_db_run(db, DB_FORGET_SANCTIONS);
}

int store_db_sanctions(struct store_db *db, store_db_sanction_fn *visit, void *user)
{
    sqlite3_stmt *statement = db->statements[DB_SANCTIONS];
    struct disk_sanction disk;
    int step, stopped = 0;

    while (!stopped && (step = sqlite3_step(statement)) == SQLITE_ROW) {
        disk.room = store_db_column_text(statement, 0);
        disk.sanction.kind =
            sqlite3_column_int(statement, 1) == STORE_MUTE ? STORE_MUTE : STORE_BAN;
        disk.sanction.user = store_db_column_text(statement, 2);
        disk.sanction.nick = store_db_column_text(statement, 3);
        disk.sanction.address = store_db_column_text(statement, 4);
        disk.sanction.until_ms = sqlite3_column_int64(statement, 5);
        disk.sanction.reason = store_db_column_text(statement, 6);
        stopped = visit(user, &disk);
    }
    sqlite3_reset(statement);
    return stopped || step != SQLITE_DONE ? -1 : 0;
}

int store_db_sessions(struct store_db *db, store_db_session_fn *visit, void *user)
{
    sqlite3_stmt *statement = db->statements[DB_SESSIONS];
    struct store_session session;
    int step, stopped = 0;

    while (!stopped && (step = sqlite3_step(statement)) == SQLITE_ROW) {
        memset(&session, 0, sizeof(session));
        if (sqlite3_column_bytes(statement, 0) == (int)sizeof(session.hash))
            memcpy(session.hash, sqlite3_column_blob(statement, 0), sizeof(session.hash));
        strncpy(session.user, store_db_column_text(statement, 1), sizeof(session.user) - 1);
        session.seen_ms = sqlite3_column_int64(statement, 2);
        stopped = visit(user, &session);
    }
    sqlite3_reset(statement);
    return stopped || step != SQLITE_DONE ? -1 : 0;
}
