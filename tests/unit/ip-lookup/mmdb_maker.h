/* mmdb_maker — tiny MaxMind-format databases for tests: one record for every address.
 *
 * Shape:    the record is appended value by value with mmdb_*; a map is followed by its keys and
 *           values, an array by its elements (MaxMind DB file format 2.0).
 * Owns:     nothing; the caller has the bytes, and the descriptor that mmdb_file returns.
 * Borrows:  nothing after a call returns.
 * Calls up: nothing.
 */
#ifndef MMDB_MAKER_H
#define MMDB_MAKER_H

#include "bytes.h"

#include <stdint.h>

void mmdb_map(struct bytes *data, unsigned members);
void mmdb_array(struct bytes *data, unsigned elements);
void mmdb_text(struct bytes *data, const char *text);
void mmdb_double(struct bytes *data, double value);
void mmdb_float(struct bytes *data, float value);
void mmdb_uint32(struct bytes *data, uint32_t value);

/* A database whose every address has the record `data`. ip_version: 4 or 6. Returns a file
 * descriptor in memory; its path goes to `path`. Ends the program when memory is short. */
int mmdb_file(const struct bytes *data, unsigned ip_version, char path[64]);

/* A file in memory that holds just these bytes. As mmdb_file. */
int mmdb_raw_file(const void *data, size_t len, char path[64]);

#endif
