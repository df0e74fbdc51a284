/* place_reader — one record of a MaxMind-format database as a place.
 *
 * Shape:    one function.
 * Owns:     nothing.
 * Borrows:  the record, during the call; what it says is copied.
 * Calls up: nothing.
 * Not here: finding the record of an address (geo_db, the only caller).
 */
#ifndef LWSHOST_PLACE_READER_H
#define LWSHOST_PLACE_READER_H

#include "geo_db.h"

#include <maxminddb.h>

/* Read the record at `entry`. Names are in `language`, else in English.
 * place: filled for GEO_DB_FOUND, all empty otherwise. */
enum geo_db_result place_read(const MMDB_entry_s *entry, const char *language, struct place *place);

#endif
