/* dlist — an intrusive doubly linked list.
 *
 * Shape:    a ring through a head; links live in their owners. An all-zero link is in no list.
 * Owns:     nothing.
 * Borrows:  the links, while they are in a list.
 * Calls up: nothing.
 */
#ifndef LWSHOST_DLIST_H
#define LWSHOST_DLIST_H

#include <stdbool.h>
#include <stddef.h>

struct dlist {
    struct dlist *previous, *next;
};

/* The struct that `link` is the member `member` of. */
#define dlist_entry(link, type, member) ((type *)(void *)((char *)(link)-offsetof(type, member)))

/* Make `head` an empty list. */
static inline void dlist_init(struct dlist *head) { head->previous = head->next = head; }

static inline bool dlist_is_empty(const struct dlist *head) { return head->next == head; }

static inline bool dlist_is_linked(const struct dlist *link) { return link->next != NULL; }

static inline void dlist_insert(struct dlist *link, struct dlist *before)
{
    link->previous = before->previous;
    link->next = before;
    before->previous->next = link;
    before->previous = link;
}

static inline void dlist_add_last(struct dlist *head, struct dlist *link)
{
    dlist_insert(link, head);
}

static inline void dlist_add_first(struct dlist *head, struct dlist *link)
{
    dlist_insert(link, head->next);
}

/* Take `link` out of its list; harmless when it is in none. */
static inline void dlist_remove(struct dlist *link)
{
    if (!link->next)
        return;
    link->previous->next = link->next;
    link->next->previous = link->previous;
    link->previous = link->next = NULL;
}

/* The first link, or NULL when the list is empty. */
static inline struct dlist *dlist_first(const struct dlist *head)
{
    return head->next == head ? NULL : head->next;
}

#endif
