/* ip_lookup — protocol `ip-lookup`: where an address is, from a local database, as JSON over HTTP.
 *
 * The only file of the plugin that knows libwebsockets. Meant for a `callback://ip-lookup` mount.
 */
#include "geo_watch.h"
#include "host_hooks.h"
#include "http_others.h"
#include "http_reply.h"
#include "http_request.h"
#include "lookup_answer.h"
#include "lookup_options.h"
#include "lookup_query.h"
#include "lws_compat.h"
#include "pvo_options.h"

#include <stdio.h>
#include <string.h>

#define PARAMETER_BYTES 256 /* one `name=value` of a request */

/* Born with the vhost, in lws's memory; its members die in on_fini. */
struct lookup_vhd {
    struct geo_db *db;       /* NULL: broken, see reason */
    struct geo_watch *watch; /* NULL: the file is looked at once only */
    struct lws_context *context;
    const char *lang;                      /* option "lang" */
    char language[GEO_DB_LANGUAGE_BYTES];  /* option "lang" in the database's spelling */
    char reason[sizeof(struct problem)];   /* why there is no database */
    const struct lwshost_journal *journal; /* NULL: nobody watches */
    unsigned pending;                      /* answers that have begun and not ended */
};

/* Born zeroed with each request, dies after on_drop. */
struct lookup_pss {
    struct http_reply reply;
    bool is_counted;  /* in the vhost's pending */
    bool is_below;    /* asks for a path below the mount */
    bool awaits_body; /* the answer comes after the request's body */
    bool must_close;  /* a body follows that lws can't find the end of */
};

static int read_options(const struct lws_protocol_vhost_options *list,
                        struct lookup_options *options, struct problem *problem)
{
    memset(options, 0, sizeof(*options));
    if (pvo_options_read(lookup_option_table, LOOKUP_OPTIONS, list, NULL, options, problem))
        return -1;
    return lookup_options_check(options, problem);
}

static struct lookup_vhd *vhd_of(struct lws_vhost *vhost)
{
    const struct lws_protocols *protocol = lws_vhost_name_to_protocol(vhost, "ip-lookup");

    return protocol ? lws_protocol_vh_priv_get(vhost, protocol) : NULL;
}

static int hook_check(const struct lws_protocol_vhost_options *list, struct problem *problem)
{
    struct lookup_options options;

    return read_options(list, &options, problem);
}

/* Nothing to refuse: an answer is ready as soon as it is asked for, and lookups that ip-info has
 * under way on this same server still have to find us. */
static void hook_stop(struct lws_vhost *vhost, int close_code)
{
    (void)vhost;
    (void)close_code;
}

static unsigned hook_pending(struct lws_vhost *vhost)
{
    const struct lookup_vhd *vhd = vhd_of(vhost);

    return vhd ? vhd->pending : 0;
}

static const char *hook_broken(struct lws_vhost *vhost)
{
    const struct lookup_vhd *vhd = vhd_of(vhost);

    return vhd && !vhd->db ? vhd->reason : NULL;
}

static void hook_watch(struct lws_vhost *vhost, const struct lwshost_journal *journal)
{
    struct lookup_vhd *vhd = vhd_of(vhost);

    if (vhd)
        vhd->journal = journal;
}

static const struct lwshost_hooks hooks = {
    .check = hook_check,
    .stop = hook_stop,
    .pending = hook_pending,
    .broken = hook_broken,
    .watch = hook_watch,
};

/* On the thread that looks at the file. */
static void wake(void *host) { lws_cancel_service(((struct lookup_vhd *)host)->context); }

static void use(struct lookup_vhd *vhd, struct geo_db *db)
{
    geo_db_close(vhd->db);
    vhd->db = db;
    geo_db_language(db, vhd->lang, vhd->language);
}

static void tell(const struct lookup_vhd *vhd, const char *name)
{
    struct event event;

    event_begin(&event, name);
    journal_event(vhd->journal, "ip-lookup", &event);
}

static int on_wake(struct lookup_vhd *vhd)
{
    struct problem problem = {0};
    struct geo_db *db = vhd && vhd->watch ? geo_watch_take(vhd->watch, &problem) : NULL;

    if (db) {
        use(vhd, db);
        lwsl_notice("ip-lookup: the database was replaced\n");
        tell(vhd, "database-replaced");
    } else if (problem.text[0]) {
        lwsl_err("ip-lookup: the new database is not taken: %s\n", problem.text);
        tell(vhd, "database-refused");
    }
    return 0; /* anything else would close lws's wake pipe */
}

/* A vhost that can't start still answers: 503. lws 4.1 crashes when this returns non-zero. */
static int on_init(struct lws *wsi, const struct lws_protocol_vhost_options *list)
{
    struct lookup_options options;
    struct problem problem = {0};
    struct lookup_vhd *vhd;

    if (!list)
        return 0;
    vhd = lws_protocol_vh_priv_zalloc(lws_get_vhost(wsi), lws_get_protocol(wsi), sizeof(*vhd));
    if (!vhd)
        return 0;
    if (read_options(list, &options, &problem) == 0)
        vhd->db = geo_db_open(options.database, &problem);
    if (vhd->db) {
        vhd->context = lws_get_context(wsi);
        vhd->lang = options.lang;
        geo_db_language(vhd->db, vhd->lang, vhd->language);
        if (options.reload_s)
            vhd->watch = geo_watch_new(options.database, options.reload_s * 1000, wake, vhd);
        if (options.reload_s && !vhd->watch)
            lwsl_warn("ip-lookup: the database can't be watched\n");
        return 0;
    }
    snprintf(vhd->reason, sizeof(vhd->reason), "%s: %s",
             problem.path[0] ? problem.path : "database", problem.text);
    lwsl_err("ip-lookup: %s\n", vhd->reason);
    return 0;
}

static void on_fini(struct lookup_vhd *vhd)
{
    geo_watch_free(vhd->watch);
    vhd->watch = NULL;
    geo_db_close(vhd->db);
    vhd->db = NULL;
}

/* All parameters of the request into `query`. Returns 0, or -1 with `problem` filled. */
static int read_query(struct lws *wsi, struct lookup_query *query, struct problem *problem)
{
    char text[PARAMETER_BYTES];
    int n, len;

    lookup_query_init(query);
    for (n = 0;; n++) {
        len = lws_hdr_copy_fragment(wsi, text, sizeof(text), WSI_TOKEN_HTTP_URI_ARGS, n);
        if (len < 0)
            break;
        if (lookup_query_take(query, text, (size_t)len, problem))
            return -1;
    }
    /* The answer is the same for "there is no more" and "doesn't fit". */
    if (lws_hdr_fragment_length(wsi, WSI_TOKEN_HTTP_URI_ARGS, n) > 0)
        return problem_set(problem, NULL, "a parameter is longer than %d bytes",
                           PARAMETER_BYTES - 1);
    return lookup_query_finish(query, problem);
}

static int send_answer(struct lws *wsi, struct lookup_pss *pss, const struct lookup_query *query,
                       const struct place *place)
{
    static const struct http_header headers[] = {
        {"cache-control:", "max-age=300"},
        {"x-content-type-options:", "nosniff"},
    };
    char body[LOOKUP_ANSWER_BYTES];
    struct http_answer answer = {
        .status = place || query->format == LOOKUP_JSON ? HTTP_STATUS_OK : HTTP_STATUS_NOT_FOUND,
        .content_type = "application/json",
        .headers = headers,
        .header_count = LWS_ARRAY_SIZE(headers),
        .body = body,
        .body_bytes = lookup_answer_write(query->format, &query->addr, place, body)};

    if (!answer.body_bytes)
        return http_reply_problem(wsi, &pss->reply, HTTP_STATUS_SERVICE_UNAVAILABLE,
                                  "out of memory");
    return http_reply_send(wsi, &pss->reply, &answer);
}

static int answer_lookup(struct lws *wsi, const struct lookup_vhd *vhd, struct lookup_pss *pss)
{
    struct lookup_query query;
    struct problem problem = {0};
    struct place place;
    char language[GEO_DB_LANGUAGE_BYTES];
    enum geo_db_result result;

    if (read_query(wsi, &query, &problem))
        return http_reply_problem(wsi, &pss->reply, HTTP_STATUS_BAD_REQUEST, problem.text);
    if (query.language[0])
        geo_db_language(vhd->db, query.language, language);
    result =
        geo_db_look_up(vhd->db, &query.addr, query.language[0] ? language : vhd->language, &place);
    if (result == GEO_DB_DAMAGED)
        return http_reply_problem(wsi, &pss->reply, HTTP_STATUS_INTERNAL_SERVER_ERROR,
                                  "the database is damaged where it should know this address");
    return send_answer(wsi, pss, &query, result == GEO_DB_FOUND ? &place : NULL);
}

/* The status with which the request is refused before anything is looked up, or 0. */
static unsigned refusal(const struct lookup_vhd *vhd, const struct lookup_pss *pss, int method,
                        const char **detail)
{
    if (method != LWSHUMETH_GET && method != LWSHUMETH_HEAD) {
        *detail = "only GET and HEAD are answered here";
        return HTTP_STATUS_METHOD_NOT_ALLOWED;
    }
    if (pss->must_close) {
        *detail = "a request body without a length is not read";
        return 411;
    }
    if (pss->is_below) {
        *detail = "there is nothing below this path";
        return HTTP_STATUS_NOT_FOUND;
    }
    if (!vhd || !vhd->db) {
        *detail = "the database could not be opened";
        return HTTP_STATUS_SERVICE_UNAVAILABLE;
    }
    return 0;
}

/* Once something was sent, `pss` may be gone: a completed transaction leaves the protocol. */
static int answer_request(struct lws *wsi, struct lookup_vhd *vhd, struct lookup_pss *pss)
{
    static const struct http_header allow = {"allow:", "GET, HEAD"};
    const char *detail;
    char *uri;
    int uri_len, method = lws_http_get_uri_and_method(wsi, &uri, &uri_len);
    unsigned status = refusal(vhd, pss, method, &detail);
    bool must_close = pss->must_close;
    int result;

    if (!status)
        return answer_lookup(wsi, vhd, pss);
    result = http_reply_problem_with(wsi, &pss->reply, status, detail, &allow,
                                     status == HTTP_STATUS_METHOD_NOT_ALLOWED);
    return must_close && method == LWSHUMETH_HEAD ? -1 : result;
}

/* A body is read to its end before the answer: a client that sends its next request together with
 * the rest of the body would meet a fault of lws (the headers are taken for the body). */
static int on_http(struct lws *wsi, struct lookup_vhd *vhd, struct lookup_pss *pss,
                   const char *path)
{
    enum http_body body = http_request_body(wsi);

    if (http_request_is_entangled(wsi))
        return -1;
    if (vhd) {
        pss->is_counted = true;
        vhd->pending++;
    }
    pss->is_below = path && path[0] && strcmp(path, "/") != 0;
    pss->awaits_body = body == HTTP_BODY_KNOWN;
    pss->must_close = body == HTTP_BODY_UNKNOWN;
    return pss->awaits_body ? 0 : answer_request(wsi, vhd, pss);
}

static int on_body_complete(struct lws *wsi, struct lookup_vhd *vhd, struct lookup_pss *pss)
{
    if (!pss->awaits_body)
        return 0;
    pss->awaits_body = false;
    return answer_request(wsi, vhd, pss);
}

/* lws takes chunks of a request for the next request, so the connection ends with the answer; a
 * problem's body is always out after one write. */
static int on_http_writable(struct lws *wsi, struct lookup_pss *pss)
{
    bool must_close = pss->must_close;
    int result = http_reply_writable(wsi, &pss->reply);

    return must_close ? -1 : result;
}

static bool is_answering(const struct lookup_pss *pss)
{
    return pss && (pss->reply.is_pending || pss->must_close);
}

static void on_drop(struct lws *wsi, struct lookup_vhd *vhd, struct lookup_pss *pss)
{
    if (vhd && pss->is_counted)
        journal_answered(vhd->journal, wsi, pss->reply.status, pss->reply.body_sent, NULL);
    http_reply_fini(&pss->reply);
    if (vhd && pss->is_counted)
        vhd->pending--;
    pss->is_counted = false;
}

static int callback_ip_lookup(struct lws *wsi, enum lws_callback_reasons reason, void *user,
                              void *in, size_t len)
{
    struct lookup_vhd *vhd = lws_protocol_vh_priv_get(lws_get_vhost(wsi), lws_get_protocol(wsi));

    switch (reason) {
    case LWS_CALLBACK_PROTOCOL_INIT:
        return on_init(wsi, in);
    case LWS_CALLBACK_PROTOCOL_DESTROY:
        if (vhd)
            on_fini(vhd);
        return 0;
    case LWS_CALLBACK_EVENT_WAIT_CANCELLED:
        return on_wake(vhd);
    case LWS_CALLBACK_HTTP:
        return on_http(wsi, vhd, user, in);
    case LWS_CALLBACK_HTTP_BODY_COMPLETION:
        return on_body_complete(wsi, vhd, user);
    case LWS_CALLBACK_HTTP_WRITEABLE:
        if (!is_answering(user))
            return http_others(wsi, reason, user, in, len);
        return on_http_writable(wsi, user);
    case LWS_CALLBACK_HTTP_DROP_PROTOCOL:
        if (user)
            on_drop(wsi, vhd, user);
        return 0;
    case LWS_CALLBACK_FILTER_PROTOCOL_CONNECTION:
        lws_return_http_status(wsi, HTTP_STATUS_BAD_REQUEST, "ip-lookup is no WebSocket protocol");
        return 1;
    default:
        return http_others(wsi, reason, user, in, len);
    }
}

static const struct lws_protocols protocols[] = {
    {
        .name = "ip-lookup",
        .callback = callback_ip_lookup,
        .per_session_data_size = sizeof(struct lookup_pss),
        .id = LWSHOST_HOOKS_ID,
        .user = (void *)&hooks,
    },
};

LWSHOST_PROTOCOL_PLUGIN(ip_lookup, protocols);
