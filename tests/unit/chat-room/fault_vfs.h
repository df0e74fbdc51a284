/* fault_vfs — SQLite's disk with a switch to make it fail, and an eye on what is written.
 *
 * Shape:    a VFS around the system's own, the default one while it is installed; one at a time.
 * Owns:     its switch.
 * Borrows:  the log, until it is removed.
 * Calls up: the log.
 */
#ifndef FAULT_VFS_H
#define FAULT_VFS_H

#include "disk_log.h"

enum fault { FAULT_NONE, FAULT_FULL, FAULT_WRITE, FAULT_SYNC, FAULT_READ };

/* log: gets what is written from now on; NULL for none. No database may be open. */
void fault_vfs_install(struct disk_log *log);
void fault_vfs_remove(void);

/* Let `count` operations fail, after `after` of their kind that still work. FAULT_FULL and
 * FAULT_WRITE are about writing, FAULT_FULL with the error of a full disk. */
void fault_vfs_arm(enum fault fault, int after, int count);

/* Works again. Returns how many operations have failed since it was armed. */
int fault_vfs_heal(void);

#endif
