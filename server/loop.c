#if defined(LWSHOST_HAVE_UV)
#include <uv.h>
#endif

#include "loop.h"

#include "log.h"

#include <stdlib.h>

/* Turns of the loop in which closing handles and what plugins left have to come to an end. */
#define CLOSING_TURNS 10000

struct loop {
    enum loop_kind kind;
    bool is_stopped;
    struct lws_context *context; /* while it runs */
#if defined(LWSHOST_HAVE_UV)
    uv_loop_t uv;
    void *foreign[1];
#endif
};

bool loop_has_uv(void)
{
#if !defined(LWSHOST_HAVE_UV) || !defined(LWS_WITH_LIBUV)
    return false;
#elif defined(LWS_WITH_EVLIB_PLUGINS)
    const char *const folders[] = {LWS_INSTALL_LIBDIR, NULL};
    struct lws_plugin *list = NULL;

    lws_plugins_init(&list, folders, "lws_evlib_plugin", "evlib_uv", NULL, NULL);
    if (!list)
        return false;
    lws_plugins_destroy(&list, NULL, NULL);
    return true;
#else
    return true;
#endif
}

struct loop *loop_new(enum loop_kind kind)
{
    struct loop *loop = calloc(1, sizeof(*loop));

    if (!loop)
        return NULL;
    loop->kind = kind;
#if defined(LWSHOST_HAVE_UV)
    if (kind == LOOP_UV && uv_loop_init(&loop->uv)) {
        free(loop);
        return NULL;
    }
    loop->foreign[0] = &loop->uv;
#endif
    return loop;
}

void loop_configure(struct loop *loop, struct lws_context_creation_info *info)
{
#if defined(LWSHOST_HAVE_UV)
    /* A loop that is not lws's own: only so lws leaves the signals alone, and comes back. */
    if (loop->kind == LOOP_UV) {
        info->options |= LWS_SERVER_OPTION_LIBUV;
        info->foreign_loops = loop->foreign;
    }
#else
    (void)loop;
    (void)info;
#endif
}

void loop_run(struct loop *loop, struct lws_context *context)
{
    loop->context = context;
#if defined(LWSHOST_HAVE_UV)
    if (loop->kind == LOOP_UV) {
        while (!loop->is_stopped && uv_run(&loop->uv, UV_RUN_DEFAULT))
            ;
        return;
    }
#endif
    while (!loop->is_stopped && lws_service(context, 0) >= 0)
        ;
}

void loop_stop(struct loop *loop)
{
    loop->is_stopped = true;
    /* poll would sleep once more otherwise */
    if (loop->context)
        lws_cancel_service(loop->context);
#if defined(LWSHOST_HAVE_UV)
    if (loop->kind == LOOP_UV)
        uv_stop(&loop->uv);
#endif
}

#if defined(LWSHOST_HAVE_UV)
static void settle(struct loop *loop)
{
    int turns = CLOSING_TURNS;

    while (turns-- > 0 && uv_run(&loop->uv, UV_RUN_NOWAIT))
        ;
}
#endif

void loop_destroy_context(struct loop *loop, struct lws_context **context)
{
    if (*context)
        lws_context_destroy(*context);
#if defined(LWSHOST_HAVE_UV)
    if (loop->kind != LOOP_UV)
        return;
    settle(loop);
    /* lws closes libuv's handles first and frees the context when it is asked once more. */
    if (*context)
        lws_context_destroy(*context);
    settle(loop);
#else
    (void)loop;
#endif
}

void loop_free(struct loop *loop)
{
    if (!loop)
        return;
#if defined(LWSHOST_HAVE_UV)
    if (loop->kind == LOOP_UV)
        uv_loop_close(&loop->uv);
#endif
    free(loop);
}
