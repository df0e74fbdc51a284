/* problem — what is wrong with something a person wrote, and where.
 *
 * Shape:    a fixed struct that the caller provides; all zero means "no problem".
 * Owns:     nothing.
 * Borrows:  nothing; texts are copied in, cut at a character when too long, and control characters
 *           in them become question marks.
 * Calls up: nothing.
 * Not here: who prints it, and the file name in front of it.
 */
#ifndef LWSHOST_PROBLEM_H
#define LWSHOST_PROBLEM_H

struct problem {
    int line;       /* 1-based line in the text, 0 when it is not known */
    int column;     /* 1-based column in bytes, 0 when it is not known */
    char path[160]; /* the place by name, like `vhosts[0].mounts[2].orign`; may be empty */
    char text[240]; /* the reason, one line without a full stop; empty means no problem */
};

/* Fill `problem` with a place and a printf-style reason. The first failure wins: does nothing when
 * `problem` is NULL or says something already. `path` may be NULL for "leave it as it is".
 * Returns -1 always, so that a parser can `return problem_set(...)`.
 */
int problem_set(struct problem *problem, const char *path, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

#endif
