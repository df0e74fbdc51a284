/* lws_compat — every difference between libwebsockets 4.1.6 and 5.0 that our sources meet, with one
 * guard each.
 */
#ifndef LWSHOST_LWS_COMPAT_H
#define LWSHOST_LWS_COMPAT_H

#include <libwebsockets.h>

/* The build hash stands in the plugin header since 4.2 (plugin API magic 191). */
#if LWS_PLUGIN_API_MAGIC >= 191
#define LWSHOST_PLUGIN_BUILD_HASH .lws_build_hash = LWS_BUILD_HASH,
#else
#define LWSHOST_PLUGIN_BUILD_HASH
#endif

/* Whether the loader takes a plugin of this API: 5.0 takes 4.2's too. */
#if LWS_PLUGIN_API_MAGIC >= 192
#define LWSHOST_IS_PLUGIN_API(magic) ((magic) >= 191 && (magic) <= LWS_PLUGIN_API_MAGIC)
#else
#define LWSHOST_IS_PLUGIN_API(magic) ((magic) == LWS_PLUGIN_API_MAGIC)
#endif

/* Members that later versions added to the structs that the host fills. */
#define LWSHOST_HAS_FO_LISTEN_QUEUE (LWS_LIBRARY_VERSION_NUMBER >= 4003000)
#define LWSHOST_HAS_MOUNT_HEADERS (LWS_LIBRARY_VERSION_NUMBER >= 4004000)
#define LWSHOST_HAS_5_0_KEYS (LWS_LIBRARY_VERSION_NUMBER >= 5000000)

/* These close a connection twice on libuv's loop, when they were built with assertions. */
#define LWSHOST_LWS_CLOSES_TWICE (LWS_LIBRARY_VERSION_NUMBER < 5000000)

/* These take OpenSSL down for good with the last context. */
#if defined(LWS_WITH_TLS) && LWS_LIBRARY_VERSION_NUMBER >= 4004000 &&                              \
    LWS_LIBRARY_VERSION_NUMBER < 5000000
#define LWSHOST_NEEDS_TLS_ANCHOR 1
#else
#define LWSHOST_NEEDS_TLS_ANCHOR 0
#endif

/* The one exported symbol of a protocol plugin: its name is the file's, without `libprotocol_`.
 * Not LWS_VISIBLE: since 4.2 that says nothing outside of lws itself. */
#define LWSHOST_PROTOCOL_PLUGIN(symbol, protocol_array)                                            \
    __attribute__((visibility("default"))) const lws_plugin_protocol_t symbol = {                  \
        .hdr =                                                                                     \
            {                                                                                      \
                .name = #symbol,                                                                   \
                ._class = "lws_protocol_plugin",                                                   \
                LWSHOST_PLUGIN_BUILD_HASH.api_magic = LWS_PLUGIN_API_MAGIC,                        \
            },                                                                                     \
        .protocols = protocol_array,                                                               \
        .count_protocols = (int)LWS_ARRAY_SIZE(protocol_array),                                    \
        .extensions = NULL,                                                                        \
        .count_extensions = 0,                                                                     \
    }

#endif
