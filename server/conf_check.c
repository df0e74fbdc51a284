#include "conf_check.h"

#include "conf_complain.h"
#include "event.h"
#include "forwarded.h"
#include "suggest.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

#define HEADERS_MAX 4096 /* bytes; two lists of them and what plugins add fit an answer */

static const struct {
    const char *text;
    enum conf_scheme scheme;
    unsigned needs;
} schemes[] = {
    {"http://", CONF_SCHEME_HTTP, CONF_NEEDS_HTTP_PROXY},
    {"https://", CONF_SCHEME_HTTPS, CONF_NEEDS_HTTP_PROXY | CONF_NEEDS_TLS},
    {"file://", CONF_SCHEME_FILE, 0},
    {"cgi://", CONF_SCHEME_CGI, CONF_NEEDS_CGI},
    {">http://", CONF_SCHEME_REDIRECT_HTTP, 0},
    {">https://", CONF_SCHEME_REDIRECT_HTTPS, 0},
    {"callback://", CONF_SCHEME_CALLBACK, 0},
};

static void check_origin(struct conf_reader *reader, struct conf_mount *mount)
{
    char clipped[CONF_CLIP_BYTES];
    const char *missing;
    size_t n, count = sizeof(schemes) / sizeof(schemes[0]);

    for (n = 0; n < count; n++)
        if (strncmp(mount->origin, schemes[n].text, strlen(schemes[n].text)) == 0)
            break;
    if (n == count) {
        conf_complain_at(reader, true, &mount->place, "origin",
                         "\"%s\" begins with none of file://, callback://, >http://, >https://, "
                         "http://, https://, cgi://",
                         conf_clip(mount->origin, clipped));
        return;
    }
    missing = conf_needs_missing(schemes[n].needs, reader->env->features);
    mount->scheme = schemes[n].scheme;
    mount->origin += strlen(schemes[n].text);
    if (!mount->origin[0])
        conf_complain_at(reader, true, &mount->place, "origin", "nothing behind %s",
                         schemes[n].text);
    else if (missing)
        conf_complain_at(reader, true, &mount->place, "origin",
                         "%s does not work: this libwebsockets was built without %s",
                         schemes[n].text, missing);
}

static bool is_token(const char *name)
{
    const char *at;

    for (at = name; *at; at++)
        if (!isalnum((unsigned char)*at) && !strchr("!#$%&'*+-.^_`|~", *at))
            return false;
    return at > name;
}

/* Names and values that could add a header or a body of their own to the answers (RFC 9110 5). */
static void check_headers(struct conf_reader *reader, const struct conf_pairs *headers)
{
    char clipped[CONF_CLIP_BYTES];
    size_t n, total = 0;

    for (n = 0; n < headers->count; n++) {
        const struct conf_pair *header = &headers->items[n];
        const char *at = header->value;

        total += strlen(header->name) + strlen(header->value) + sizeof(": \r\n") - 1;
        if (total > HEADERS_MAX) {
            conf_complain_at(reader, true, &header->place, NULL,
                             "the headers up to this one have %zu bytes, more than %d are too many",
                             total, HEADERS_MAX);
            return;
        }

        while ((unsigned char)*at >= 0x20 ? *at != 0x7f : *at == '\t')
            at++;
        if (is_token(header->name) && !*at)
            continue;
        if (*at)
            conf_complain_at(reader, true, &header->place, NULL,
                             "a header must not hold control characters");
        else
            conf_complain_at(reader, true, &header->place, NULL,
                             "\"%s\" is not the name of a header",
                             conf_clip(header->name, clipped));
    }
}

int conf_check_mount(struct conf_reader *reader, struct conf_mount *mount)
{
    unsigned errors = reader->errors;
    char clipped[CONF_CLIP_BYTES];

    if (mount->mountpoint[0] != '/')
        conf_complain_at(reader, true, &mount->place, "mountpoint",
                         "\"%s\" does not begin with \"/\"", conf_clip(mount->mountpoint, clipped));
    check_origin(reader, mount);
    check_headers(reader, &mount->headers);
    return reader->errors == errors ? 0 : -1;
}

static const struct conf_protocol *find_protocol(const struct conf_vhost *vhost, const char *name)
{
    size_t n;

    for (n = 0; n < vhost->protocol_count; n++)
        if (strcmp(vhost->protocols[n].name, name) == 0)
            return &vhost->protocols[n];
    return NULL;
}

/* Complain when the vhost does not offer the protocol that `member` at `place` names. */
static void check_named(struct conf_reader *reader, const struct conf_vhost *vhost,
                        const struct conf_place *place, const char *member, const char *name)
{
    char clipped[CONF_CLIP_BYTES];
    struct suggestion suggestion;
    size_t n;

    if (find_protocol(vhost, name))
        return;
    suggestion_init(&suggestion, name);
    for (n = 0; n < vhost->protocol_count; n++)
        suggestion_offer(&suggestion, vhost->protocols[n].name);
    if (suggestion.best)
        conf_complain_at(reader, true, place, member,
                         "no protocol \"%s\" in the vhost's ws-protocols (did you mean \"%s\"?)",
                         conf_clip(name, clipped), suggestion.best);
    else
        conf_complain_at(reader, true, place, member,
                         "no protocol \"%s\" in the vhost's ws-protocols",
                         conf_clip(name, clipped));
}

static void check_mount_in_vhost(struct conf_reader *reader, const struct conf_vhost *vhost,
                                 size_t which)
{
    const struct conf_mount *mount = &vhost->mounts[which];
    size_t n;

    for (n = 0; n < which; n++) {
        if (strcmp(vhost->mounts[n].mountpoint, mount->mountpoint) == 0) {
            conf_complain_at(reader, false, &mount->place, "mountpoint",
                             "mounted already on line %d, this one is never reached",
                             vhost->mounts[n].place.line);
            break;
        }
    }
    if (mount->scheme == CONF_SCHEME_CALLBACK)
        check_named(reader, vhost, &mount->place, "origin", mount->origin);
    if (mount->scheme == CONF_SCHEME_HTTPS && !vhost->enable_client_ssl)
        conf_complain_at(reader, true, &mount->place, "origin",
                         "https:// needs \"enable-client-ssl\": \"1\" in the vhost");
    for (n = 0; n < mount->interpret.count; n++)
        check_named(reader, vhost, &mount->interpret.items[n].place, NULL,
                    mount->interpret.items[n].value);
}

/* Refuse a vhost that would quietly be served without the TLS that its keys ask for. */
static void check_tls(struct conf_reader *reader, const struct conf_vhost *vhost)
{
    const struct conf_tls *server = &vhost->server_tls, *client = &vhost->client_tls;

    if (server->cert && !server->key)
        conf_complain_at(reader, true, &vhost->place, "host-ssl-cert",
                         "needs \"host-ssl-key\" beside it");
    if (server->key && !server->cert)
        conf_complain_at(reader, true, &vhost->place, "host-ssl-key",
                         "needs \"host-ssl-cert\" beside it");
    if (vhost->client_cert_required && !server->cert && !server->key)
        conf_complain_at(reader, true, &vhost->place, "client-cert-required",
                         "needs \"host-ssl-cert\" and \"host-ssl-key\" beside it");
    if (client->key && !client->cert)
        conf_complain_at(reader, true, &vhost->place, "client-ssl-key",
                         "needs \"client-ssl-cert\" beside it");
    if (client->ca && !vhost->enable_client_ssl)
        conf_complain_at(reader, true, &vhost->place, "client-ssl-ca",
                         "needs \"enable-client-ssl\": \"1\" beside it");
}

static void check_address(struct conf_reader *reader, const struct conf_vhost *vhost)
{
    if (!vhost->has_port && !vhost->unix_socket)
        conf_complain_at(reader, true, &vhost->place, NULL, "\"port\" is missing");
    if (vhost->unix_socket && !vhost->interface)
        conf_complain_at(reader, true, &vhost->place, "unix-socket",
                         "needs \"interface\", the path of the socket, beside it");
    if (vhost->noipv6 && vhost->ipv6only == CONF_SWITCH_ON)
        conf_complain_at(reader, true, &vhost->place, "ipv6only",
                         "contradicts \"noipv6\", nothing would be left to listen on");
}

/* lws has one protocol for clients that name none, and one for what is no HTTP: the last that is
 * marked so, without a word about the others. */
static void check_marked_once(struct conf_reader *reader, const struct conf_vhost *vhost,
                              const char *mark)
{
    const struct conf_protocol *first = NULL;
    size_t n, m;

    for (n = 0; n < vhost->protocol_count; n++) {
        const struct conf_protocol *protocol = &vhost->protocols[n];

        for (m = 0; m < protocol->options.count; m++)
            if (strcmp(protocol->options.items[m].name, mark) == 0)
                break;
        if (m == protocol->options.count)
            continue;
        if (first)
            conf_complain_at(reader, true, &protocol->options.items[m].place, NULL,
                             "\"%s\" is marked so already on line %d", first->name,
                             first->place.line);
        else
            first = protocol;
    }
}

/* Whose word is taken on where a client is. */
static void check_proxies(struct conf_reader *reader, const struct conf_vhost *vhost)
{
    struct problem problem = {0};
    struct ip_nets nets;
    char clipped[CONF_CLIP_BYTES];
    const char *const *word = client_header_words;

    if (ip_nets_parse(&nets, vhost->trusted_proxies, "", &problem))
        conf_complain_at(reader, true, &vhost->place, "trusted-proxies", "%s", problem.text);
    while (vhost->forwarded_header && *word && strcmp(*word, vhost->forwarded_header) != 0)
        word++;
    if (!*word)
        conf_complain_at(reader, true, &vhost->place, "forwarded-header",
                         "\"%s\" is neither %s nor %s", conf_clip(vhost->forwarded_header, clipped),
                         client_header_words[0], client_header_words[1]);
}

int conf_check_vhost(struct conf_reader *reader, struct conf_vhost *vhost)
{
    unsigned errors = reader->errors;
    size_t n;

    check_address(reader, vhost);
    check_tls(reader, vhost);
    check_headers(reader, &vhost->headers);
    check_proxies(reader, vhost);
    for (n = 0; n < vhost->mount_count; n++)
        check_mount_in_vhost(reader, vhost, n);
    check_marked_once(reader, vhost, "default");
    check_marked_once(reader, vhost, "raw");
    if (vhost->listen_accept_protocol)
        check_named(reader, vhost, &vhost->place, "listen-accept-protocol",
                    vhost->listen_accept_protocol);
    return reader->errors == errors ? 0 : -1;
}

int conf_check_global(struct conf_reader *reader, const struct conf_place *place,
                      const struct conf_global *global)
{
    const struct conf_pairs *keywords = &global->reject_service_keywords;
    char clipped[CONF_CLIP_BYTES];
    unsigned errors = reader->errors;
    enum event_format format;
    size_t n;

    if (global->log_format && event_format_find(global->log_format, &format))
        conf_complain_at(reader, true, place, "log-format", "\"%s\" is neither key-value nor json",
                         conf_clip(global->log_format, clipped));
    for (n = 0; n < keywords->count; n++) {
        const char *value = keywords->items[n].value;

        if (!keywords->items[n].name[0]) /* is in every User-Agent */
            conf_complain_at(reader, true, &keywords->items[n].place, NULL,
                             "an empty keyword would refuse everybody");
        if ((value[0] != '4' && value[0] != '5') || strspn(value, "0123456789") != 3 ||
            (value[3] && value[3] != ' '))
            conf_complain_at(reader, true, &keywords->items[n].place, NULL,
                             "\"%s\" does not begin with a status, like \"404 Not Found\"",
                             conf_clip(value, clipped));
    }
    return reader->errors == errors ? 0 : -1;
}

static bool collide(const struct conf_vhost *a, const struct conf_vhost *b)
{
    if (!a->name || !b->name || strcasecmp(a->name, b->name) != 0 ||
        a->unix_socket != b->unix_socket)
        return false;
    if (a->unix_socket)
        return a->interface && b->interface && strcmp(a->interface, b->interface) == 0;
    return a->port == b->port && a->port != 0; /* 0 is another port for each */
}

int conf_check_whole(struct conf_reader *reader)
{
    const struct conf *conf = reader->conf;
    char clipped[CONF_CLIP_BYTES];
    unsigned errors = reader->errors;
    size_t n, before;

    for (n = 0; n < conf->vhost_count; n++) {
        const struct conf_vhost *vhost = &conf->vhosts[n];

        for (before = 0; before < n; before++)
            if (collide(&conf->vhosts[before], vhost))
                break;
        if (before < n) /* lws picks by name and port, whatever the interface */
            conf_complain_at(
                reader, true, &vhost->place, "name",
                "\"%s\" with the same %s is there already (%s:%d)", conf_clip(vhost->name, clipped),
                vhost->unix_socket ? "socket" : "port", conf->vhosts[before].place.source->file,
                conf->vhosts[before].place.line);
    }
    return reader->errors == errors ? 0 : -1;
}
