#include "mounts.h"

#include "front.h"
#include "lws_compat.h"
#include "pvo_list.h"

#include <stdlib.h>
#include <string.h>

/* lws keeps cgi-env and pmo in one list. */
static int build_environment(const struct conf_mount *conf, struct arena *arena,
                             struct lws_protocol_vhost_options **out)
{
    struct lws_protocol_vhost_options *pmo;
    size_t count = conf->cgi_env.count;

    if (pvo_list_build(&conf->cgi_env, "", arena, out) ||
        pvo_list_build(&conf->pmo, "", arena, &pmo))
        return -1;
    if (count)
        (*out)[count - 1].next = pmo;
    else
        *out = pmo;
    return 0;
}

static int build(const struct conf_mount *conf, struct arena *arena, struct lws_http_mount *mount)
{
    struct lws_protocol_vhost_options *environment, *types, *interpret, *headers;

    if (build_environment(conf, arena, &environment) ||
        pvo_list_build(&conf->extra_mimetypes, "", arena, &types) ||
        pvo_list_build(&conf->interpret, "", arena, &interpret) ||
        pvo_list_build(&conf->headers, ":", arena, &headers))
        return -1;
    mount->mountpoint = conf->mountpoint;
    mount->mountpoint_len = (unsigned char)strlen(conf->mountpoint);
    mount->origin = conf->origin;
    mount->origin_protocol = (unsigned char)conf->scheme;
    if (conf->scheme == CONF_SCHEME_CALLBACK)
        mount->protocol = conf->origin;
    else if (conf->scheme == CONF_SCHEME_FILE && !interpret)
        mount->protocol = FRONT_PROTOCOL;
    mount->def = conf->fallback;
    mount->cgienv = environment;
    mount->extra_mimetypes = types;
    mount->interpret = interpret;
    mount->cgi_timeout = (int)conf->cgi_timeout;
    mount->cache_max_age = (int)conf->cache_max_age;
    mount->auth_mask = (unsigned)conf->auth_mask;
    mount->cache_reusable = conf->cache_reuse;
    mount->cache_revalidate = conf->cache_revalidate;
    mount->cache_intermediaries = conf->cache_intermediaries;
    mount->basic_auth_login_file = conf->basic_auth;
#if LWSHOST_HAS_MOUNT_HEADERS
    mount->cache_no = conf->cache_no;
    mount->cgi_chroot_path = conf->cgi_chroot;
    mount->cgi_wd = conf->cgi_chdir;
    mount->headers = headers;
    mount->keepalive_timeout = (unsigned)conf->keepalive_timeout;
#endif
#if LWSHOST_HAS_5_0_KEYS
    mount->exact_match = conf->exact_match;
    mount->append_path = conf->append_path;
    mount->no_ws_upgrades = conf->no_ws_upgrades;
#endif
#if LWSHOST_HAS_5_0_KEYS && defined(LWS_WITH_JOSE)
    mount->interceptor_path = conf->interceptor_path;
#endif
    return 0;
}

static bool is_callback(const struct lws_http_mount *mount)
{
    return mount->origin_protocol == LWSMPRO_CALLBACK;
}

/* Callback mounts first, shortest first. */
static bool comes_before(const struct lws_http_mount *a, const struct lws_http_mount *b)
{
    if (is_callback(a) != is_callback(b))
        return is_callback(a);
    return is_callback(a) && a->mountpoint_len < b->mountpoint_len;
}

static void insert(struct lws_http_mount **first, struct lws_http_mount *mount)
{
    struct lws_http_mount *before = NULL, *at = *first;

    while (at && !comes_before(mount, at)) {
        before = at;
        at = (struct lws_http_mount *)(uintptr_t)at->mount_next;
    }
    mount->mount_next = at;
    if (before)
        before->mount_next = mount;
    else
        *first = mount;
}

int mounts_build(const struct conf_vhost *vhost, struct arena *arena, struct lws_http_mount **out)
{
    struct lws_http_mount *mounts = arena_new(arena, vhost->mount_count, sizeof(*mounts));
    size_t n;

    *out = NULL;
    if (!mounts)
        return -1;
    for (n = 0; n < vhost->mount_count; n++) {
        if (build(&vhost->mounts[n], arena, &mounts[n]))
            return -1;
        insert(out, &mounts[n]);
    }
    return 0;
}
