#include "conf_keys.h"

#include "conf.h"
#include "suggest.h"

#include <limits.h>
#include <string.h>

#define TEXT_MAX 4096 /* bytes; PATH_MAX on Linux, and more than any list of ciphers */
#define SECONDS_MAX 31536000

#define GLOBAL(member) offsetof(struct conf_global, member)
#define VHOST(member) offsetof(struct conf_vhost, member)
#define MOUNT(member) offsetof(struct conf_mount, member)

#define KEY(key, kind, where, ...)                                                                 \
    {                                                                                              \
        .name = key, .type = kind, .offset = where, __VA_ARGS__                                    \
    }
#define TEXT(key, where, ...)                                                                      \
    KEY(key, CONF_TEXT, where, .min = 1, .max = TEXT_MAX, .needs = __VA_ARGS__)
#define FLAG(key, where, ...) KEY(key, CONF_FLAG, where, .needs = __VA_ARGS__)
#define SECONDS(key, where, ...)                                                                   \
    KEY(key, CONF_NUMBER, where, .max = SECONDS_MAX, .needs = __VA_ARGS__)
#define BITS(key, where, ...)                                                                      \
    KEY(key, CONF_BITS, where, .max = LONG_MAX, .may_repeat = true, .is_protective = true,         \
        .needs = __VA_ARGS__)
#define IGNORED(key, why) KEY(key, CONF_IGNORED, 0, .remark = why)

#define PROTECTS .is_protective = true
#define CLIENT_TLS (CONF_NEEDS_TLS | CONF_NEEDS_CLIENT)

#define KEYS(rows)                                                                                 \
    {                                                                                              \
        rows, sizeof(rows) / sizeof(rows[0])                                                       \
    }

static const struct conf_key top_rows[] = {
    KEY("global", CONF_GLOBAL, offsetof(struct conf, global), .needs = 0),
    KEY("vhosts", CONF_VHOSTS, 0, .needs = 0),
};

static const struct conf_key global_rows[] = {
    KEY("uid", CONF_NUMBER, GLOBAL(uid), .max = 4294967294),
    KEY("gid", CONF_NUMBER, GLOBAL(gid), .max = 4294967294),
    TEXT("username", GLOBAL(username), 0),
    TEXT("groupname", GLOBAL(groupname), 0),
    KEY("count-threads", CONF_NUMBER, GLOBAL(count_threads), .min = 1, .max = 1024),
    FLAG("init-ssl", GLOBAL(init_ssl), CONF_NEEDS_TLS, PROTECTS),
    KEY("server-string", CONF_TEXT, GLOBAL(server_string), .max = 255),
    KEY("plugin-dir", CONF_FOLDERS, GLOBAL(plugin_dirs), .min = 1, .max = TEXT_MAX,
        .may_repeat = true),
    IGNORED("ws-pingpong-secs", "deprecated, libwebsockets does nothing with it"),
    SECONDS("timeout-secs", GLOBAL(timeout_secs), 0),
    KEY("reject-service-keywords", CONF_LIST, GLOBAL(reject_service_keywords), .needs = 0),
    TEXT("default-alpn", GLOBAL(default_alpn), CONF_NEEDS_TLS),
    KEY("ip-limit-ah", CONF_NUMBER, GLOBAL(ip_limit_ah), .max = 65535,
        .needs = CONF_NEEDS_PEER_LIMITS, PROTECTS),
    KEY("ip-limit-wsi", CONF_NUMBER, GLOBAL(ip_limit_wsi), .max = 65535,
        .needs = CONF_NEEDS_PEER_LIMITS, PROTECTS),
    KEY("rlimit-nofile", CONF_NUMBER, GLOBAL(rlimit_nofile), .min = 64, .max = 10000000),
    TEXT("event-log", GLOBAL(event_log), 0),
    TEXT("log-format", GLOBAL(log_format), 0),
    KEY("count-async-threads", CONF_NUMBER, GLOBAL(count_async_threads), .max = 255,
        .needs = CONF_NEEDS_ASYNC_QUEUE, .since = 5000000),
    FLAG("cpd-bypass", GLOBAL(cpd_bypass), 0, .since = 5000000),
    FLAG("allow-early-data", GLOBAL(allow_early_data), CONF_NEEDS_TLS, .since = 5000000),
    FLAG("quic-pad-crypto", GLOBAL(quic_pad_crypto), CONF_NEEDS_QUIC, .since = 5000000),
    FLAG("quic-only-latest", GLOBAL(quic_only_latest), CONF_NEEDS_QUIC, .since = 5000000),
    FLAG("quic-early-key-update", GLOBAL(quic_early_key_update), CONF_NEEDS_QUIC, .since = 5000000),
};

static const struct conf_key vhost_rows[] = {
    KEY("name", CONF_TEXT, VHOST(name), .min = 1, .max = 253, .is_required = true),
    KEY("port", CONF_PORT, VHOST(port), .max = 65535),
    TEXT("interface", VHOST(interface), 0),
    FLAG("unix-socket", VHOST(unix_socket), CONF_NEEDS_UNIX_SOCKET, PROTECTS),
    TEXT("unix-socket-perms", VHOST(unix_socket_perms), CONF_NEEDS_UNIX_SOCKET, PROTECTS),
    FLAG("noipv6", VHOST(noipv6), 0),
    KEY("ipv6only", CONF_SWITCH, VHOST(ipv6only), .needs = CONF_NEEDS_IPV6, PROTECTS),
    FLAG("strict-host-check", VHOST(strict_host_check), 0),
    SECONDS("keepalive_timeout", VHOST(keepalive_timeout), 0),
    KEY("fo-listen-queue", CONF_NUMBER, VHOST(fo_listen_queue), .max = 65535, .since = 4003000),

    FLAG("sts", VHOST(sts), 0),
    TEXT("access-log", VHOST(access_log), 0),
    TEXT("trusted-proxies", VHOST(trusted_proxies), 0),
    TEXT("forwarded-header", VHOST(forwarded_header), 0),
    TEXT("error-document-404", VHOST(error_document_404), 0),
    KEY("headers", CONF_LIST, VHOST(headers), .needs = 0),
    FLAG("h2-half-closed-long-poll", VHOST(h2_half_closed_long_poll), CONF_NEEDS_HTTP2),
    FLAG("disable-no-protocol-ws-upgrades", VHOST(disable_no_protocol_ws_upgrades), 0),
    TEXT("alpn", VHOST(alpn), CONF_NEEDS_TLS),
    KEY("quic-mtu", CONF_NUMBER, VHOST(quic_mtu), .max = 65535, .needs = CONF_NEEDS_QUIC,
        .since = 5000000),
    TEXT("quic-preferred-addresses", VHOST(quic_preferred_addresses), CONF_NEEDS_QUIC,
         .since = 5000000),

    TEXT("host-ssl-key", VHOST(server_tls.key), CONF_NEEDS_TLS, PROTECTS),
    TEXT("host-ssl-cert", VHOST(server_tls.cert), CONF_NEEDS_TLS, PROTECTS),
    TEXT("host-ssl-ca", VHOST(server_tls.ca), CONF_NEEDS_TLS, PROTECTS),
    TEXT("ciphers", VHOST(server_tls.ciphers), CONF_NEEDS_TLS, PROTECTS),
    TEXT("tls13-ciphers", VHOST(server_tls.tls13_ciphers), CONF_NEEDS_TLS, PROTECTS),
    TEXT("ecdh-curve", VHOST(server_tls.ecdh_curve), CONF_NEEDS_TLS, PROTECTS),
    BITS("ssl-option-set", VHOST(server_tls.option_set), CONF_NEEDS_TLS),
    BITS("ssl-option-clear", VHOST(server_tls.option_clear), CONF_NEEDS_TLS),
    FLAG("client-cert-required", VHOST(client_cert_required), CONF_NEEDS_TLS, PROTECTS),
    FLAG("ignore-missing-cert", VHOST(ignore_missing_cert), 0),
    FLAG("allow-non-tls", VHOST(allow_non_tls), 0),
    FLAG("redirect-http", VHOST(redirect_http), CONF_NEEDS_TLS, PROTECTS),
    FLAG("allow-http-on-https", VHOST(allow_http_on_https), 0),

    FLAG("enable-client-ssl", VHOST(enable_client_ssl), CLIENT_TLS, PROTECTS),
    TEXT("client-ssl-key", VHOST(client_tls.key), CLIENT_TLS, PROTECTS),
    TEXT("client-ssl-cert", VHOST(client_tls.cert), CLIENT_TLS, PROTECTS),
    TEXT("client-ssl-ca", VHOST(client_tls.ca), CLIENT_TLS, PROTECTS),
    TEXT("client-ssl-ciphers", VHOST(client_tls.ciphers), CLIENT_TLS, PROTECTS),
    TEXT("client-tls13-ciphers", VHOST(client_tls.tls13_ciphers), CLIENT_TLS, PROTECTS),
    TEXT("client-ecdh-curve", VHOST(client_tls.ecdh_curve), CLIENT_TLS, .since = 5001000, PROTECTS),
    BITS("ssl-client-option-set", VHOST(client_tls.option_set), CLIENT_TLS),
    BITS("ssl-client-option-clear", VHOST(client_tls.option_clear), CLIENT_TLS),

    TEXT("listen-accept-role", VHOST(listen_accept_role), 0),
    TEXT("listen-accept-protocol", VHOST(listen_accept_protocol), 0),
    FLAG("apply-listen-accept", VHOST(apply_listen_accept), 0),
    FLAG("onlyraw", VHOST(apply_listen_accept), 0),
    FLAG("fallback-listen-accept", VHOST(fallback_listen_accept), 0),

    KEY("mounts", CONF_MOUNTS, VHOST(mounts), .needs = 0),
    KEY("ws-protocols", CONF_PROTOCOLS, VHOST(protocols), .needs = 0),
    IGNORED("dht", "lwshost runs no distributed hash table"),
};

static const struct conf_key mount_rows[] = {
    KEY("mountpoint", CONF_TEXT, MOUNT(mountpoint), .min = 1, .max = 255, .is_required = true),
    KEY("origin", CONF_TEXT, MOUNT(origin), .min = 1, .max = TEXT_MAX, .is_required = true),
    TEXT("default", MOUNT(fallback), 0),
    IGNORED("protocol", "libwebsockets does nothing with it; \"origin\": \"callback://…\" does"),
    TEXT("basic-auth", MOUNT(basic_auth), CONF_NEEDS_BASIC_AUTH, PROTECTS),
    KEY("auth-mask", CONF_NUMBER, MOUNT(auth_mask), .max = INT_MAX),
    SECONDS("cache-max-age", MOUNT(cache_max_age), 0),
    FLAG("cache-reuse", MOUNT(cache_reuse), 0),
    FLAG("cache-revalidate", MOUNT(cache_revalidate), 0),
    FLAG("cache-intermediaries", MOUNT(cache_intermediaries), 0),
    FLAG("cache-no", MOUNT(cache_no), 0, .since = 4004000),
    KEY("extra-mimetypes", CONF_MAP, MOUNT(extra_mimetypes), .needs = 0),
    KEY("interpret", CONF_MAP, MOUNT(interpret), .needs = 0),
    KEY("headers", CONF_LIST, MOUNT(headers), .since = 4004000),
    SECONDS("keepalive-timeout", MOUNT(keepalive_timeout), 0, .since = 4004000),
    KEY("pmo", CONF_LIST, MOUNT(pmo), .needs = 0),
    SECONDS("cgi-timeout", MOUNT(cgi_timeout), CONF_NEEDS_CGI),
    KEY("cgi-env", CONF_LIST, MOUNT(cgi_env), .needs = CONF_NEEDS_CGI),
    TEXT("cgi-chroot", MOUNT(cgi_chroot), CONF_NEEDS_CGI, .since = 4004000, PROTECTS),
    TEXT("cgi-chdir", MOUNT(cgi_chdir), CONF_NEEDS_CGI, .since = 4004000),
    FLAG("exact-match", MOUNT(exact_match), 0, .since = 5000000, PROTECTS),
    FLAG("append-path", MOUNT(append_path), 0, .since = 5000000),
    FLAG("no-ws-upgrades", MOUNT(no_ws_upgrades), 0, .since = 5000000, PROTECTS),
    TEXT("interceptor-path", MOUNT(interceptor_path), CONF_NEEDS_JOSE, .since = 5000000, PROTECTS),
};

const struct conf_keys conf_top_keys = KEYS(top_rows);
const struct conf_keys conf_global_keys = KEYS(global_rows);
const struct conf_keys conf_vhost_keys = KEYS(vhost_rows);
const struct conf_keys conf_mount_keys = KEYS(mount_rows);

_Static_assert(sizeof(vhost_rows) / sizeof(vhost_rows[0]) <= CONF_KEYS_MAX, "the longest table");

const struct conf_key *conf_keys_find(const struct conf_keys *keys, const char *name)
{
    size_t n;

    for (n = 0; n < keys->count; n++)
        if (strcmp(keys->rows[n].name, name) == 0)
            return &keys->rows[n];
    return NULL;
}

const struct conf_key *conf_keys_suggest(const struct conf_keys *keys, const char *name)
{
    struct suggestion suggestion;
    size_t n;

    suggestion_init(&suggestion, name);
    for (n = 0; n < keys->count; n++)
        suggestion_offer(&suggestion, keys->rows[n].name);
    return suggestion.best ? conf_keys_find(keys, suggestion.best) : NULL;
}

const char *conf_needs_missing(unsigned needs, const struct conf_features *features)
{
    const struct {
        unsigned need;
        bool is_there;
        const char *option;
    } known[] = {
        {CONF_NEEDS_TLS, features->tls, "LWS_WITH_TLS"},
        {CONF_NEEDS_CLIENT, features->client, "LWS_WITH_CLIENT"},
        {CONF_NEEDS_IPV6, features->ipv6, "LWS_WITH_IPV6"},
        {CONF_NEEDS_UNIX_SOCKET, features->unix_socket, "LWS_WITH_UNIX_SOCK"},
        {CONF_NEEDS_BASIC_AUTH, features->http_basic_auth, "LWS_WITH_HTTP_BASIC_AUTH"},
        {CONF_NEEDS_PEER_LIMITS, features->peer_limits, "LWS_WITH_PEER_LIMITS"},
        {CONF_NEEDS_CGI, features->cgi, "LWS_WITH_CGI"},
        {CONF_NEEDS_HTTP_PROXY, features->http_proxy, "LWS_WITH_HTTP_PROXY"},
        {CONF_NEEDS_HTTP2, features->http2, "LWS_WITH_HTTP2"},
        {CONF_NEEDS_JOSE, features->jose, "LWS_WITH_JOSE"},
        {CONF_NEEDS_ASYNC_QUEUE, features->async_queue, "LWS_WITH_ASYNC_QUEUE"},
        {CONF_NEEDS_QUIC, features->quic, "LWS_ROLE_QUIC"},
    };
    size_t n;

    for (n = 0; n < sizeof(known) / sizeof(known[0]); n++)
        if ((needs & known[n].need) && !known[n].is_there)
            return known[n].option;
    return NULL;
}
