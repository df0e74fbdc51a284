#include "session.h"

#include "sha256.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void put_hex(char *out, const uint8_t *bytes, size_t count)
{
    size_t n;

    for (n = 0; n < count; n++)
        snprintf(out + 2 * n, 3, "%02x", bytes[n]);
}

/* The value of a small hexadecimal digit, or -1. */
static int hex_digit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static int read_secret(uint8_t secret[SESSION_SECRET_BYTES], const char *token, size_t len)
{
    size_t n;

    if (len != SESSION_TOKEN_BYTES - 1)
        return -1;
    for (n = 0; n < SESSION_SECRET_BYTES; n++) {
        int high = hex_digit(token[2 * n]), low = hex_digit(token[2 * n + 1]);

        if (high < 0 || low < 0)
            return -1;
        secret[n] = (uint8_t)(high << 4 | low);
    }
    return 0;
}

void session_token(const struct session *session, char out[SESSION_TOKEN_BYTES])
{
    put_hex(out, session->secret, sizeof(session->secret));
}

static uint64_t secret_hash(const struct world *world, const uint8_t secret[SESSION_SECRET_BYTES])
{
    return hash_keyed(&world->hash_key, secret, SESSION_SECRET_BYTES);
}

/* A unix socket is where everybody of a proxy comes from: no address of somebody. */
static void note_address(struct session *session)
{
    struct world *world = session->world;
    const char *address = session->conn->address;

    address = strcmp(address, ADDRESS_LOCAL) ? address_hold(world, address) : "";
    address_let_go(world, session->address);
    session->address = address;
}

struct session *session_new(struct conn *conn)
{
    struct session *session = calloc(1, sizeof(*session));
    struct world *world = conn->world;
    uint8_t id[6];

    if (!session)
        return NULL;
    world->port->random(session->secret, sizeof(session->secret));
    world->port->random(id, sizeof(id));
    session->user[0] = 'u';
    put_hex(session->user + 1, id, sizeof(id));
    session->world = world;
    session->conn = conn;
    session->address = "";
    note_address(session);
    dlist_init(&session->members);
    dlist_init(&session->errands);
    dlist_append(&world->all_sessions, &session->of_world);
    if (conn->mode == CONN_JSON)
        hash_map_insert(&world->sessions, &session->by_token, secret_hash(world, session->secret));
    return session;
}

static struct member *first_member(const struct session *session)
{
    struct dlist_node *node = dlist_first(&session->members);

    return node ? DLIST_ENTRY(node, struct member, of_session) : NULL;
}

static void forget_errands(struct session *session)
{
    struct dlist_node *node;

    while ((node = dlist_first(&session->errands))) {
        DLIST_ENTRY(node, struct errand, of_session)->session = NULL;
        dlist_remove(node);
    }
}

void session_free(struct session *session, const char *reason)
{
    struct member *member;

    while ((member = first_member(session)))
        room_remove(member, reason);
    forget_errands(session);
    hash_map_remove(&session->world->sessions, &session->by_token);
    dlist_remove(&session->of_world);
    if (session->conn)
        session->conn->session = NULL;
    address_let_go(session->world, session->address);
    free(session);
}

/* Compared without telling by the time how much was right. */
static bool has_secret(const struct hash_node *node, const void *key)
{
    const uint8_t *secret = HASH_MAP_ENTRY(node, struct session, by_token)->secret;
    const uint8_t *given = key;
    uint8_t difference = 0;
    size_t n;

    for (n = 0; n < SESSION_SECRET_BYTES; n++)
        difference |= (uint8_t)(secret[n] ^ given[n]);
    return difference == 0;
}

struct session *session_find(struct world *world, const char *token, size_t len)
{
    uint8_t secret[SESSION_SECRET_BYTES];
    struct hash_node *node;

    if (read_secret(secret, token, len))
        return NULL;
    node = hash_map_find(&world->sessions, secret_hash(world, secret), has_secret, secret);
    return node ? HASH_MAP_ENTRY(node, struct session, by_token) : NULL;
}

void session_remember(const struct session *session)
{
    const struct world *world = session->world;
    struct store_session kept = {.seen_ms = world->port->wall_ms()};
    char token[SESSION_TOKEN_BYTES];

    session_token(session, token);
    sha256(token, strlen(token), kept.hash);
    memcpy(kept.user, session->user, sizeof(session->user));
    world->store->ops->remember(world->store, &kept);
}

void session_become(struct session *session, const char *token, size_t len, const char *user)
{
    struct world *world = session->world;
    uint8_t secret[SESSION_SECRET_BYTES];

    if (read_secret(secret, token, len) || strlen(user) >= sizeof(session->user))
        return;
    hash_map_remove(&world->sessions, &session->by_token);
    memcpy(session->secret, secret, sizeof(secret));
    strcpy(session->user, user);
    hash_map_insert(&world->sessions, &session->by_token, secret_hash(world, secret));
}

void session_recall(struct session *session, const char *token, size_t len)
{
    const struct world *world = session->world;
    uint8_t hash[SHA256_BYTES];
    const char *user;

    if (len != SESSION_TOKEN_BYTES - 1)
        return;
    sha256(token, len, hash);
    user = world->store->ops->recall(world->store, hash);
    if (user)
        session_become(session, token, len, user);
}

/* Its places stay, but it hears nothing; what it does not take up again in time is left. */
static void go_away(struct session *session, const char *reason)
{
    struct dlist_node *node;

    for (node = dlist_first(&session->members); node; node = dlist_next(&session->members, node)) {
        struct member *member = DLIST_ENTRY(node, struct member, of_session);

        member_silence(member);
        member->away_reason = reason;
        waiting_start(session->world, &member->away, PATIENCE_AWAY);
    }
}

void session_resume(struct session *session, struct conn *conn)
{
    struct conn *before = session->conn;
    struct session *fresh = conn->session;

    session->conn = NULL;
    if (before) {
        before->session = NULL;
        go_away(session, "timeout");
        conn_close(before, CLOSE_REPLACED, "replaced by another connection of this session");
    }
    conn->session = NULL;
    if (fresh) {
        fresh->conn = NULL;
        session_free(fresh, NULL);
    }
    session->conn = conn;
    conn->session = session;
    note_address(session);
}

/* A broken network comes back; who said goodbye, or was sent away for good, does not. */
static bool may_come_back(const struct session *session, unsigned code)
{
    if (!hash_node_is_mapped(&session->by_token) || session->world->options->leave_delay_s == 0)
        return false;
    return code == 0 || code == CLOSE_GOING_AWAY || (code >= 4000 && code < 4500);
}

static const char *leave_reason(unsigned code)
{
    if (code == CLOSE_TOO_SLOW)
        return "slow";
    return code == 0 || code == CLOSE_NO_PONG ? "timeout" : "left";
}

void session_detach(struct session *session, unsigned code)
{
    session->conn = NULL;
    if (session->world->is_stopping) {
        session_free(session, NULL);
        return;
    }
    if (!first_member(session) || !may_come_back(session, code)) {
        session_free(session, leave_reason(code));
        return;
    }
    go_away(session, code == CLOSE_TOO_SLOW ? "slow" : "timeout");
}

void errand_begin(struct errand *errand, struct room *room, struct session *session)
{
    errand->session = session;
    errand->room = room;
    room->errands++;
    errand->of_session = (struct dlist_node){0};
    if (session)
        dlist_append(&session->errands, &errand->of_session);
}

void errand_end(struct errand *errand)
{
    errand->room->errands--;
    dlist_remove(&errand->of_session);
}

struct conn *errand_conn(const struct errand *errand)
{
    return errand->session ? errand->session->conn : NULL;
}

struct member *session_member(const struct session *session, const struct room *room)
{
    struct dlist_node *node;

    for (node = dlist_first(&session->members); node; node = dlist_next(&session->members, node))
        if (DLIST_ENTRY(node, struct member, of_session)->room == room)
            return DLIST_ENTRY(node, struct member, of_session);
    return NULL;
}
