/* wrong_abi — a plugin as another libwebsockets wants it: loadable, but not here.
 */
#include <libwebsockets.h>

__attribute__((visibility("default"))) const lws_plugin_protocol_t wrong_abi = {
    .hdr = {.name = "wrong_abi", ._class = "lws_protocol_plugin", .api_magic = 1},
};
