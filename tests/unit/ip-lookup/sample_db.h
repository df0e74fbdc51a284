/* sample_db — the sample database of the tree, opened for a test.
 *
 * Shape:    two functions.
 * Owns:     nothing.
 * Borrows:  nothing.
 * Calls up: cmocka, when something is not as it should be.
 */
#ifndef SAMPLE_DB_H
#define SAMPLE_DB_H

#include "geo_db.h"

#define SAMPLE_DB SAMPLE_FOLDER "/sample.mmdb"

/* The address that `text` is; it must be one. */
struct ip_addr sample_addr(const char *text);

/* The opened sample, for geo_db_close. */
struct geo_db *sample_open(void);

#endif
