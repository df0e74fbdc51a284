/* dlist — an intrusive doubly linked list.
 *
 * Shape:    a ring through a sentinel; a node that is in no list is all zero, so that removing it
 *           twice, or before it was ever added, does nothing.
 * Owns:     nothing.
 * Borrows:  the nodes, which are members of the structs that are listed, until they are removed.
 * Calls up: nothing.
 */
#ifndef LWSHOST_DLIST_H
#define LWSHOST_DLIST_H

#include <stdbool.h>
#include <stddef.h>

struct dlist_node {
    struct dlist_node *prev, *next;
};

struct dlist {
    struct dlist_node ring; /* ring.next is the first node, ring.prev the last one */
};

/* The struct of type `type` whose member `member` is `node`. */
#define DLIST_ENTRY(node, type, member) ((type *)(void *)((char *)(node)-offsetof(type, member)))

/* Make an empty list; an all-zero one is not valid yet. */
static inline void dlist_init(struct dlist *list)
{
    list->ring.prev = list->ring.next = &list->ring;
}

static inline bool dlist_is_listed(const struct dlist_node *node) { return node->next != NULL; }

/* Append a node that is in no list. */
static inline void dlist_append(struct dlist *list, struct dlist_node *node)
{
    node->prev = list->ring.prev;
    node->next = &list->ring;
    node->prev->next = node;
    list->ring.prev = node;
}

/* Put a node that is in no list before all others. */
static inline void dlist_prepend(struct dlist *list, struct dlist_node *node)
{
    node->prev = &list->ring;
    node->next = list->ring.next;
    node->next->prev = node;
    list->ring.next = node;
}

static inline bool dlist_is_empty(const struct dlist *list)
{
    return list->ring.next == &list->ring;
}

/* Take a node out of its list; harmless when it is in none. */
static inline void dlist_remove(struct dlist_node *node)
{
    if (!node->next)
        return;
    node->prev->next = node->next;
    node->next->prev = node->prev;
    node->prev = node->next = NULL;
}

/* The first node, or NULL. */
static inline struct dlist_node *dlist_first(const struct dlist *list)
{
    return list->ring.next == &list->ring ? NULL : list->ring.next;
}

/* The node after `node`, or NULL. */
static inline struct dlist_node *dlist_next(const struct dlist *list, const struct dlist_node *node)
{
    return node->next == &list->ring ? NULL : node->next;
}

#endif
