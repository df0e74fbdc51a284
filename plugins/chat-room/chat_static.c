/* chat_static — the functions of lwshost/chat_room.h. In the static library only. */
#include "lwshost/chat_room.h"

#include "static_protocol.h"

extern const lws_plugin_protocol_t chat_room;

#define JSON_PROTOCOL (&chat_room.protocols[0])
#define TEXT_PROTOCOL (&chat_room.protocols[1])

const struct lws_protocols *lws_chat_room_protocol(void) { return JSON_PROTOCOL; }

const struct lws_protocols *lws_chat_room_text_protocol(void) { return TEXT_PROTOCOL; }

int lws_chat_room_check(const struct lws_protocol_vhost_options *options, char *why, size_t size)
{
    return static_protocol_check(JSON_PROTOCOL, options, why, size);
}

const char *lws_chat_room_problem(struct lws_vhost *vhost)
{
    return static_protocol_hooks(JSON_PROTOCOL)->broken(vhost);
}

void lws_chat_room_stop(struct lws_vhost *vhost, int close_code)
{
    static_protocol_hooks(JSON_PROTOCOL)->stop(vhost, close_code);
}

unsigned lws_chat_room_pending(struct lws_vhost *vhost)
{
    return static_protocol_hooks(JSON_PROTOCOL)->pending(vhost);
}
