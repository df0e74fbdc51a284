/* fuzz_folder — a folder for one database, in $TMPDIR.
 *
 * Shape:    made and removed by the harness, once an input.
 * Owns:     the folder, and the files that SQLite makes of `path`.
 * Borrows:  nothing.
 * Calls up: fuzz_fail.
 */
#ifndef LWSHOST_FUZZ_FOLDER_H
#define LWSHOST_FUZZ_FOLDER_H

struct fuzz_folder {
    char name[200];
    char path[220]; /* of a file in it */
};

void fuzz_folder_make(struct fuzz_folder *folder);
void fuzz_folder_remove(const struct fuzz_folder *folder);

#endif
