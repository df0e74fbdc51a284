/* alloc_fail — make one allocation of the tested code fail, to see what it does then.
 *
 * Shape:    wrappers around malloc, calloc, realloc, strdup and jansson's allocations; they count
 *           while a failure is armed. The test program is linked with
 *           -Wl,--wrap=malloc,--wrap=calloc,--wrap=realloc,--wrap=strdup.
 * Owns:     one counter for the program, of a test and never of the product.
 * Borrows:  nothing.
 * Calls up: nothing.
 */
#ifndef LWSHOST_ALLOC_FAIL_H
#define LWSHOST_ALLOC_FAIL_H

#include <stdbool.h>

/* Let the allocation number `n`, counted from 0, fail, and only that one. */
void alloc_fail_arm(unsigned long n);

/* Whether jansson's allocations count too. They don't unless this says so. */
void alloc_fail_include_jansson(bool is_included);

/* Stop counting. Returns true when the armed allocation was reached, and so failed. */
bool alloc_fail_disarm(void);

#endif
