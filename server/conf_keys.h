/* conf_keys — every key of the configuration: its type, range, place in the struct, and what it
 * needs from libwebsockets.
 *
 * Shape:    constant tables, one an object of the format.
 * Owns:     nothing.
 * Borrows:  nothing.
 * Calls up: nothing.
 * Not here: how a type is read (conf_reader), what several keys mean together (conf_check).
 */
#ifndef LWSHOST_CONF_KEYS_H
#define LWSHOST_CONF_KEYS_H

#include "conf_features.h"

#include <stdbool.h>
#include <stddef.h>

enum conf_type {
    CONF_TEXT,      /* const char *; min and max bound its length in bytes */
    CONF_NUMBER,    /* unsigned long; min and max bound its value */
    CONF_PORT,      /* unsigned long port of a vhost, and its has_port */
    CONF_BITS,      /* unsigned long; several values are ORed */
    CONF_FLAG,      /* bool */
    CONF_SWITCH,    /* enum conf_switch */
    CONF_FOLDERS,   /* struct conf_pairs with values only */
    CONF_MAP,       /* struct conf_pairs from { name: value, … } */
    CONF_LIST,      /* struct conf_pairs from [{ name: value, … }, …] */
    CONF_GLOBAL,    /* the object "global" */
    CONF_VHOSTS,    /* the array "vhosts" */
    CONF_MOUNTS,    /* the array "mounts" of a vhost */
    CONF_PROTOCOLS, /* the array "ws-protocols" of a vhost */
    CONF_IGNORED,   /* anything; lands nowhere */
};

/* What a key needs libwebsockets to be built with; they can be ORed. */
enum conf_need {
    CONF_NEEDS_TLS = 1 << 0,
    CONF_NEEDS_CLIENT = 1 << 1,
    CONF_NEEDS_IPV6 = 1 << 2,
    CONF_NEEDS_UNIX_SOCKET = 1 << 3,
    CONF_NEEDS_BASIC_AUTH = 1 << 4,
    CONF_NEEDS_PEER_LIMITS = 1 << 5,
    CONF_NEEDS_CGI = 1 << 6,
    CONF_NEEDS_HTTP_PROXY = 1 << 7,
    CONF_NEEDS_HTTP2 = 1 << 8,
    CONF_NEEDS_JOSE = 1 << 9,
    CONF_NEEDS_ASYNC_QUEUE = 1 << 10,
    CONF_NEEDS_QUIC = 1 << 11,
};

struct conf_key {
    const char *name;
    enum conf_type type;
    size_t offset; /* of the member in the object's struct */
    unsigned long min, max;
    bool is_required;
    bool may_repeat;    /* lwsws adds up what is given several times; an array is taken too */
    unsigned needs;     /* enum conf_need */
    unsigned since;     /* the first libwebsockets with it, as LWS_LIBRARY_VERSION_NUMBER; 0: 4.1 */
    bool is_protective; /* to ignore it would weaken access control, TLS or a limit */
    const char *remark; /* why it does nothing here, for keys that nothing acts upon */
};

struct conf_keys {
    const struct conf_key *rows;
    size_t count;
};

#define CONF_KEYS_MAX 80 /* rows of the longest table */

extern const struct conf_keys conf_top_keys;    /* struct conf */
extern const struct conf_keys conf_global_keys; /* struct conf_global */
extern const struct conf_keys conf_vhost_keys;  /* struct conf_vhost */
extern const struct conf_keys conf_mount_keys;  /* struct conf_mount */

/* The row called `name`, or NULL. */
const struct conf_key *conf_keys_find(const struct conf_keys *keys, const char *name);

/* The row whose name is near to the misspelt `name`, or NULL. */
const struct conf_key *conf_keys_suggest(const struct conf_keys *keys, const char *name);

/* The build option behind the first of `needs` that `features` lacks, like "LWS_WITH_TLS"; NULL
 * when it has them all. */
const char *conf_needs_missing(unsigned needs, const struct conf_features *features);

#endif
