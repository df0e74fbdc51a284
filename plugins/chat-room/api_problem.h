/* api_problem — why an HTTP request is answered with an error: what problem+json says of it.
 *
 * Shape:    a status, a stable word for programs and a sentence for people; all zero is none.
 * Owns:     nothing; texts are literals.
 * Borrows:  nothing.
 * Calls up: nothing.
 */
#ifndef CHAT_API_PROBLEM_H
#define CHAT_API_PROBLEM_H

#include "refusal.h"

struct api_problem {
    unsigned status; /* 0: no problem */
    const char *reason;
    const char *detail;
    const char *allow;      /* of 405, else NULL */
    bool wants_bearer;      /* 401: the header that says so */
    unsigned retry_after_s; /* of 429 and 503; 0: a second */
};

/* Fill it. Returns -1 always, so that a reader can `return api_problem_set(…)`. */
int api_problem_set(struct api_problem *problem, unsigned status, const char *reason,
                    const char *detail);

/* The same for a refusal that the socket has, too, with its code as status. trouble: stands instead
 * of its own sentence when not NULL. */
int api_problem_refusal(struct api_problem *problem, enum refusal refusal, const char *trouble);

#endif
