#include "conf_dump.h"

#include "conf_keys.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define LINE(...) assert_int_equal(bytes_printf(out, __VA_ARGS__), 0)

static void dump_pairs(const char *path, const char *key, const struct conf_pairs *pairs,
                       struct bytes *out)
{
    size_t n;

    for (n = 0; n < pairs->count; n++)
        LINE("%s%s: %s = %s (line %d, %s)\n", path, key, pairs->items[n].name,
             pairs->items[n].value, pairs->items[n].place.line, pairs->items[n].place.path);
}

static void dump_key(const char *path, const struct conf_key *key, const char *object,
                     struct bytes *out)
{
    const void *member = object + key->offset;
    const char *text;
    unsigned long number;

    switch (key->type) {
    case CONF_TEXT:
        memcpy(&text, member, sizeof(text));
        if (text)
            LINE("%s%s = %s\n", path, key->name, text);
        break;
    case CONF_NUMBER:
    case CONF_PORT:
    case CONF_BITS:
        memcpy(&number, member, sizeof(number));
        if (number)
            LINE("%s%s = %lu\n", path, key->name, number);
        break;
    case CONF_FLAG:
        if (*(const bool *)member)
            LINE("%s%s = on\n", path, key->name);
        break;
    case CONF_SWITCH:
        if (*(const enum conf_switch *)member)
            LINE("%s%s = %s\n", path, key->name,
                 *(const enum conf_switch *)member == CONF_SWITCH_ON ? "on" : "off");
        break;
    case CONF_FOLDERS:
    case CONF_MAP:
    case CONF_LIST:
        dump_pairs(path, key->name, member, out);
        break;
    default:
        break;
    }
}

static void dump_object(const char *path, const struct conf_keys *keys, const void *object,
                        struct bytes *out)
{
    size_t n;

    for (n = 0; n < keys->count; n++)
        if (strcmp(keys->rows[n].name, "onlyraw") != 0) /* apply-listen-accept once more */
            dump_key(path, &keys->rows[n], object, out);
}

static void dump_mount(const struct conf_mount *mount, struct bytes *out)
{
    char path[120];

    snprintf(path, sizeof(path), "%s.", mount->place.path);
    LINE("%sscheme = %d (line %d)\n", path, (int)mount->scheme, mount->place.line);
    dump_object(path, &conf_mount_keys, mount, out);
}

static void dump_vhost(const struct conf_vhost *vhost, struct bytes *out)
{
    char path[120];
    size_t n;

    LINE("%s at line %d%s\n", vhost->place.path, vhost->place.line,
         vhost->has_port ? "" : ", no port");
    snprintf(path, sizeof(path), "%s.", vhost->place.path);
    dump_object(path, &conf_vhost_keys, vhost, out);
    for (n = 0; n < vhost->mount_count; n++)
        dump_mount(&vhost->mounts[n], out);
    for (n = 0; n < vhost->protocol_count; n++) {
        LINE("%sws-protocols: %s (line %d)\n", path, vhost->protocols[n].name,
             vhost->protocols[n].place.line);
        dump_pairs(path, vhost->protocols[n].name, &vhost->protocols[n].options, out);
    }
}

void conf_dump(const struct conf *conf, struct bytes *out)
{
    size_t n;

    dump_object("global.", &conf_global_keys, &conf->global, out);
    for (n = 0; n < conf->vhost_count; n++)
        dump_vhost(&conf->vhosts[n], out);
}

struct conf_features conf_debian_features(void)
{
    struct conf_features features = {
        .version = 4001006,
        .tls = true,
        .client = true,
        .ipv6 = true,
        .unix_socket = true,
        .http_basic_auth = true,
        .http2 = true,
    };

    return features;
}

void conf_change_features(struct conf_features *features, char *text)
{
    const struct {
        const char *name;
        bool *flag;
    } flags[] = {
        {"tls", &features->tls},
        {"client", &features->client},
        {"ipv6", &features->ipv6},
        {"unix-socket", &features->unix_socket},
        {"http-basic-auth", &features->http_basic_auth},
        {"peer-limits", &features->peer_limits},
        {"cgi", &features->cgi},
        {"http-proxy", &features->http_proxy},
        {"http2", &features->http2},
        {"jose", &features->jose},
        {"async-queue", &features->async_queue},
        {"quic", &features->quic},
    };
    char *saved = NULL, *word;

    for (word = strtok_r(text, " \n", &saved); word; word = strtok_r(NULL, " \n", &saved)) {
        char *value = strchr(word, '=');
        size_t n;

        assert_non_null(value);
        *value++ = '\0';
        if (strcmp(word, "version") == 0) {
            features->version = (unsigned)strtoul(value, NULL, 10);
            continue;
        }
        for (n = 0; n < sizeof(flags) / sizeof(flags[0]); n++)
            if (strcmp(flags[n].name, word) == 0)
                break;
        assert_true(n < sizeof(flags) / sizeof(flags[0]));
        *flags[n].flag = value[0] == '1';
    }
}
