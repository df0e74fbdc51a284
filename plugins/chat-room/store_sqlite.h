/* store_sqlite — the store that survives the process: numbers, epochs and messages in a file.
 *
 * Shape:    the loop's half of the store. It knows of each room what is kept, in numbers, so that
 *           `open` and `state` answer at once; messages are written and read by a thread
 *           (store_worker.h). A room costs a row in the file from its first message on, and keeps
 *           its epoch and head when nothing of it is kept any more, up to `rooms_max` rooms; then
 *           the one that was left longest ago is dropped, and begins anew if it is opened again.
 * Owns:     rooms and the thread, which owns the file.
 * Borrows:  nothing; the path is needed only during the call.
 * Calls up: `wake` on the store's thread: have the loop's thread call ops->deliver, soon; never
 *           block. `report` from within deliver. `random`.
 *
 * Bounds: STORE_APPENDS_MAX messages and STORE_APPEND_BYTES_MAX bytes of them may wait for the
 * disk; beyond, append answers STORE_FAILED at once. STORE_PAGES_MAX reads; beyond, a page is
 * empty. STORE_NOTES_MAX sessions and sanctions; beyond, a session is not remembered, a sanction is
 * refused, and one that is lifted is told later. A transaction that fails (a full disk, an I/O
 * error) fails all messages in it with STORE_FAILED; the next one is tried like any other. A page
 * that can't be read is empty.
 */
#ifndef CHAT_STORE_SQLITE_H
#define CHAT_STORE_SQLITE_H

#include "problem.h"
#include "store_memory.h"

#define STORE_APPENDS_MAX 32768
#define STORE_APPEND_BYTES_MAX (16 << 20)
#define STORE_PAGES_MAX 32768
#define STORE_NOTES_MAX 8192

struct store_sqlite_config {
    const char *path;
    bool survives_power_loss; /* a commit waits for the disk, not only for the system */
    struct store_limits limits;
    size_t slice_bytes; /* of messages that one deliver hands out */
    size_t rooms_max;
    void (*random)(void *bytes, size_t len);
    void (*wake)(void *host);
    /* trouble: why the file can't be read or written, or NULL when it can again. */
    void (*report)(void *host, const char *trouble);
    void *host;
};

/* Open the file, or make it. Reads as much of it as `state` needs: takes as long as that.
 * now_ms: wall clock. Returns NULL with `problem` filled, its path empty. */
struct store *store_sqlite_new(const struct store_sqlite_config *config, int64_t now_ms,
                               struct problem *problem);

#endif
