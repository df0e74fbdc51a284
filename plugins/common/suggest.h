/* suggest — the name that somebody who misspelt one probably meant.
 *
 * Shape:    pure functions.
 * Owns:     nothing.
 * Borrows:  the names, during the call.
 * Calls up: nothing.
 * Not here: the sentence around the suggestion.
 */
#ifndef LWSHOST_SUGGEST_H
#define LWSHOST_SUGGEST_H

#include <stddef.h>

struct suggestion {
    const char *word; /* the misspelt word, borrowed */
    const char *best; /* the nearest name so far, borrowed, or NULL when none is near enough */
    size_t distance;  /* edits from `word` to `best` */
};

/* Begin to look for a name near `word`; both are borrowed as long as the suggestion is used. */
void suggestion_init(struct suggestion *suggestion, const char *word);

/* Offer one known name. It is taken when it needs fewer edits (insert, delete, change, swap of
 * neighbours) than every name before, and at most a third of the word's length, but always one. */
void suggestion_offer(struct suggestion *suggestion, const char *name);

#endif
