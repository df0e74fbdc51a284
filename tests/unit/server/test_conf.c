/* The configuration as its users see it: members by name, places, memory, and bad days. */
#include "conf.h"

#include "complaints.h"
#include "conf_dir.h"
#include "conf_dump.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

struct reading {
    struct complaints complaints;
    struct conf *conf;
    int result;
};

static struct reading read_bytes(const char *text, size_t len)
{
    struct conf_features features = conf_debian_features();
    struct reading reading = {.conf = conf_new()};
    struct conf_env env = {.data_dir = "/data",
                           .features = &features,
                           .complain = complaints_take,
                           .user = &reading.complaints};

    assert_non_null(reading.conf);
    reading.result = conf_read_text(reading.conf, "file", text, len, &env);
    if (reading.result == 0)
        reading.result = conf_finish(reading.conf, &env);
    assert_int_equal(reading.result == 0, reading.complaints.errors == 0);
    return reading;
}

static struct reading read_text(const char *text) { return read_bytes(text, strlen(text)); }

static void end(struct reading *reading)
{
    conf_free(reading->conf);
    bytes_fini(&reading->complaints.lines);
}

static const char full[] =
    "{ \"global\": { \"server-string\": \"me\", \"plugin-dir\": \"/p\", \"rlimit-nofile\": 100 },\n"
    "  \"vhosts\": [{\n"
    "    \"name\": \"localhost\",\n"
    "    \"port\": \"443\",\n"
    "    \"interface\": \"lo\", \"ipv6only\": \"0\", \"keepalive_timeout\": \"9\",\n"
    "    \"host-ssl-cert\": \"/c\", \"host-ssl-key\": \"/k\", \"host-ssl-ca\": \"/a\",\n"
    "    \"ciphers\": \"x\", \"tls13-ciphers\": \"y\", \"ecdh-curve\": \"z\",\n"
    "    \"enable-client-ssl\": \"1\", \"client-ssl-ca\": \"/ca\", \"client-ssl-ciphers\": "
    "\"cx\",\n"
    "    \"client-tls13-ciphers\": \"cy\",\n"
    "    \"headers\": [{ \"a\": \"b\" }],\n"
    "    \"mounts\": [{ \"mountpoint\": \"/\", \"origin\": \"file:///srv\", \"default\": \"i\" },\n"
    "      { \"mountpoint\": \"/p\",\n"
    "        \"origin\": \"callback://p\" }],\n"
    "    \"ws-protocols\": [{ \"p\": {\n"
    "      \"o\": \"v\" } }]\n"
    "  }] }\n";

static void lands_in_the_members_that_the_host_reads(void **state)
{
    struct reading reading = read_text(full);
    const struct conf_vhost *vhost;

    (void)state;
    assert_int_equal(reading.result, 0);
    assert_string_equal(reading.conf->global.server_string, "me");
    assert_int_equal(reading.conf->global.plugin_dirs.count, 1);
    assert_string_equal(reading.conf->global.plugin_dirs.items[0].value, "/p");
    assert_int_equal(reading.conf->global.rlimit_nofile, 100);
    assert_int_equal(reading.conf->vhost_count, 1);
    vhost = &reading.conf->vhosts[0];
    assert_string_equal(vhost->name, "localhost");
    assert_true(vhost->has_port);
    assert_int_equal(vhost->port, 443);
    assert_string_equal(vhost->interface, "lo");
    assert_int_equal(vhost->ipv6only, CONF_SWITCH_OFF);
    assert_int_equal(vhost->keepalive_timeout, 9);
    assert_string_equal(vhost->server_tls.cert, "/c");
    assert_string_equal(vhost->server_tls.key, "/k");
    assert_string_equal(vhost->server_tls.ca, "/a");
    assert_string_equal(vhost->server_tls.ciphers, "x");
    assert_string_equal(vhost->server_tls.tls13_ciphers, "y");
    assert_string_equal(vhost->server_tls.ecdh_curve, "z");
    assert_true(vhost->enable_client_ssl);
    assert_string_equal(vhost->client_tls.ca, "/ca");
    assert_string_equal(vhost->client_tls.ciphers, "cx");
    assert_string_equal(vhost->client_tls.tls13_ciphers, "cy");
    assert_string_equal(vhost->headers.items[0].name, "a");
    assert_int_equal(vhost->mount_count, 2);
    assert_int_equal(vhost->mounts[0].scheme, CONF_SCHEME_FILE);
    assert_string_equal(vhost->mounts[0].fallback, "i");
    assert_int_equal(vhost->mounts[1].scheme, CONF_SCHEME_CALLBACK);
    assert_string_equal(vhost->mounts[1].origin, "p");
    assert_int_equal(vhost->protocol_count, 1);
    assert_string_equal(vhost->protocols[0].options.items[0].value, "v");
    end(&reading);
}

static void assert_place(const struct conf_place *place, const char *member, const char *wanted)
{
    char text[200];

    conf_place_print(place, member, text, sizeof(text));
    assert_string_equal(text, wanted);
}

static void says_later_where_something_stood(void **state)
{
    struct reading reading = read_text(full);
    const struct conf_vhost *vhost = &reading.conf->vhosts[0];
    struct conf_place nowhere = {.source = NULL};
    char small[12];

    (void)state;
    assert_place(&vhost->place, NULL, "file:2: vhosts[0]");
    assert_place(&vhost->place, "port", "file:4: vhosts[0].port");
    assert_place(&vhost->place, "unix-socket", "file:2: vhosts[0]"); /* was not given */
    assert_place(&vhost->mounts[1].place, "origin", "file:13: vhosts[0].mounts[1].origin");
    assert_place(&vhost->protocols[0].place, NULL, "file:14: vhosts[0].ws-protocols[0].p");
    assert_place(&vhost->protocols[0].options.items[0].place, NULL,
                 "file:15: vhosts[0].ws-protocols[0].p.o");
    assert_place(&reading.conf->global.plugin_dirs.items[0].place, NULL,
                 "file:1: global.plugin-dir");
    assert_place(&nowhere, "port", "");
    conf_place_print(&vhost->place, "port", small, sizeof(small));
    assert_string_equal(small, "file:4: vho");
    conf_place_print(&vhost->place, "port", small, 0);
    end(&reading);
}

static void complains_once_a_mistake_over_all_files(void **state)
{
    struct conf_features features = conf_debian_features();
    struct complaints complaints = {.errors = 0};
    struct conf_env env = {.data_dir = "/data",
                           .features = &features,
                           .complain = complaints_take,
                           .user = &complaints};
    struct conf *conf = conf_new();
    static const char one[] = "{ \"vhosts\": [{ \"name\": \"a\", \"port\": \"1\" }] }";
    static const char two[] = "{ \"global\": { \"uid\": \"x\" } }";
    static const char three[] = "{ \"vhosts\": [{ \"name\": \"a\", \"port\": \"1\" }] }";

    (void)state;
    assert_int_equal(conf_read_text(conf, "one", one, strlen(one), &env), 0);
    assert_int_equal(conf_read_text(conf, "two", two, strlen(two), &env), -1);
    assert_int_equal(conf_read_text(conf, "three", three, strlen(three), &env), 0);
    assert_int_equal(conf_finish(conf, &env), -1);
    assert_string_equal(complaints.lines.data,
                        "two:1: global.uid: \"x\" is not a number from 0 to 4294967294\n"
                        "three:1: vhosts[0].name: \"a\" with the same port is there already "
                        "(one:1)\n");
    conf_free(conf);
    conf_free(NULL);
    bytes_fini(&complaints.lines);
}

static void reads_what_is_shipped_without_a_complaint(void **state)
{
    struct conf_features features = conf_debian_features();
    struct complaints complaints = {.errors = 0};
    struct conf_env env = {.data_dir = "/data",
                           .features = &features,
                           .complain = complaints_take,
                           .user = &complaints};
    struct conf *conf = conf_read_dir(PROJECT_DIR "/conf", &env);
    struct conf_names names;
    struct bytes text = {0};
    char path[500];
    size_t n;

    (void)state;
    assert_string_equal(complaints.lines.data ? complaints.lines.data : "", "");
    assert_non_null(conf);
    conf_free(conf);
    assert_null(conf_dir_list(PROJECT_DIR "/conf/examples", &names));
    assert_true(names.count > 0);
    for (n = 0; n < names.count; n++) {
        struct reading reading;

        snprintf(path, sizeof(path), "%s/conf/examples/%s", PROJECT_DIR, names.items[n]);
        assert_null(conf_file_read(path, &text));
        reading = read_bytes(text.data, text.len);
        assert_string_equal(reading.complaints.lines.data ? reading.complaints.lines.data : "", "");
        end(&reading);
        bytes_fini(&text);
    }
    conf_names_fini(&names);
}

static void bears_a_megabyte_in_one_string(void **state)
{
    static const char *const before[] = {
        "{ \"vhosts\": [{ \"port\": 1, \"name\": \"",
        "{ \"vhosts\": [{ \"port\": \"",
        "{ \"vhosts\": [{ \"port\": 1, \"name\": \"a\", \"ws-protocols\": [{ \"p\": { \"o\": \"",
        "{ \"",
        "{ \"vhosts\": [{ \"port\": 1, \"name\": \"a\", \"mounts\": [{ \"origin\": \"",
    };
    static const char *const after[] = {"\" }] }", "\" }] }", "\" } }] }] }", "\": 1 }",
                                        "\" }] }] }"};
    size_t n, len = 1 << 20;
    char *text = malloc(len + 200);

    (void)state;
    for (n = 0; n < sizeof(before) / sizeof(before[0]); n++) {
        struct reading reading;

        strcpy(text, before[n]);
        memset(text + strlen(before[n]), 'm', len);
        strcpy(text + strlen(before[n]) + len, after[n]);
        reading = read_text(text);
        assert_int_equal(reading.result, n == 2 ? 0 : -1);
        assert_true(reading.complaints.lines.len < 2000);
        end(&reading);
    }
    free(text);
}

static void bears_text_that_was_damaged_anywhere(void **state)
{
    size_t len = sizeof(full) - 1, at;
    char damaged[sizeof(full)];
    unsigned change;
    static const char changes[] = {'\0', '"', '\\', '{', ']', '\n', '#', (char)0xff, '9'};
    struct reading reading;

    (void)state;
    for (at = 0; at < len; at++) {
        for (change = 0; change < sizeof(changes); change++) {
            memcpy(damaged, full, len);
            damaged[at] = changes[change];
            reading = read_bytes(damaged, len);
            end(&reading);
        }
        reading = read_bytes(full, at); /* cut off */
        assert_int_equal(reading.result, -(at < strlen(full) - 1));
        end(&reading);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lands_in_the_members_that_the_host_reads),
        cmocka_unit_test(says_later_where_something_stood),
        cmocka_unit_test(complains_once_a_mistake_over_all_files),
        cmocka_unit_test(reads_what_is_shipped_without_a_complaint),
        cmocka_unit_test(bears_a_megabyte_in_one_string),
        cmocka_unit_test(bears_text_that_was_damaged_anywhere),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
