/* ip_info — the protocol `ip-info`: HTTP requests in, answers out, under a callback://ip-info
 * mount.
 *
 * What is asked is read by http_query, asked by batch and lookup through fetch, and put into words
 * by answer; here is what libwebsockets has to do with it.
 */
#include "host_hooks.h"
#include "http_others.h"
#include "lws_compat.h"
#include "pvo_options.h"
#include "request.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define RATE_CLIENTS 65536 /* that are remembered, about 8 MB */

/* One for each vhost, from PROTOCOL_INIT to PROTOCOL_DESTROY. */
struct ip_info_vhd {
    struct settings settings;
    struct fetch_client *client;
    struct lookup_service service;
    struct request_host host;
    char broken[sizeof(((struct problem *)0)->path) + sizeof(((struct problem *)0)->text) + 4];
};

static int settings_read(const struct lws_protocol_vhost_options *options,
                         struct settings *settings, struct problem *problem)
{
    settings_init(settings);
    if (pvo_options_read(settings_table, settings_rows, options, settings_family, settings,
                         problem))
        return -1;
    return settings_compile(settings, problem);
}

/* ---- vhosts */

static enum fetch_error fetch_port(void *opaque, const struct fetch_request *request,
                                   fetch_done_fn *done, void *done_opaque)
{
    return fetch_start(((struct ip_info_vhd *)opaque)->client, request, done, done_opaque);
}

static void event_port(void *opaque, const struct event *event)
{
    journal_event(((struct ip_info_vhd *)opaque)->host.journal, "ip-info", event);
}

static uint64_t now_port(void *opaque)
{
    (void)opaque;
    return (uint64_t)lws_now_usecs();
}

static int64_t clock_port(void *opaque)
{
    (void)opaque;
    return (int64_t)time(NULL);
}

static int start_flights(struct lws *wsi, struct ip_info_vhd *vhd, struct problem *problem)
{
    const struct settings *settings = &vhd->settings;
    const struct cache_limits limits = {
        .max_entries = settings->cache_entries,
        .max_bytes = settings->cache_bytes,
        .stale_us = (uint64_t)settings->stale_ttl_s * 1000000,
    };
    struct hash_key key = {{0}};

    lws_get_random(lws_get_context(wsi), &key, sizeof(key));
    vhd->host.service = &vhd->service;
    vhd->host.client = vhd->client;
    vhd->host.flights = flights_new(&vhd->service, &limits, &key);
    if (settings->rate)
        vhd->host.rate = rate_new(settings->rate, settings->burst, RATE_CLIENTS, &key);
    return vhd->host.flights && (!settings->rate || vhd->host.rate)
               ? 0
               : problem_set(problem, "", "out of memory");
}

static int start_client(struct lws *wsi, struct ip_info_vhd *vhd, struct problem *problem)
{
    const struct settings *settings = &vhd->settings;
    const struct chain_ports ports = {.fetch = fetch_port,
                                      .now_us = now_port,
                                      .now_s = clock_port,
                                      .event = event_port,
                                      .opaque = vhd};
    size_t n;

    vhd->client = fetch_client_new(lws_get_context(wsi), settings->max_inflight);
    if (!vhd->client)
        return problem_set(problem, "", "out of memory");
    for (n = 0; n < settings->provider_count; n++) {
        const struct provider *provider = &settings->providers[n];
        const struct fetch_origin_info info = {.url = provider->url_text,
                                               .max_lanes = provider->lanes,
                                               .max_queue = settings->max_queue,
                                               .allows_private = provider->is_private,
                                               .tls_ca = provider->tls_ca,
                                               .h2 = provider->wants_h2};

        char path[PROVIDER_NAME_BYTES + 8];

        switch (fetch_client_add_origin(vhd->client, &info)) {
        case FETCH_OK:
            break;
        case FETCH_TLS_FAILED:
            snprintf(path, sizeof(path), "%s:tls-ca", provider->name);
            return problem_set(problem, path, "the authorities can't be read");
        default:
            return problem_set(problem, "", "out of memory");
        }
    }
    if (lookup_service_init(&vhd->service, settings, &ports))
        return problem_set(problem, "", "out of memory");
    return start_flights(wsi, vhd, problem);
}

/* What a person should know, but what stops nothing. */
static void warn(const struct settings *settings)
{
    size_t n;

    for (n = 0; n < settings->provider_count; n++) {
        const struct provider *provider = &settings->providers[n];

        if (provider->missing[0])
            lwsl_warn("ip-info: provider %s is not asked: the variable %s is not set\n",
                      provider->name, provider->missing);
        else if (provider->notice)
            lwsl_warn("ip-info: provider %s: %s\n", provider->name, provider->notice);
    }
}

static int on_init(struct lws *wsi, const struct lws_protocol_vhost_options *options)
{
    struct problem problem = {0};
    struct ip_info_vhd *vhd = lws_protocol_vh_priv_zalloc(lws_get_vhost(wsi), lws_get_protocol(wsi),
                                                          sizeof(struct ip_info_vhd));

    if (!vhd)
        return -1;
    vhd->host.settings = &vhd->settings;
    if (settings_read(options, &vhd->settings, &problem) || start_client(wsi, vhd, &problem)) {
        snprintf(vhd->broken, sizeof(vhd->broken), "%s%s%s", problem.path,
                 problem.path[0] ? ": " : "", problem.text);
        vhd->host.is_broken = true;
        lwsl_err("ip-info: %s\n", vhd->broken);
    } else if (options && vhd->settings.provider_count == 0) {
        lwsl_warn("ip-info: no \"providers\": only special addresses have answers\n");
    } else {
        warn(&vhd->settings);
    }
    return 0;
}

static int on_fini(struct ip_info_vhd *vhd)
{
    fetch_client_free(vhd->client);
    vhd->client = NULL;
    flights_free(vhd->host.flights);
    vhd->host.flights = NULL;
    rate_free(vhd->host.rate);
    vhd->host.rate = NULL;
    lookup_service_fini(&vhd->service);
    settings_fini(&vhd->settings);
    return 0;
}

static int on_wake(struct ip_info_vhd *vhd)
{
    if (vhd->client)
        fetch_client_wake(vhd->client);
    return 0; /* anything else would close lws's wake pipe */
}

static int on_ip_info(struct lws *wsi, enum lws_callback_reasons reason, void *user, void *in,
                      size_t len)
{
    struct ip_info_vhd *vhd;

    if (reason == LWS_CALLBACK_PROTOCOL_INIT)
        return on_init(wsi, in);
    if (!wsi || !lws_get_vhost(wsi) || !lws_get_protocol(wsi))
        return 0;
    vhd = lws_protocol_vh_priv_get(lws_get_vhost(wsi), lws_get_protocol(wsi));
    if (!vhd)
        return http_others(wsi, reason, user, in, len);
    switch (reason) {
    case LWS_CALLBACK_PROTOCOL_DESTROY:
        return on_fini(vhd);
    case LWS_CALLBACK_EVENT_WAIT_CANCELLED:
        return on_wake(vhd);
    case LWS_CALLBACK_HTTP:
        return request_begin(user, &vhd->host, wsi, in, len);
    case LWS_CALLBACK_HTTP_BODY:
        return request_body(user, in, len);
    case LWS_CALLBACK_HTTP_BODY_COMPLETION:
        return request_body_end(user);
    case LWS_CALLBACK_HTTP_WRITEABLE:
        if (!((const struct request *)user)->host)
            return http_others(wsi, reason, user, in, len);
        return request_writable(user);
    case LWS_CALLBACK_HTTP_DROP_PROTOCOL:
        if (user)
            request_drop(user);
        return 0;
    default:
        return http_others(wsi, reason, user, in, len);
    }
}

/* What lwshost asks. */

static struct ip_info_vhd *vhd_of(struct lws_vhost *vhost)
{
    const struct lws_protocols *protocol = lws_vhost_name_to_protocol(vhost, "ip-info");

    return protocol ? lws_protocol_vh_priv_get(vhost, protocol) : NULL;
}

static int hook_check(const struct lws_protocol_vhost_options *options, struct problem *problem)
{
    struct settings *settings = calloc(1, sizeof(*settings));
    int result;

    if (!settings)
        return problem_set(problem, "", "out of memory");
    result = settings_read(options, settings, problem);
    settings_fini(settings);
    free(settings);
    return result;
}

static void hook_stop(struct lws_vhost *vhost, int close_code)
{
    struct ip_info_vhd *vhd = vhd_of(vhost);

    (void)close_code;
    if (vhd)
        vhd->host.is_stopping = true;
}

static unsigned hook_pending(struct lws_vhost *vhost)
{
    const struct ip_info_vhd *vhd = vhd_of(vhost);

    return vhd ? vhd->host.open : 0;
}

static const char *hook_broken(struct lws_vhost *vhost)
{
    const struct ip_info_vhd *vhd = vhd_of(vhost);

    return vhd && vhd->broken[0] ? vhd->broken : NULL;
}

static void hook_watch(struct lws_vhost *vhost, const struct lwshost_journal *journal)
{
    struct ip_info_vhd *vhd = vhd_of(vhost);

    if (vhd)
        vhd->host.journal = journal;
}

static const struct lwshost_hooks hooks = {.check = hook_check,
                                           .stop = hook_stop,
                                           .pending = hook_pending,
                                           .broken = hook_broken,
                                           .watch = hook_watch};

static const struct lws_protocols protocols[] = {
    {.name = "ip-info",
     .callback = on_ip_info,
     .per_session_data_size = sizeof(struct request),
     .id = LWSHOST_HOOKS_ID,
     .user = (void *)(uintptr_t)&hooks},
};

LWSHOST_PROTOCOL_PLUGIN(ip_info, protocols);
