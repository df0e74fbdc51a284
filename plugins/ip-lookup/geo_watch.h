/* geo_watch — notices that the file of a database was replaced, and opens the new one.
 *
 * Shape:    one thread for one path, because opening a file waits for the disk. It looks at the
 * file every few seconds; one that was replaced (renamed into place) is opened, and waits here
 *           until it is taken. One that does not open is told of once, and the old one stays.
 * Owns:     the thread, and a database that nobody has taken, until geo_watch_free.
 * Borrows:  path and host, as long as it lives.
 * Calls up: `wake`, on its own thread, when geo_watch_take has something to say.
 * Not here: which database is in use (ip_lookup).
 */
#ifndef LWSHOST_GEO_WATCH_H
#define LWSHOST_GEO_WATCH_H

#include "geo_db.h"

#include <stdbool.h>

struct geo_watch;

/* Begin to watch. interval_ms: between two looks; the first one is after it.
 * Returns NULL when memory is short or there can be no thread. */
struct geo_watch *geo_watch_new(const char *path, unsigned long interval_ms,
                                void (*wake)(void *host), void *host);

/* End the thread, waiting for a file that it is opening. NULL is fine. */
void geo_watch_free(struct geo_watch *watch);

/* What has come since the last call: a new database, which is the caller's from now on; or NULL,
 * and then `problem` is filled when there is a new file that does not open. */
struct geo_db *geo_watch_take(struct geo_watch *watch, struct problem *problem);

#endif
