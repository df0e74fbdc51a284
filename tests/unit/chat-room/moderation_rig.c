#include "moderation_rig.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

const char *const mod_options[] = {"rate", "0", "admin-key", "k", "leave-delay", "5", NULL};

const char *mod_text(const json_t *json, const char *name)
{
    return json_string_value(json_object_get(json, name));
}

long long mod_number(const json_t *json, const char *name)
{
    return json_integer_value(json_object_get(json, name));
}

struct fake_link *mod_connect(struct world *world)
{
    struct fake_link *link = fake_connect(world, CONN_JSON, "192.0.2.77");

    json_decref(fake_expect_json(link, "welcome"));
    return link;
}

void mod_ask(struct fake_link *link, const char *type, const char *rest)
{
    char text[400];

    snprintf(text, sizeof(text), "{\"type\":\"%s\",\"id\":1,\"room\":\"tea\",\"secret\":\"k\"%s%s}",
             type, rest[0] ? "," : "", rest);
    fake_send(link, text);
}

void mod_order(struct fake_link *link, const char *type, const char *rest)
{
    mod_ask(link, type, rest);
    json_decref(fake_expect_json(link, "ok"));
}

void mod_refused(struct fake_link *link, const char *type, const char *rest, const char *reason)
{
    mod_ask(link, type, rest);
    json_decref(fake_expect_error(link, reason));
}

void mod_join(struct fake_link *link, const char *rest)
{
    char text[300];

    snprintf(text, sizeof(text), "{\"type\":\"join\",\"room\":\"tea\",\"history\":0%s%s}",
             rest[0] ? "," : "", rest);
    fake_send(link, text);
}

void mod_say(struct fake_link *link, const char *rest)
{
    char text[200];

    snprintf(text, sizeof(text),
             "{\"type\":\"message\",\"room\":\"tea\",\"text\":\"x\",\"cid\":\"1\"%s}", rest);
    fake_send(link, text);
}
