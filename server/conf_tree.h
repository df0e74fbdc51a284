/* conf_tree — what a configuration says, as plain structs and arrays.
 *
 * Shape:    globals, and the vhosts in the order of the files, each with its mounts and protocols.
 *           A text that was not given is NULL, a number 0 and a flag false, unless the member says
 *           otherwise.
 * Owns:     nothing by itself; conf_free frees all of it.
 * Borrows:  nothing.
 * Calls up: nothing.
 * Not here: the keys' names, types and ranges (conf_keys.c, docs/configuration.md).
 */
#ifndef LWSHOST_CONF_TREE_H
#define LWSHOST_CONF_TREE_H

#include <stdbool.h>
#include <stddef.h>

struct conf_source;

/* Where something was written. Print it with conf_place_print. */
struct conf_place {
    const struct conf_source *source; /* the file; NULL when nothing was written anywhere */
    const char *path;                 /* like `vhosts[0].mounts[2]`; "" for a whole file */
    int line;                         /* 1-based */
    size_t node;                      /* private: its number in the source's index */
};

struct conf_pair {
    const char *name;
    const char *value; /* never NULL; numbers and true/false as their text, "1" for true */
    struct conf_place place;
};

struct conf_pairs {
    struct conf_pair *items; /* in the order of the file */
    size_t count;
};

/* One entry of ws-protocols. An option that lwsws lets people repeat is there as often as given. */
struct conf_protocol {
    struct conf_place place;
    const char *name;
    struct conf_pairs options;
};

/* The numbers are those of lws's LWSMPRO_*. */
enum conf_scheme {
    CONF_SCHEME_HTTP = 0,
    CONF_SCHEME_HTTPS = 1,
    CONF_SCHEME_FILE = 2,
    CONF_SCHEME_CGI = 3,
    CONF_SCHEME_REDIRECT_HTTP = 4,
    CONF_SCHEME_REDIRECT_HTTPS = 5,
    CONF_SCHEME_CALLBACK = 6,
};

struct conf_mount {
    struct conf_place place;
    const char *mountpoint; /* begins with '/', at most 255 bytes */
    const char *origin;     /* behind the scheme: a folder, a host and path, a protocol's name */
    enum conf_scheme scheme;
    const char *fallback; /* key "default": the document for the mountpoint itself */
    const char *basic_auth;
    unsigned long auth_mask;
    unsigned long cache_max_age; /* s */
    bool cache_reuse, cache_revalidate, cache_intermediaries, cache_no;
    struct conf_pairs extra_mimetypes; /* suffix → type */
    struct conf_pairs interpret;       /* suffix → protocol */
    struct conf_pairs cgi_env, pmo;    /* lws keeps both in one list */
    unsigned long cgi_timeout;         /* s */
    const char *cgi_chroot, *cgi_chdir;
    struct conf_pairs headers;       /* names without the ':' that lws wants behind them */
    unsigned long keepalive_timeout; /* s; 0: the vhost's */
    bool exact_match, append_path, no_ws_upgrades;
    const char *interceptor_path;
};

/* How TLS is done in one direction. */
struct conf_tls {
    const char *key, *cert, *ca; /* files */
    const char *ciphers;         /* up to TLS 1.2; NULL: the host's default */
    const char *tls13_ciphers;
    const char *ecdh_curve;
    unsigned long option_set, option_clear; /* OpenSSL's SSL_OP_* bits */
};

enum conf_switch { CONF_SWITCH_UNSET, CONF_SWITCH_OFF, CONF_SWITCH_ON };

struct conf_vhost {
    struct conf_place place;

    const char *name;
    bool has_port;      /* false only with unix_socket */
    unsigned long port; /* 0: a free one */
    const char *interface;
    bool unix_socket; /* `interface` is the path of a unix socket then */
    const char *unix_socket_perms;
    bool noipv6;
    enum conf_switch ipv6only;
    bool strict_host_check;
    unsigned long keepalive_timeout; /* s; 5 unless given */
    unsigned long fo_listen_queue;

    bool sts;
    const char *access_log;       /* a path, or LOG_FILE_STDERR */
    const char *trusted_proxies;  /* as in ip_net.h; NULL: nobody */
    const char *forwarded_header; /* NULL: x-forwarded-for */
    const char *error_document_404;
    struct conf_pairs headers; /* names without the ':' that lws wants behind them */
    bool h2_half_closed_long_poll;
    bool disable_no_protocol_ws_upgrades;
    const char *alpn; /* NULL: the global default_alpn */
    unsigned long quic_mtu;
    const char *quic_preferred_addresses;

    struct conf_tls server_tls;
    bool client_cert_required, ignore_missing_cert;
    bool allow_non_tls, redirect_http, allow_http_on_https;

    bool enable_client_ssl;
    struct conf_tls client_tls;

    const char *listen_accept_role, *listen_accept_protocol;
    bool apply_listen_accept; /* also under its old key "onlyraw" */
    bool fallback_listen_accept;

    struct conf_mount *mounts; /* in the order of the file */
    size_t mount_count;
    struct conf_protocol *protocols; /* in the order of the file */
    size_t protocol_count;
};

struct conf_global {
    struct conf_place user_place; /* the object that gave username or groupname last */
    unsigned long uid, gid;       /* 0: stay who we are */
    const char *username, *groupname;
    unsigned long count_threads; /* 0: not given */
    unsigned long count_async_threads;
    bool init_ssl;
    const char *server_string;
    struct conf_pairs plugin_dirs; /* the values; every "plugin-dir" of every file, in order */
    unsigned long timeout_secs;    /* 0: lws's default */
    struct conf_pairs reject_service_keywords; /* substring of User-Agent → text of the 404 */
    const char *default_alpn;
    unsigned long ip_limit_ah, ip_limit_wsi; /* 0: no limit */
    unsigned long rlimit_nofile;             /* 0: not given */
    struct conf_place log_place;             /* the object that gave event_log last */
    const char *event_log;                   /* a path, or LOG_FILE_STDERR */
    const char *log_format;                  /* as in journal.h; NULL: key-value */
    bool cpd_bypass, allow_early_data;
    bool quic_pad_crypto, quic_only_latest, quic_early_key_update;
};

struct conf {
    struct conf_global global;
    struct conf_vhost *vhosts; /* at least one after a good reading */
    size_t vhost_count;
    struct conf_source *sources; /* private */
    struct conf_block *blocks;   /* private: the memory */
};

#endif
