/* store_worker — the thread that does the store's jobs, so that the loop never waits for a disk.
 *
 * Shape:    two queues in, one for what writes and one for what reads, and one out. What has
 *           gathered while a transaction was committed is the next transaction. Between its turns
 *           with each queue at most STORE_READS_MAX pages lie about that the loop has not used yet.
 * Owns:     the thread, the file, and the jobs that are in it.
 * Borrows:  the rooms of the jobs.
 * Calls up: `wake`, on the store's thread: it has to reach the loop's thread, and must not block.
 *           Also once every STORE_PACE_S seconds, so that the loop sees to what gets old.
 * Not here: how many jobs there may be (store_sqlite.c).
 */
#ifndef CHAT_STORE_WORKER_H
#define CHAT_STORE_WORKER_H

#include "store_job.h"

#define STORE_READS_MAX 64
#define STORE_PACE_S 60
#define STORE_REASON_BYTES 160

struct store_worker;

/* Start. The file is taken over in every case. Returns NULL when memory is short or no thread can
 * be started. */
struct store_worker *store_worker_new_take(struct store_db *db, void (*wake)(void *host),
                                           void *host);

/* Hand a job over. */
void store_worker_put_take(struct store_worker *worker, struct store_job *job);

/* Append all jobs that are done to `out`, in the order in which they were done. */
void store_worker_steal(struct store_worker *worker, struct store_queue *out);

/* `pages` of what was stolen are used. */
void store_worker_release(struct store_worker *worker, size_t pages);

/* Block until a job is done; for the end, when the loop serves nobody any more. One must be under
 * way. */
void store_worker_wait(struct store_worker *worker);

/* Whether something began to fail, or works again, since this was asked last. out: why, or "" when
 * it works. */
bool store_worker_news(struct store_worker *worker, char out[STORE_REASON_BYTES]);

/* Write what was handed over, end the thread, close the file. Jobs that were not stolen are freed;
 * NULL is fine. */
void store_worker_free(struct store_worker *worker);

#endif
