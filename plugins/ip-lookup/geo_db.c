#include "geo_db.h"

#include "place_reader.h"

#include <arpa/inet.h>
#include <errno.h>
#include <maxminddb.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>

#define FILE_TEXT "%.120s" /* so that a long path leaves room for the reason */
#define PROBES 64          /* addresses that are looked up when the file is opened */

struct geo_db {
    MMDB_s mmdb;
};

static int open_problem(const char *path, int verdict, struct problem *problem)
{
    switch (verdict) {
    case MMDB_FILE_OPEN_ERROR:
    case MMDB_IO_ERROR:
        return problem_set(problem, NULL, FILE_TEXT ": %s", path, strerror(errno));
    case MMDB_OUT_OF_MEMORY_ERROR:
        return problem_set(problem, NULL, FILE_TEXT ": out of memory", path);
    case MMDB_INVALID_METADATA_ERROR:
        return problem_set(problem, NULL, FILE_TEXT ": not a MaxMind-format database, or damaged",
                           path);
    default:
        return problem_set(problem, NULL, FILE_TEXT ": damaged: %s", path, MMDB_strerror(verdict));
    }
}

/* What open(2) would block on, or mmap(2) not take, is refused before libmaxminddb sees it. */
static int check_file(const char *path, struct problem *problem)
{
    struct stat status;

    if (stat(path, &status))
        return problem_set(problem, NULL, FILE_TEXT ": %s", path, strerror(errno));
    if (!S_ISREG(status.st_mode))
        return problem_set(problem, NULL, FILE_TEXT ": not a regular file", path);
    if (status.st_size == 0)
        return problem_set(problem, NULL, FILE_TEXT ": empty file", path);
    return 0;
}

/* IPv4 addresses spread evenly; cheap, and enough to meet a file whose middle is gone. */
static int probe(const struct geo_db *db, const char *path, struct problem *problem)
{
    struct ip_addr addr;
    struct place place;
    unsigned n;

    ip_addr_parse("0.0.0.1", 7, &addr);
    for (n = 0; n < PROBES; n++) {
        addr.octets[12] = (uint8_t)(n * 256 / PROBES);
        if (geo_db_look_up(db, &addr, "en", &place) == GEO_DB_DAMAGED)
            return problem_set(problem, NULL, FILE_TEXT ": damaged: %u.0.0.1 can't be looked up",
                               path, n * 256 / PROBES);
    }
    return 0;
}

struct geo_db *geo_db_open(const char *path, struct problem *problem)
{
    struct geo_db *db;
    int verdict;

    if (check_file(path, problem))
        return NULL;
    db = calloc(1, sizeof(*db));
    if (!db) {
        problem_set(problem, NULL, FILE_TEXT ": out of memory", path);
        return NULL;
    }
    verdict = MMDB_open(path, MMDB_MODE_MMAP, &db->mmdb);
    if (verdict != MMDB_SUCCESS) {
        open_problem(path, verdict, problem);
        free(db);
        return NULL;
    }
    if (probe(db, path, problem)) {
        geo_db_close(db);
        return NULL;
    }
    return db;
}

void geo_db_close(struct geo_db *db)
{
    if (!db)
        return;
    MMDB_close(&db->mmdb);
    free(db);
}

/* 3: the same tag; 2: one is the other with a region; 1: the same language; 0: another one. */
static int likeness(const char *a, const char *b)
{
    size_t a_len = strcspn(a, "-"), b_len = strcspn(b, "-");

    if (strcasecmp(a, b) == 0)
        return 3;
    if (a_len != b_len || strncasecmp(a, b, a_len) != 0)
        return 0;
    return !a[a_len] || !b[b_len] ? 2 : 1;
}

void geo_db_language(const struct geo_db *db, const char *wanted, char out[GEO_DB_LANGUAGE_BYTES])
{
    const char *best = wanted;
    int best_likeness = 0;
    size_t n;

    for (n = 0; n < db->mmdb.metadata.languages.count; n++) {
        const char *name = db->mmdb.metadata.languages.names[n];
        int like = likeness(wanted, name);

        if (like > best_likeness && strlen(name) < GEO_DB_LANGUAGE_BYTES) {
            best_likeness = like;
            best = name;
        }
    }
    out[0] = '\0';
    strncat(out, best, GEO_DB_LANGUAGE_BYTES - 1);
}

static MMDB_lookup_result_s find(const MMDB_s *mmdb, const struct ip_addr *addr, int *verdict)
{
    struct sockaddr_in v4 = {.sin_family = AF_INET};
    struct sockaddr_in6 v6 = {.sin6_family = AF_INET6};

    if (ip_addr_is_v4(addr)) {
        memcpy(&v4.sin_addr, addr->octets + 12, 4);
        return MMDB_lookup_sockaddr(mmdb, (const struct sockaddr *)&v4, verdict);
    }
    memcpy(&v6.sin6_addr, addr->octets, 16);
    return MMDB_lookup_sockaddr(mmdb, (const struct sockaddr *)&v6, verdict);
}

enum geo_db_result geo_db_look_up(const struct geo_db *db, const struct ip_addr *addr,
                                  const char *language, struct place *place)
{
    int verdict = MMDB_SUCCESS;
    MMDB_lookup_result_s found = find(&db->mmdb, addr, &verdict);

    memset(place, 0, sizeof(*place));
    if (verdict == MMDB_IPV6_LOOKUP_IN_IPV4_DATABASE_ERROR)
        return GEO_DB_UNKNOWN;
    if (verdict != MMDB_SUCCESS)
        return GEO_DB_DAMAGED;
    if (!found.found_entry)
        return GEO_DB_UNKNOWN;
    return place_read(&found.entry, language, place);
}
