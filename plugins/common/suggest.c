#include "suggest.h"

#include <string.h>

#define WORD_MAX 64 /* longer words get no suggestion */

static size_t least(size_t a, size_t b) { return a < b ? a : b; }

/* Optimal string alignment distance, the usual measure of a typing mistake. */
static size_t edits(const char *a, const char *b)
{
    size_t rows[3][WORD_MAX + 1], la = strlen(a), lb = strlen(b), i, j;

    for (j = 0; j <= lb; j++)
        rows[0][j] = j;
    for (i = 1; i <= la; i++) {
        size_t *row = rows[i % 3], *above = rows[(i + 2) % 3], *two_above = rows[(i + 1) % 3];

        row[0] = i;
        for (j = 1; j <= lb; j++) {
            row[j] = least(least(above[j], row[j - 1]) + 1, above[j - 1] + (a[i - 1] != b[j - 1]));
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                row[j] = least(row[j], two_above[j - 2] + 1);
        }
    }
    return rows[la % 3][lb];
}

void suggestion_init(struct suggestion *suggestion, const char *word)
{
    suggestion->word = word;
    suggestion->best = NULL;
    suggestion->distance = strlen(word) / 3 + 1;
    if (strlen(word) < 3)
        suggestion->distance = 2;
}

void suggestion_offer(struct suggestion *suggestion, const char *name)
{
    size_t distance;

    if (strlen(suggestion->word) > WORD_MAX || strlen(name) > WORD_MAX)
        return;
    distance = edits(suggestion->word, name);
    if (distance < suggestion->distance) {
        suggestion->distance = distance;
        suggestion->best = name;
    }
}
