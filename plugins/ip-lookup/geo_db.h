/* geo_db — a MaxMind-format database file that says where an address is.
 *
 * Shape:    one file, read-only, mapped into memory. City, Country and DB-IP Lite layouts, and
 *           what the Enterprise, ISP and ASN ones add. A lookup touches a few pages and allocates
 *           nothing.
 * Owns:     the mapping, until geo_db_close.
 * Borrows:  nothing; a place is a copy.
 * Calls up: nothing.
 * Not here: how an answer is written (lookup_answer); noticing that the file was replaced
 *           (geo_watch). Replace it by rename: a mapped file that is cut short in place is a
 * SIGBUS.
 */
#ifndef LWSHOST_GEO_DB_H
#define LWSHOST_GEO_DB_H

#include "ip_addr.h"
#include "place.h"
#include "problem.h"

#define GEO_DB_LANGUAGE_BYTES 24 /* a language tag and its NUL */

enum geo_db_result {
    GEO_DB_FOUND,
    GEO_DB_UNKNOWN, /* the file says nothing about the address */
    GEO_DB_DAMAGED, /* what the file says can't be read */
};

struct geo_db;

/* Open the file, and look a few dozen addresses up in it so that coarse damage shows at once.
 * Returns NULL with `problem` filled (missing, no regular file, not a database, damaged). */
struct geo_db *geo_db_open(const char *path, struct problem *problem);

/* Unmap the file; NULL is fine. */
void geo_db_close(struct geo_db *db);

/* The file's own spelling of a language: zh and ZH-cn are its zh-CN, de-AT its de. Writes `wanted`
 * as it is when the file has nothing like it (its names fall back to English then). */
void geo_db_language(const struct geo_db *db, const char *wanted, char out[GEO_DB_LANGUAGE_BYTES]);

/* Where is `addr`? Names are in `language` (as geo_db_language gave it), else in English.
 * place: filled for GEO_DB_FOUND, all empty otherwise. */
enum geo_db_result geo_db_look_up(const struct geo_db *db, const struct ip_addr *addr,
                                  const char *language, struct place *place);

#endif
