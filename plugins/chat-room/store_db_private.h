/* store_db_private — what the files of store_db share.
 *
 * Shape:    the connection and one prepared statement for each row of the table in store_db.c.
 * Owns:     see store_db.h.
 * Borrows:  nothing.
 * Calls up: SQLite.
 */
#ifndef CHAT_STORE_DB_PRIVATE_H
#define CHAT_STORE_DB_PRIVATE_H

#include "store_db.h"

#include <sqlite3.h>

enum store_db_statement {
    DB_BEGIN,
    DB_COMMIT,
    DB_ROLLBACK,
    DB_SEED,
    DB_PUT_SEED,
    DB_ROOMS,
    DB_ENTRIES,
    DB_FREE_MESSAGES,
    DB_FREE_NAME,
    DB_PUT_ROOM,
    DB_PUT_MESSAGE,
    DB_FORGET,
    DB_DROP_ROOM,
    DB_SESSIONS,
    DB_PUT_SESSION,
    DB_FORGET_SESSIONS,
    DB_SANCTIONS,
    DB_PUNISH,
    DB_PARDON,
    DB_FORGET_SANCTIONS,
    DB_FIND,
    DB_PAGE_OLDEST,
    DB_PAGE_NEWEST,
    DB_STATEMENTS
};

struct store_db {
    sqlite3 *connection;
    sqlite3_stmt *statements[DB_STATEMENTS];
    uint64_t seed;
};

/* Prepare all statements; the schema must be there. Returns an SQLite result. */
int store_db_prepare(struct store_db *db);

/* Run a statement that gives no rows, or whose rows nobody wants. Returns 0, or -1. */
int store_db_run(struct store_db *db, enum store_db_statement which);

/* Bind a text that lives until the statement was run. */
void store_db_bind_str(sqlite3_stmt *statement, int place, const char *text);

/* Never NULL: a damaged file can hold anything. */
const char *store_db_column_text(sqlite3_stmt *statement, int column);

#endif
