#include "access.h"

#include "client_address.h"
#include "server_private.h"
#include "site.h"

#include <stdlib.h>
#include <string.h>

#define PATH_BYTES 1024 /* of a path that is kept; the event cuts it once more */

struct access_entry {
    struct hash_node by_wsi;
    struct dlist_node of_list;
    const struct lws *wsi;
    const struct site *site;
    lws_usec_t began_us, over_us; /* over_us: when it seemed to be over; 0: it does not */
    unsigned status;
    long long bytes; /* negative: not known */
    bool has_status, is_file, is_redirect, has_tag, is_plain;
    const struct conf_mount *mount; /* that its path leads to, or NULL */
    char method[12], client[IP_ADDR_TEXT_BYTES];
    const char *version;
    char *path; /* NULL when nobody wants to see it */
};

static uint64_t hash_of(const struct lws *wsi)
{
    uint64_t hash = hash_bytes(&wsi, sizeof(wsi), 0);

    return hash ? hash : 1;
}

static bool is_of(const struct hash_node *node, const void *key)
{
    return HASH_MAP_ENTRY(node, struct access_entry, by_wsi)->wsi == key;
}

static struct access_entry *find(const struct access *access, const struct lws *wsi)
{
    struct hash_node *node = hash_map_find(&access->entries, hash_of(wsi), is_of, wsi);

    return node ? HASH_MAP_ENTRY(node, struct access_entry, by_wsi) : NULL;
}

static void forget(struct access *access, struct access_entry *entry)
{
    hash_map_remove(&access->entries, &entry->by_wsi);
    dlist_remove(&entry->of_list);
    free(entry->path);
    free(entry);
}

void access_init(struct access *access, struct server *server)
{
    memset(access, 0, sizeof(*access));
    access->server = server;
    dlist_init(&access->under_way);
    dlist_init(&access->over);
}

void access_fini(struct access *access)
{
    struct dlist_node *node;

    if (!access->server)
        return;
    while ((node = dlist_first(&access->under_way)) || (node = dlist_first(&access->over)))
        forget(access, DLIST_ENTRY(node, struct access_entry, of_list));
    hash_map_fini(&access->entries);
}

/* ---- what is answered where nobody says it */

/* The mount that lws takes: the longest of those that end where a part of the path ends. */
static const struct conf_mount *find_mount(const struct conf_vhost *vhost, const char *path)
{
    const struct conf_mount *best = NULL;
    size_t n, longest = 0;

    for (n = 0; n < vhost->mount_count; n++) {
        const struct conf_mount *mount = &vhost->mounts[n];
        size_t len = strlen(mount->mountpoint);

        if (len > longest && strncmp(path, mount->mountpoint, len) == 0 &&
            (path[len] == '\0' || path[len] == '/' || len == 1)) {
            best = mount;
            longest = len;
        }
    }
    return best;
}

static bool is_redirect(const struct conf_mount *mount, const char *path)
{
    return mount && (mount->scheme == CONF_SCHEME_REDIRECT_HTTP ||
                     mount->scheme == CONF_SCHEME_REDIRECT_HTTPS ||
                     (mount->scheme == CONF_SCHEME_FILE && mount->mountpoint[1] &&
                      path[strlen(mount->mountpoint)] == '\0'));
}

/* lws answers some requests without a word: see lws_http_action of its server.c. */
static unsigned deduce(const struct access_entry *entry)
{
    const struct conf_mount *mount = entry->mount;

    if (entry->is_plain && entry->site->conf->redirect_http)
        return HTTP_STATUS_MOVED_PERMANENTLY;
    if (entry->is_redirect)
        return HTTP_STATUS_MOVED_PERMANENTLY;
    if (!mount)
        return 0;
    if (entry->is_file)
        return entry->has_tag ? HTTP_STATUS_NOT_MODIFIED : HTTP_STATUS_UNSUPPORTED_MEDIA_TYPE;
    return mount->basic_auth ? HTTP_STATUS_UNAUTHORIZED : 0;
}

/* ---- the line */

static void write_line(struct access *access, const struct access_entry *entry,
                       lws_usec_t duration_us)
{
    struct event event;

    event_begin(&event, "http");
    event_text(&event, "vhost", entry->site->conf->name);
    event_text(&event, "client", entry->client);
    event_text(&event, "method", entry->method);
    event_text(&event, "path", entry->path);
    event_text(&event, "version", entry->version);
    if (entry->has_status)
        event_number(&event, "status", entry->status);
    if (entry->bytes >= 0)
        event_number(&event, "bytes", (uint64_t)entry->bytes);
    event_number(&event, "duration_ms", (uint64_t)(duration_us + 500) / 1000);
    journal_write(access->server->journal, entry->site->access_log, &event, server_wall_ms());
}

static void end(struct access *access, struct access_entry *entry)
{
    lws_usec_t duration_us = (entry->over_us ? entry->over_us : lws_now_usecs()) - entry->began_us;

    if (!entry->has_status) {
        entry->status = deduce(entry);
        entry->has_status = entry->status != 0;
        if (entry->has_status && entry->status != HTTP_STATUS_UNSUPPORTED_MEDIA_TYPE)
            entry->bytes = 0;
    }
    counters_request(access->server->run->counters, entry->has_status ? entry->status : 1,
                     entry->bytes > 0 ? (uint64_t)entry->bytes : 0,
                     duration_us > 0 ? (uint64_t)duration_us : 0);
    if (entry->site->access_log)
        write_line(access, entry, duration_us);
    forget(access, entry);
}

/* ---- from the beginning to the end */

static void note_method(struct access_entry *entry, struct lws *wsi, int method)
{
    static const char *const names[] = {"GET",   "POST",   "OPTIONS", "PUT",
                                        "PATCH", "DELETE", "CONNECT", "HEAD"};

    if (method >= 0 && method < (int)LWS_ARRAY_SIZE(names))
        strcpy(entry->method, names[method]);
#if defined(LWS_WITH_HTTP2)
    else if (lws_hdr_copy(wsi, entry->method, sizeof(entry->method), WSI_TOKEN_HTTP_COLON_METHOD) <=
             0)
        strcpy(entry->method, "?");
#endif
}

static void note_version(struct access_entry *entry, struct lws *wsi)
{
    char text[16];

    if (lws_get_network_wsi(wsi) != wsi)
        entry->version = "2";
    else if (lws_hdr_copy(wsi, text, sizeof(text), WSI_TOKEN_HTTP) > 0 &&
             strcmp(text, "HTTP/1.0") == 0)
        entry->version = "1.0";
    else
        entry->version = "1.1";
}

/* lws has cut off the query, which may have secrets in it. */
static void note_path(struct access_entry *entry, const char *path, size_t len)
{
    char text[PATH_BYTES];

    len = len < sizeof(text) ? len : sizeof(text) - 1;
    memcpy(text, path, len);
    text[len] = '\0';
    entry->mount = find_mount(entry->site->conf, text);
    entry->is_redirect = is_redirect(entry->mount, text);
    if (entry->site->access_log)
        entry->path = strdup(text);
}

static void note_client(struct access_entry *entry, struct lws *wsi)
{
    const struct site *site = entry->site;
    struct ip_addr addr;

    if (client_address(wsi, &site->trusted, site->client_header, &addr) == 1)
        ip_addr_format(&addr, entry->client);
    else
        strcpy(entry->client, "unix");
}

void access_begin(struct access *access, const struct site *site, struct lws *wsi)
{
    struct access_entry *entry;
    char *path = NULL;
    int len = 0, method = lws_http_get_uri_and_method(wsi, &path, &len);

    access_end(access, wsi, NULL);
    entry = method < 0 ? NULL : calloc(1, sizeof(*entry));
    if (!entry)
        return;
    entry->wsi = wsi;
    entry->site = site;
    entry->began_us = lws_now_usecs();
    entry->bytes = -1;
    entry->has_tag = lws_hdr_total_length(wsi, WSI_TOKEN_HTTP_IF_NONE_MATCH) > 0;
    entry->is_plain = !lws_is_ssl(lws_get_network_wsi(wsi));
    note_method(entry, wsi, method);
    note_version(entry, wsi);
    note_path(entry, path, (size_t)len);
    if (site->access_log)
        note_client(entry, wsi);
    hash_map_insert(&access->entries, &entry->by_wsi, hash_of(wsi));
    dlist_append(&access->under_way, &entry->of_list);
}

static void goes_on(struct access *access, struct access_entry *entry)
{
    if (!entry->over_us)
        return;
    entry->over_us = 0;
    dlist_remove(&entry->of_list);
    dlist_append(&access->under_way, &entry->of_list);
}

void access_is_file(struct access *access, struct lws *wsi)
{
    struct access_entry *entry = find(access, wsi);

    if (!entry)
        return;
    entry->is_file = true;
    goes_on(access, entry);
}

void access_answer(struct access *access, struct lws *wsi, unsigned status, long long bytes)
{
    struct access_entry *entry = find(access, wsi);

    if (!entry)
        return;
    entry->status = status;
    entry->has_status = true;
    entry->bytes = strcmp(entry->method, "HEAD") == 0 ? 0 : bytes;
    goes_on(access, entry);
}

static void settle(lws_sorted_usec_list_t *timer)
{
    struct access *access = lws_container_of(timer, struct access, settle);
    struct dlist_node *node;

    while ((node = dlist_first(&access->over)))
        end(access, DLIST_ENTRY(node, struct access_entry, of_list));
}

/* lws redirects before it asks anybody: all that is seen of such a request is that it is over. */
static bool was_redirected(const struct site *site, struct lws *wsi)
{
    char *path = NULL, text[PATH_BYTES];
    int len = 0, token;

    for (token = WSI_TOKEN_GET_URI; token <= WSI_TOKEN_POST_URI; token++)
        if (lws_hdr_total_length(wsi, (enum lws_token_indexes)token) > 0)
            break;
    if (token > WSI_TOKEN_POST_URI && lws_hdr_total_length(wsi, WSI_TOKEN_HEAD_URI) <= 0)
        return false;
    if (lws_http_get_uri_and_method(wsi, &path, &len) < 0 || len >= (int)sizeof(text))
        return false;
    memcpy(text, path, (size_t)len);
    text[len] = '\0';
    return is_redirect(find_mount(site->conf, text), text);
}

void access_may_be_over(struct access *access, const struct site *site, struct lws *wsi)
{
    struct access_entry *entry = find(access, wsi);

    if (!entry && was_redirected(site, wsi)) {
        access_begin(access, site, wsi);
        entry = find(access, wsi);
    }

    if (!entry || entry->over_us)
        return;
    entry->over_us = lws_now_usecs();
    dlist_remove(&entry->of_list);
    dlist_append(&access->over, &entry->of_list);
    lws_sul_schedule(access->server->context, 0, &access->settle, settle, 1);
}

void access_end(struct access *access, struct lws *wsi, const char *client)
{
    struct access_entry *entry = find(access, wsi);

    if (!entry)
        return;
    if (client && strlen(client) < sizeof(entry->client))
        strcpy(entry->client, client);
    end(access, entry);
}
