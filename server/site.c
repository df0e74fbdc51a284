#include "site.h"

#include "front.h"
#include "lws_compat.h"
#include "mounts.h"
#include "pvo_list.h"

#include <string.h>

/* TLS 1.2 with forward secrecy and AEAD only; TLS 1.3's own list is good as OpenSSL has it. */
#define CIPHERS                                                                                    \
    "ECDHE-ECDSA-AES256-GCM-SHA384:ECDHE-RSA-AES256-GCM-SHA384:ECDHE-ECDSA-CHACHA20-POLY1305:"     \
    "ECDHE-RSA-CHACHA20-POLY1305:ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-RSA-AES128-GCM-SHA256"

static bool has_option(const struct conf_protocol *protocol, const char *name)
{
    size_t n;

    for (n = 0; n < protocol->options.count; n++)
        if (strcmp(protocol->options.items[n].name, name) == 0)
            return true;
    return false;
}

static int build_protocols(struct site *site, struct arena *arena)
{
    size_t count = site->protocol_count, chosen = 0, n;

    site->lws_protocols = arena_new(arena, count + 2, sizeof(*site->lws_protocols));
    site->lws_options = arena_new(arena, count, sizeof(*site->lws_options));
    if (!site->lws_protocols || !site->lws_options)
        return -1;
    front_protocol(&site->front);
    site->lws_protocols[0] = &site->front;
    for (n = 0; n < count; n++) {
        struct site_protocol *protocol = &site->protocols[n];

        if (pvo_list_build(&protocol->conf->options, "", arena, &protocol->options))
            return -1;
        site->lws_protocols[n + 1] = protocol->plugin.protocol;
        site->lws_options[n].name = protocol->conf->name;
        site->lws_options[n].value = "";
        site->lws_options[n].options = protocol->options;
        site->lws_options[n].next = n + 1 < count ? &site->lws_options[n + 1] : NULL;
        if (has_option(protocol->conf, "default"))
            chosen = n + 1;
    }
    if (count == 0)
        site->lws_options = NULL;
    if (chosen) {
        site->default_protocol = site->lws_protocols[chosen];
        front_default_protocol(site->default_protocol, &site->lws_default);
        site->lws_protocols[chosen] = &site->lws_default;
    }
    return 0;
}

/* They were checked with the configuration. */
static void read_proxies(struct site *site)
{
    const char *header = site->conf->forwarded_header;

    ip_nets_parse(&site->trusted, site->conf->trusted_proxies, "", NULL);
    site->client_header = header && strcmp(header, client_header_words[1]) == 0
                              ? CLIENT_HEADER_X_REAL_IP
                              : CLIENT_HEADER_X_FORWARDED_FOR;
}

int site_build(struct site *site, struct arena *arena)
{
    read_proxies(site);
    site->is_tls = site->conf->server_tls.cert != NULL;
    if (build_protocols(site, arena) ||
        pvo_list_build(&site->conf->headers, ":", arena, &site->lws_headers) ||
        mounts_build(site->conf, arena, &site->lws_mounts))
        return -1;
    return 0;
}

static void option(struct lws_context_creation_info *info, bool is_set, uint64_t flag)
{
    if (is_set)
        info->options |= flag;
}

static void describe_address(const struct site *site, struct lws_context_creation_info *info)
{
    enum listen_kind kind = site->addr.kind;
    bool is_v4 = kind == LISTEN_V4 || kind == LISTEN_ANY_V4;

    info->port = kind == LISTEN_UNIX ? 0 : (int)site->port_wanted;
    info->iface = site->addr.text[0] ? site->addr.text : NULL;
    if (kind == LISTEN_UNIX)
        info->iface = site->addr.path;
    option(info, kind == LISTEN_UNIX, LWS_SERVER_OPTION_UNIX_SOCK);
    /* lws 4.1 binds an IPv4 address to all of them unless IPv6 is off for the vhost. */
    option(info, is_v4, LWS_SERVER_OPTION_DISABLE_IPV6);
    option(info, !is_v4 && kind != LISTEN_UNIX, LWS_SERVER_OPTION_IPV6_V6ONLY_MODIFY);
    option(info, kind == LISTEN_ANY_V6, LWS_SERVER_OPTION_IPV6_V6ONLY_VALUE);
    info->options |= LWS_SERVER_OPTION_FAIL_UPON_UNABLE_TO_BIND;
}

#if defined(LWS_WITH_TLS)
static void describe_tls(const struct site *site, struct lws_context_creation_info *info)
{
    const struct conf_vhost *conf = site->conf;
    const struct conf_tls *tls = &conf->server_tls;

    info->ssl_cert_filepath = tls->cert;
    info->ssl_private_key_filepath = tls->key;
    info->ssl_ca_filepath = tls->ca;
    info->ssl_cipher_list = tls->ciphers ? tls->ciphers : CIPHERS;
    info->tls1_3_plus_cipher_list = tls->tls13_ciphers;
    info->ecdh_curve = tls->ecdh_curve;
    info->ssl_options_set = (long)tls->option_set;
    info->ssl_options_clear = (long)tls->option_clear;
#if defined(SSL_OP_NO_TLSv1) && defined(SSL_OP_NO_TLSv1_1)
    /* TLS 1.2 or later, unless somebody clears it: RFC 8996. */
    info->ssl_options_set |= (long)(SSL_OP_NO_TLSv1 | SSL_OP_NO_TLSv1_1) & ~info->ssl_options_clear;
#endif
    info->alpn = conf->alpn;
    option(info, conf->client_cert_required, LWS_SERVER_OPTION_REQUIRE_VALID_OPENSSL_CLIENT_CERT);
    option(info, conf->ignore_missing_cert, LWS_SERVER_OPTION_IGNORE_MISSING_CERT);
    option(info, conf->allow_non_tls, LWS_SERVER_OPTION_ALLOW_NON_SSL_ON_SSL_PORT);
    option(info, conf->redirect_http, LWS_SERVER_OPTION_REDIRECT_HTTP_TO_HTTPS);
    option(info, conf->allow_http_on_https, LWS_SERVER_OPTION_ALLOW_HTTP_ON_HTTPS_LISTENER);
}
#else
static void describe_tls(const struct site *site, struct lws_context_creation_info *info)
{
    (void)site;
    (void)info;
}
#endif

/* Whether one of its protocols sees to it that silent WebSocket peers are ended. */
static bool pings_peers(const struct site *site)
{
    size_t n;

    for (n = 0; n < site->protocol_count; n++)
        if (site->protocols[n].plugin.hooks && site->protocols[n].plugin.hooks->pings_peers)
            return true;
    return false;
}

void site_describe(const struct site *site, struct lws_context_creation_info *info)
{
    static const lws_retry_bo_t no_pings = {0};
    const struct conf_vhost *conf = site->conf;

    describe_address(site, info);
    describe_tls(site, info);
    info->vhost_name = conf->name;
    info->user = (void *)(uintptr_t)site;
    info->pprotocols = site->lws_protocols;
    info->pvo = site->lws_options;
    info->headers = site->lws_headers;
    info->mounts = site->lws_mounts;
    info->keepalive_timeout = (int)conf->keepalive_timeout;
    if (pings_peers(site))
        info->retry_and_idle_policy = &no_pings;
    info->error_document_404 = conf->error_document_404;
    info->unix_socket_perms = conf->unix_socket_perms;
    info->listen_accept_role = conf->listen_accept_role;
    info->listen_accept_protocol = conf->listen_accept_protocol;
#if LWSHOST_HAS_FO_LISTEN_QUEUE
    info->fo_listen_queue = (int)conf->fo_listen_queue;
#endif
#if LWSHOST_HAS_5_0_KEYS && defined(LWS_ROLE_QUIC)
    info->quic_mtu = (uint32_t)conf->quic_mtu;
#endif
    option(info, conf->sts, LWS_SERVER_OPTION_STS);
    option(info, conf->strict_host_check, LWS_SERVER_OPTION_VHOST_UPG_STRICT_HOST_CHECK);
    option(info, conf->h2_half_closed_long_poll, LWS_SERVER_OPTION_VH_H2_HALF_CLOSED_LONG_POLL);
    option(info, conf->apply_listen_accept, LWS_SERVER_OPTION_ADOPT_APPLY_LISTEN_ACCEPT_CONFIG);
    option(info, conf->fallback_listen_accept,
           LWS_SERVER_OPTION_FALLBACK_TO_APPLY_LISTEN_ACCEPT_CONFIG);
}

int site_enable_client_tls(const struct site *site)
{
#if defined(LWS_WITH_TLS) && defined(LWS_WITH_CLIENT)
    const struct conf_tls *tls = &site->conf->client_tls;
    struct lws_context_creation_info info;

    if (!site->conf->enable_client_ssl)
        return 0;
    memset(&info, 0, sizeof(info));
    info.client_ssl_cert_filepath = tls->cert;
    info.client_ssl_private_key_filepath = tls->key;
    info.client_ssl_ca_filepath = tls->ca;
    info.client_ssl_cipher_list = tls->ciphers ? tls->ciphers : CIPHERS;
    info.client_tls_1_3_plus_cipher_list = tls->tls13_ciphers;
    info.ssl_client_options_set = (long)tls->option_set;
    info.ssl_client_options_clear = (long)tls->option_clear;
    info.options = LWS_SERVER_OPTION_DO_SSL_GLOBAL_INIT;
    return lws_init_vhost_client_ssl(&info, site->vhost) ? -1 : 0;
#else
    (void)site;
    return 0;
#endif
}
