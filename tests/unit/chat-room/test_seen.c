/* What is told of the chat: who, where and why, but never what was said, nor a secret. */
#include "moderation_rig.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

static void a_visit_from_its_beginning_to_its_end(void **state)
{
    struct world *world = fake_world(mod_options);
    struct fake_link *ann;

    (void)state;
    fake_watch(world);
    ann = fake_json(world, "tea", "Ann \"x=1");
    fake_expect_seen(world, "event=ws-open conn=1 client=192.0.2.2 mode=json\n"
                            "event=join conn=1 room=tea nick=\"Ann \\\"x=1\" "
                            "user=u000000000000\n");
    mod_say(ann, "");
    fake_skip(ann);
    fake_expect_seen(world, "");
    conn_peer_closes(&ann->conn, 1000);
    fake_expect_seen(world, "event=ws-close conn=1 client=192.0.2.2 by=client code=1000 "
                            "reason=normal\n"
                            "event=leave room=tea nick=\"Ann \\\"x=1\" "
                            "user=u000000000000 reason=left\n");
    fake_free(ann);
    fake_expect_seen(world, "");
    fake_world_free(world);
}

static void one_that_is_lost(void **state)
{
    struct world *world = fake_world(mod_options);
    struct fake_link *line = fake_text(world, "tea", "lee");

    (void)state;
    fake_watch(world);
    fake_gone(line);
    fake_expect_seen(world, "event=ws-close conn=1 client=192.0.2.1 by=nobody code=1006 "
                            "reason=lost\n"
                            "event=leave room=tea nick=lee user=u000000000000 reason=timeout\n");
    fake_free(line);
    fake_world_free(world);
}

static void measures_and_whom_they_hit(void **state)
{
    struct world *world = fake_world(mod_options);
    struct fake_link *mod = mod_connect(world), *ann = fake_json(world, "tea", "ann");

    (void)state;
    fake_watch(world);
    mod_order(mod, "ban", "\"nick\":\"ann\",\"seconds\":60,\"reason\":\"said a word\"");
    fake_expect_seen(world,
                     "event=leave conn=2 room=tea nick=ann user=u000000000000 reason=kicked\n"
                     "event=ws-close conn=2 client=192.0.2.2 by=server code=4502 reason=banned\n"
                     "event=ban room=tea nick=ann seconds=60 by=192.0.2.77\n");
    mod_order(mod, "unban", "\"nick\":\"ann\"");
    fake_expect_seen(world, "event=unban room=tea nick=ann by=192.0.2.77\n");
    fake_free(ann);
    fake_free(mod);
    fake_world_free(world);
}

static void refusals_and_nothing_of_the_secret(void **state)
{
    struct world *world = fake_world(mod_options);
    struct fake_link *ann = fake_json(world, "tea", "ann");

    (void)state;
    fake_watch(world);
    fake_send(ann, "{\"type\":\"kick\",\"room\":\"tea\",\"nick\":\"ann\",\"secret\":\"hunter2\"}");
    fake_expect_seen(world, "event=refused conn=1 client=192.0.2.2 reason=bad-secret status=401 "
                            "room=tea\n");
    fake_send(ann, "{\"type\":\"say\",\"room\":\"tea\\n\",\"text\":\"hello\"}");
    fake_expect_seen(world, "event=refused conn=1 client=192.0.2.2 reason=unknown-type "
                            "status=400\n");
    fake_free(ann);
    fake_world_free(world);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_visit_from_its_beginning_to_its_end),
        cmocka_unit_test(one_that_is_lost),
        cmocka_unit_test(measures_and_whom_they_hit),
        cmocka_unit_test(refusals_and_nothing_of_the_secret),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
