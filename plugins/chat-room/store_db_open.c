#include "store_db_private.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define APPLICATION_ID 0x6c776368 /* "lwch": whose file it is, for file(1) too */
#define SCHEMA_VERSION 2
#define HEADER_BYTES 100
#define BUSY_MS 2000          /* for a process that is just ending */
#define CHECKPOINT_PAGES 4000 /* about 16 MiB of the log, then it is written into the file */

#define SANCTIONS                                                                                  \
    "CREATE TABLE sanctions(room TEXT NOT NULL, kind INTEGER NOT NULL, user TEXT NOT NULL,"        \
    " nick TEXT NOT NULL, address TEXT NOT NULL, until_ms INTEGER NOT NULL,"                       \
    " reason TEXT NOT NULL, PRIMARY KEY(room, kind, user, nick, address)) WITHOUT ROWID;"

static const char schema[] =
    "CREATE TABLE meta(name TEXT PRIMARY KEY, value) WITHOUT ROWID;"
    "CREATE TABLE rooms(id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, epoch TEXT NOT NULL,"
    " head INTEGER NOT NULL);"
    "CREATE TABLE messages(room INTEGER NOT NULL, offset INTEGER NOT NULL,"
    " time_ms INTEGER NOT NULL, nick TEXT NOT NULL, label TEXT NOT NULL, user TEXT NOT NULL,"
    " cid TEXT NOT NULL, text TEXT NOT NULL, kind INTEGER NOT NULL DEFAULT 0,"
    " PRIMARY KEY(room, offset)) WITHOUT ROWID;"
    "CREATE INDEX cids ON messages(room, user, cid) WHERE cid<>'';"
    "CREATE TABLE sessions(hash BLOB PRIMARY KEY, user TEXT NOT NULL, seen_ms INTEGER NOT NULL)"
    " WITHOUT ROWID;" SANCTIONS "PRAGMA user_version=2;";

static const char from_1_to_2[] =
    "ALTER TABLE messages ADD COLUMN kind INTEGER NOT NULL DEFAULT 0;" SANCTIONS
    "PRAGMA user_version=2;";

static int execute(struct store_db *db, const char *sql)
{
    return sqlite3_exec(db->connection, sql, NULL, NULL, NULL);
}

/* The one number, or the first one, that a question gives. */
static int ask_number(struct store_db *db, const char *sql, int64_t *out)
{
    sqlite3_stmt *statement = NULL;
    int result = sqlite3_prepare_v2(db->connection, sql, -1, &statement, NULL);

    if (result == SQLITE_OK) {
        result = sqlite3_step(statement);
        *out = sqlite3_column_int64(statement, 0);
    }
    sqlite3_finalize(statement);
    return result == SQLITE_ROW ? SQLITE_OK : result;
}

/* Whether the first answer to `sql` is the text `expected`. */
static int ask_text(struct store_db *db, const char *sql, const char *expected, bool *out)
{
    sqlite3_stmt *statement = NULL;
    int result = sqlite3_prepare_v2(db->connection, sql, -1, &statement, NULL);
    const unsigned char *text;

    if (result == SQLITE_OK) {
        result = sqlite3_step(statement);
        text = sqlite3_column_text(statement, 0);
        *out = text && strcmp((const char *)text, expected) == 0;
    }
    sqlite3_finalize(statement);
    return result == SQLITE_ROW ? SQLITE_OK : result;
}

static int refuse(struct store_db *db, const char *path, int result, struct problem *problem)
{
    int system = sqlite3_system_errno(db->connection);

    switch (result & 0xff) {
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
        return problem_set(problem, "", "\"%s\" is in use by another process or vhost", path);
    case SQLITE_NOTADB:
        return problem_set(problem, "", "\"%s\" is not an SQLite database", path);
    case SQLITE_CORRUPT:
        return problem_set(problem, "", "\"%s\" is damaged", path);
    case SQLITE_CANTOPEN:
        return problem_set(problem, "", "\"%s\" can't be opened: %s", path,
                           system ? strerror(system) : sqlite3_errmsg(db->connection));
    case SQLITE_READONLY:
        return problem_set(problem, "", "\"%s\" can't be written, or its folder can't", path);
    default:
        return problem_set(problem, "", "\"%s\": %s", path, sqlite3_errmsg(db->connection));
    }
}

/* What people wrote is for the server's eyes. Only a file that is new is touched: closing a
 * descriptor of one that is in use would take its locks away from everybody in this process.
 * Returns 0 when there is a file, or errno. */
static int create_private(const char *path)
{
    int file = open(path, O_CREAT | O_EXCL | O_RDWR | O_CLOEXEC, 0600);

    if (file < 0)
        return errno == EEXIST ? 0 : errno;
    close(file);
    return 0;
}

/* Whether an earlier process left something beside the file that is not in it yet. */
static bool has_log(const char *path)
{
    char *log = sqlite3_mprintf("%s-wal", path);
    struct stat status;
    bool result = log && stat(log, &status) == 0 && status.st_size > 0;

    sqlite3_free(log);
    return result;
}

static int connect_file(struct store_db *db, const char *path)
{
    int result;

    result =
        sqlite3_open_v2(path, &db->connection,
                        SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX, NULL);
    if (result != SQLITE_OK)
        return result;
    sqlite3_busy_timeout(db->connection, BUSY_MS);
    sqlite3_db_config(db->connection, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, has_log(path) ? 1 : 0,
                      (int *)NULL);
    /* Before the first look: in this mode nobody else comes in while the file is open. */
    result = execute(db, "PRAGMA locking_mode=EXCLUSIVE; PRAGMA temp_store=MEMORY;");
    return result == SQLITE_OK && sqlite3_db_readonly(db->connection, "main") ? SQLITE_READONLY
                                                                              : result;
}

static uint32_t big_endian(const unsigned char *bytes)
{
    return (uint32_t)bytes[0] << 24 | (uint32_t)bytes[1] << 16 | (uint32_t)bytes[2] << 8 | bytes[3];
}

static int refuse_stranger(const char *path, struct problem *problem)
{
    return problem_set(problem, "", "\"%s\" is the database of another program", path);
}

static int refuse_newer(const char *path, int64_t version, struct problem *problem)
{
    return problem_set(problem, "",
                       "\"%s\" was written by a newer version (its schema is %lld, this one "
                       "knows %d)",
                       path, (long long)version, SCHEMA_VERSION);
}

/* What the file itself says, before SQLite is asked: to read a database can mean to write it, when
 * whoever it belongs to left a journal beside it. The descriptor is SQLite's, since closing another
 * one would take the locks of this process away. */
static int look_at_header(struct store_db *db, const char *path, struct problem *problem)
{
    unsigned char header[HEADER_BYTES] = "";
    sqlite3_file *file = NULL;
    sqlite3_int64 size = 0;
    int result =
        sqlite3_file_control(db->connection, "main", SQLITE_FCNTL_FILE_POINTER, (void *)&file);

    if (result == SQLITE_OK)
        result = file->pMethods->xFileSize(file, &size);
    if (result == SQLITE_OK && size)
        result = file->pMethods->xRead(file, header, HEADER_BYTES, 0);
    if (result == SQLITE_OK && size == 0)
        return 0;
    if (result != SQLITE_OK && result != SQLITE_IOERR_SHORT_READ)
        return refuse(db, path, result, problem);
    if (memcmp(header, "SQLite format 3", 16) != 0)
        return refuse(db, path, SQLITE_NOTADB, problem);
    if (big_endian(header + 68) != APPLICATION_ID)
        return refuse_stranger(path, problem);
    if (big_endian(header + 60) > SCHEMA_VERSION)
        return refuse_newer(path, big_endian(header + 60), problem);
    return 0;
}

/* The same, now with what stands in the log of it. out: whether it is empty. */
static int identify(struct store_db *db, const char *path, bool *is_new, struct problem *problem)
{
    int64_t application = 0, version = 0, objects = 0;
    int result = ask_number(db, "PRAGMA application_id", &application);

    if (result == SQLITE_OK)
        result = ask_number(db, "PRAGMA user_version", &version);
    if (result == SQLITE_OK)
        result = ask_number(db, "SELECT count(*) FROM sqlite_master", &objects);
    if (result != SQLITE_OK)
        return refuse(db, path, result, problem);
    *is_new = version == 0 && objects == 0;
    if (application != APPLICATION_ID && (application || !*is_new))
        return refuse_stranger(path, problem);
    return version > SCHEMA_VERSION ? refuse_newer(path, version, problem) : 0;
}

static int check(struct store_db *db, const char *path, struct problem *problem)
{
    bool is_sound = false;
    int result = ask_text(db, "PRAGMA quick_check(1)", "ok", &is_sound);

    if (result != SQLITE_OK)
        return refuse(db, path, result, problem);
    return is_sound ? 0 : problem_set(problem, "", "\"%s\" is damaged", path);
}

/* Enter the mode in which a commit is one append to the log. The mark goes first: from then on the
 * file is known as ours, whatever happens. */
static int configure(struct store_db *db, bool is_new, bool survives_power_loss)
{
    bool is_wal = false;
    char sql[120];
    int result;

    sqlite3_snprintf(sizeof(sql), sql, "PRAGMA application_id=%d", APPLICATION_ID);
    result = is_new ? execute(db, sql) : SQLITE_OK;
    if (result == SQLITE_OK)
        result = ask_text(db, "PRAGMA journal_mode=WAL", "wal", &is_wal);
    if (result == SQLITE_OK && !is_wal)
        result = SQLITE_READONLY;
    if (result != SQLITE_OK)
        return result;
    sqlite3_snprintf(sizeof(sql), sql,
                     "PRAGMA synchronous=%s; PRAGMA wal_autocheckpoint=%d;"
                     "PRAGMA journal_size_limit=67108864;",
                     survives_power_loss ? "FULL" : "NORMAL", CHECKPOINT_PAGES);
    return execute(db, sql);
}

/* Make what is missing, bring an older file up to date, or show that the file can be written, in
 * one transaction. */
static int create(struct store_db *db, bool is_new)
{
    int64_t version = 0;
    int result = execute(db, "BEGIN IMMEDIATE");

    if (result == SQLITE_OK)
        result = ask_number(db, "PRAGMA user_version", &version);
    if (result == SQLITE_OK && is_new && version == 0)
        result = execute(db, schema);
    else if (result == SQLITE_OK && version == 1)
        result = execute(db, from_1_to_2);
    if (result == SQLITE_OK)
        result = execute(db, "COMMIT");
    return result;
}

static int read_seed(struct store_db *db)
{
    sqlite3_stmt *statement = db->statements[DB_SEED];
    int result = sqlite3_step(statement);

    if (result == SQLITE_ROW)
        db->seed = (uint64_t)sqlite3_column_int64(statement, 0);
    sqlite3_reset(statement);
    return result == SQLITE_ROW || result == SQLITE_DONE ? SQLITE_OK : result;
}

static int set_up(struct store_db *db, const char *path, bool survives_power_loss,
                  struct problem *problem)
{
    bool is_new = false;
    int result = create_private(path);

    if (result)
        return problem_set(problem, "", "\"%s\" can't be opened: %s", path, strerror(result));
    result = connect_file(db, path);
    if (result != SQLITE_OK)
        return refuse(db, path, result, problem);
    if (look_at_header(db, path, problem) || identify(db, path, &is_new, problem) ||
        (!is_new && check(db, path, problem)))
        return -1;
    result = configure(db, is_new, survives_power_loss);
    if (result == SQLITE_OK)
        result = create(db, is_new);
    if (result == SQLITE_OK)
        result = store_db_prepare(db);
    if (result == SQLITE_OK)
        result = read_seed(db);
    return result == SQLITE_OK ? 0 : refuse(db, path, result, problem);
}

void store_db_accept(struct store_db *db)
{
    sqlite3_db_config(db->connection, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 0, (int *)NULL);
}

struct store_db *store_db_open(const char *path, bool survives_power_loss, struct problem *problem)
{
    struct store_db *db = sqlite3_malloc(sizeof(*db));

    if (!db) {
        problem_set(problem, "", "out of memory");
        return NULL;
    }
    memset(db, 0, sizeof(*db));
    if (!set_up(db, path, survives_power_loss, problem))
        return db;
    store_db_close(db);
    return NULL;
}
