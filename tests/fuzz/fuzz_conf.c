/* Configuration text: complaints, each one line with a place, or a tree that means something. */
#include "fuzz.h"

#include "conf.h"
#include "conf_keys.h"

#include <stdlib.h>
#include <string.h>

struct said {
    unsigned errors, warnings;
    uint64_t hash;
};

static void take(void *user, bool is_error, const char *line)
{
    struct said *said = user;
    const char *c;

    FUZZ_CHECK(line[0] && strlen(line) < 1300);
    FUZZ_CHECK(strstr(line, "conf") == line && strstr(line, ": "));
    FUZZ_CHECK(is_error == !strstr(line, ": warning: ") || is_error);
    for (c = line; *c; c++) {
        FUZZ_CHECK((unsigned char)*c >= 0x20 && *c != 0x7f);
        said->hash = said->hash * 31 + (unsigned char)*c;
    }
    if (is_error)
        said->errors++;
    else
        said->warnings++;
}

static void check_pairs(const struct conf_pairs *pairs)
{
    size_t n;

    FUZZ_CHECK(!pairs->count || pairs->items);
    for (n = 0; n < pairs->count; n++)
        FUZZ_CHECK(pairs->items[n].value);
}

static void check_vhost(const struct conf *conf, const struct conf_vhost *vhost)
{
    char line[600];
    size_t n;

    FUZZ_CHECK(vhost->name && vhost->name[0] && vhost->port <= 65535);
    conf_place_print(&vhost->place, "name", line, sizeof(line));
    FUZZ_CHECK(strstr(line, "vhosts[") && strstr(line, ".name"));
    for (n = 0; n < vhost->mount_count; n++) {
        const struct conf_mount *mount = &vhost->mounts[n];

        FUZZ_CHECK(mount->mountpoint && mount->mountpoint[0] == '/');
        FUZZ_CHECK(mount->origin && strlen(mount->mountpoint) < 256);
        check_pairs(&mount->headers);
    }
    for (n = 0; n < vhost->protocol_count; n++) {
        FUZZ_CHECK(vhost->protocols[n].name && vhost->protocols[n].name[0]);
        check_pairs(&vhost->protocols[n].options);
    }
    for (n = 0; n < conf->vhost_count; n++)
        FUZZ_CHECK(&conf->vhosts[n] == vhost || conf->vhosts[n].port != vhost->port ||
                   strcmp(conf->vhosts[n].name, vhost->name) || vhost->port == 0 ||
                   conf->vhosts[n].unix_socket || vhost->unix_socket);
}

static struct said read_texts(char *const *texts, const size_t *lens,
                              const struct conf_features *features)
{
    struct said said = {0};
    const struct conf_env env = {
        .data_dir = "/data", .features = features, .complain = take, .user = &said};
    struct conf *conf = conf_new();
    unsigned before;
    int n, result = 0;

    FUZZ_CHECK(conf);
    for (n = 0; n < 2; n++) {
        if (n && !lens[n])
            break;
        before = said.errors;
        result = conf_read_text(conf, n ? "conf.d/more" : "conf", texts[n], lens[n], &env);
        FUZZ_CHECK((result != 0) == (said.errors > before));
    }
    if (!said.errors) {
        result = conf_finish(conf, &env);
        FUZZ_CHECK((result != 0) == (said.errors > 0));
    }
    if (!said.errors) {
        size_t v;

        FUZZ_CHECK(conf->vhost_count > 0);
        for (v = 0; v < conf->vhost_count; v++)
            check_vhost(conf, &conf->vhosts[v]);
    }
    conf_free(conf);
    return said;
}

/* A byte of features, then one or two files with a 0xff between them. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct fuzz_input input = {data, size};
    unsigned bits = fuzz_byte(&input);
    const struct conf_features features = {.version = bits & 1 ? 5000000 : 4001006,
                                           .tls = !(bits & 2),
                                           .client = !(bits & 4),
                                           .ipv6 = !(bits & 8),
                                           .unix_socket = !(bits & 16),
                                           .http_basic_auth = !(bits & 32),
                                           .http_proxy = bits & 64,
                                           .http2 = true};
    char *texts[2], *copy;
    struct said first, second;
    size_t lens[2], n;

    for (n = 0; n < 2; n++) {
        copy = fuzz_text(&input, (char)0xff, &lens[n]);
        texts[n] = malloc(lens[n] ? lens[n] : 1); /* without the NUL */
        FUZZ_CHECK(texts[n]);
        memcpy(texts[n], copy, lens[n]);
        free(copy);
    }
    first = read_texts(texts, lens, &features);
    second = read_texts(texts, lens, &features);
    FUZZ_CHECK(first.hash == second.hash && first.errors == second.errors);
    free(texts[0]);
    free(texts[1]);
    return 0;
}
