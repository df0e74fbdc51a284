/* store_batch — lists of jobs, done on the store's thread: one transaction for all that write.
 *
 * Shape:    two functions over a list of jobs.
 * Owns:     nothing.
 * Borrows:  the file and the jobs, during a call.
 * Calls up: nothing.
 */
#ifndef CHAT_STORE_BATCH_H
#define CHAT_STORE_BATCH_H

#include "store_job.h"

/* Give each message its number and keep all of them, or none: when one job fails every job has
 * failed, and no number was used up. Returns 0, or -1 with `reason` filled. */
int store_batch_write(struct store_db *db, struct store_job *jobs, char *reason, size_t size);

/* Read the pages. Returns 0, or -1 with `reason` filled when one of them could not be read. */
int store_batch_read(struct store_db *db, struct store_job *jobs, char *reason, size_t size);

#endif
