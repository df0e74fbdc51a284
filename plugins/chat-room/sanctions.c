#include "sanctions.h"

#include <stdlib.h>
#include <string.h>

struct entry {
    struct dlist_node node;
    struct store_sanction sanction;
    uint8_t token_hash[SHA256_BYTES];
    bool is_marked; /* token_hash is known */
    char texts[];
};

#define ENTRY(at) DLIST_ENTRY(at, struct entry, node)

void sanctions_init(struct sanctions *sanctions)
{
    dlist_init(&sanctions->list);
    sanctions->count = 0;
}

static void drop(struct sanctions *sanctions, struct entry *entry)
{
    dlist_remove(&entry->node);
    sanctions->count--;
    free(entry);
}

void sanctions_fini(struct sanctions *sanctions)
{
    struct dlist_node *node;

    while ((node = dlist_first(&sanctions->list)))
        drop(sanctions, ENTRY(node));
}

/* The first entry, or the one behind `entry`, that is not over; what is over on the way goes. */
static struct entry *next(struct sanctions *sanctions, const struct entry *entry, int64_t now_ms)
{
    struct dlist_node *node =
        entry ? dlist_next(&sanctions->list, &entry->node) : dlist_first(&sanctions->list);

    while (node && ENTRY(node)->sanction.until_ms <= now_ms) {
        struct dlist_node *behind = dlist_next(&sanctions->list, node);

        drop(sanctions, ENTRY(node));
        node = behind;
    }
    return node ? ENTRY(node) : NULL;
}

static void sweep(struct sanctions *sanctions, int64_t now_ms)
{
    struct entry *entry = NULL;

    while ((entry = next(sanctions, entry, now_ms)))
        ;
}

static const char *copy(char **to, const char *text)
{
    const char *start = *to;

    *to = stpcpy(*to, text) + 1;
    return start;
}

int sanctions_add(struct sanctions *sanctions, const struct store_sanction *sanction, bool replaces,
                  int64_t now_ms)
{
    struct entry *entry;
    char *to;

    sweep(sanctions, now_ms);
    if (sanctions->count >= SANCTIONS_MAX + (replaces ? 1u : 0u))
        return -1;
    entry = malloc(sizeof(*entry) + strlen(sanction->user) + strlen(sanction->nick) +
                   strlen(sanction->address) + strlen(sanction->reason) + 4);
    if (!entry)
        return -1;
    memset(entry, 0, sizeof(*entry));
    to = entry->texts;
    entry->sanction = *sanction;
    entry->sanction.user = copy(&to, sanction->user);
    entry->sanction.nick = copy(&to, sanction->nick);
    entry->sanction.address = copy(&to, sanction->address);
    entry->sanction.reason = copy(&to, sanction->reason);
    dlist_append(&sanctions->list, &entry->node);
    sanctions->count++;
    return 0;
}

static struct entry *newest_of(const struct sanctions *sanctions)
{
    return sanctions->count ? ENTRY(sanctions->list.ring.prev) : NULL;
}

const struct store_sanction *sanctions_newest(const struct sanctions *sanctions)
{
    const struct entry *newest = newest_of(sanctions);

    return newest ? &newest->sanction : NULL;
}

void sanctions_mark(struct sanctions *sanctions, const uint8_t token_hash[SHA256_BYTES])
{
    struct entry *newest = newest_of(sanctions);

    if (!newest)
        return;
    memcpy(newest->token_hash, token_hash, SHA256_BYTES);
    newest->is_marked = true;
}

const char *sanctions_user(struct sanctions *sanctions, const uint8_t token_hash[SHA256_BYTES],
                           int64_t now_ms)
{
    struct entry *entry = NULL;

    while ((entry = next(sanctions, entry, now_ms)))
        if (entry->is_marked && memcmp(entry->token_hash, token_hash, SHA256_BYTES) == 0)
            return entry->sanction.user;
    return NULL;
}

static bool is_for_all(const struct store_sanction *sanction)
{
    return sanction->kind == STORE_BAN && !sanction->user[0] && !sanction->nick[0] &&
           !sanction->address[0];
}

static bool is_same(const char *named, const char *given)
{
    return named[0] && given && strcmp(named, given) == 0;
}

static bool is_same_nick(const struct nick_rules *rules, const char *named, const char *given)
{
    return named[0] && given && nick_is_same(rules, named, strlen(named), given, strlen(given));
}

int64_t sanctions_banned(struct sanctions *sanctions, const struct nick_rules *rules,
                         const struct offender *who, int64_t now_ms)
{
    struct entry *entry = NULL;
    int64_t until_ms = 0;

    while ((entry = next(sanctions, entry, now_ms))) {
        const struct store_sanction *ban = &entry->sanction;

        if (ban->kind == STORE_BAN && ban->until_ms > until_ms &&
            (is_same(ban->user, who->user) || is_same(ban->address, who->address) ||
             is_same_nick(rules, ban->nick, who->nick)))
            until_ms = ban->until_ms;
    }
    return until_ms;
}

int64_t sanctions_closed(struct sanctions *sanctions, int64_t now_ms)
{
    struct entry *entry = NULL;

    while ((entry = next(sanctions, entry, now_ms)))
        if (is_for_all(&entry->sanction))
            return entry->sanction.until_ms;
    return 0;
}

const struct store_sanction *sanctions_find(struct sanctions *sanctions,
                                            enum store_sanction_kind kind, const char *user,
                                            int64_t now_ms)
{
    struct entry *entry = NULL;

    while ((entry = next(sanctions, entry, now_ms)))
        if (entry->sanction.kind == kind && strcmp(entry->sanction.user, user) == 0)
            return &entry->sanction;
    return NULL;
}

int64_t sanctions_muted(struct sanctions *sanctions, const char *user, int64_t now_ms)
{
    const struct store_sanction *mute = sanctions_find(sanctions, STORE_MUTE, user, now_ms);

    return mute ? mute->until_ms : 0;
}

const struct store_sanction *sanctions_match(struct sanctions *sanctions,
                                             const struct nick_rules *rules, const char *nick,
                                             const char *user, int64_t now_ms)
{
    struct entry *entry = NULL;

    while ((entry = next(sanctions, entry, now_ms))) {
        const struct store_sanction *sanction = &entry->sanction;

        if ((nick || user) && (!user || is_same(sanction->user, user)) &&
            (!nick || is_same_nick(rules, sanction->nick, nick)))
            return sanction;
    }
    return NULL;
}

void sanctions_lift(struct sanctions *sanctions, const struct store_sanction *sanction)
{
    drop(sanctions, DLIST_ENTRY(sanction, struct entry, sanction));
}

bool sanctions_are_over(struct sanctions *sanctions, int64_t now_ms)
{
    return !next(sanctions, NULL, now_ms);
}
