// A room with uWebSockets: what one says, all hear, by its publish/subscribe, as its authors show it.
#include "App.h"

#include <cstdio>
#include <string_view>

struct PerSocketData {
};

int main()
{
    uWS::App app;
    uWS::App::WebSocketBehavior<PerSocketData> behavior;

    behavior.compression = uWS::DISABLED;
    behavior.maxBackpressure = 64 * 1024 * 1024;
    behavior.open = [](auto *socket) { socket->subscribe("room"); };
    behavior.message = [&app](auto *, std::string_view message, uWS::OpCode code) {
        app.publish("room", message, code, false);
    };
    app.ws<PerSocketData>("/*", std::move(behavior))
        .listen("127.0.0.1", 0,
                [](auto *listener) {
                    if (listener)
                        std::printf("listening on %d\n",
                                    us_socket_local_port(0, (struct us_socket_t *)listener));
                    std::fflush(stdout);
                })
        .run();
    return 1;
}
