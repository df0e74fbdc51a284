// An HTTP/2 upstream of Node's that answers in the tutorial's format, late, wrongly or not at all.
//
//   node h2_upstream.mjs '{"cert", "key", "settings", "http1", "delay", "rules"}'
//
// With cert and key over TLS, else in clear text. rules: by the address that is asked about, what to
// do instead of answering after `delay` ms. Prints the port, then a line of JSON for what happens.

import { readFileSync } from "node:fs";
import http2 from "node:http2";

const { cert, key, settings = {}, http1 = false, delay = 0, rules = {} } = JSON.parse(process.argv[2]);
const options = { settings, allowHTTP1: http1 };
const server = cert
    ? http2.createSecureServer({ cert: readFileSync(cert), key: readFileSync(key), ...options })
    : http2.createServer(options);

function tell(event) {
    process.stdout.write(JSON.stringify(event) + "\n");
}

function answer(stream, ip, { status = 200, city = ip, size = 0 }) {
    if (stream.destroyed)
        return;
    stream.respond({ ":status": status, "content-type": "application/json" });
    stream.end(JSON.stringify({ ret: 1, country: "x", province: "x", city, pad: "y".repeat(size) }));
}

const actions = {
    hang() {},
    answer(stream, ip, rule) { setTimeout(answer, rule.delay ?? delay, stream, ip, rule); },
    reset(stream, ip, rule) { stream.close(rule.code); },
    // The head and some of the body, then a reset.
    half(stream) {
        stream.respond({ ":status": 200 });
        stream.write("{");
        setTimeout(() => stream.destroy(new Error("enough")), 20);
    },
    // After this one the server goes away.
    last(stream, ip, rule) {
        answer(stream, ip, rule);
        stream.session?.close();
    },
    // Every connection ends, and nobody is told.
    break() { sockets.forEach((socket) => socket.destroy()); },
    // Nothing from this stream on will be looked at; what came before will.
    goaway(stream) { stream.session.goaway(0, stream.id - 2); },
    trailers(stream, ip) {
        stream.additionalHeaders({ ":status": 103, link: "</x>" });
        stream.respond({ ":status": 200 }, { waitForTrailers: true });
        stream.on("wantTrailers", () => stream.sendTrailers({ "x-checksum": "1" }));
        stream.end(JSON.stringify({ ret: 1, city: ip }));
    },
    mirror(stream, ip, rule, headers) {
        let length = 0;
        stream.on("data", (piece) => { length += piece.length; });
        stream.on("end", () => {
            const said = Object.fromEntries(Object.entries(headers).filter(([n]) => !n.startsWith(":")));
            stream.respond({ ":status": 200 });
            stream.end(headers[":method"] === "HEAD" ? undefined
                : JSON.stringify({ method: headers[":method"], path: headers[":path"], said, length }));
        });
    },
};

const sockets = new Set();
let sessions = 0;
let open = 0;

server.on("connection", (socket) => {
    sockets.add(socket);
    socket.on("close", () => sockets.delete(socket));
});

server.on("session", (session) => {
    session.number = ++sessions;
    tell({ event: "session", session: session.number });
    session.on("error", () => {});
    session.on("goaway", (code) => tell({ event: "goaway", session: session.number, code }));
    session.on("close", () => tell({ event: "end", session: session.number }));
});

server.on("stream", (stream, headers) => {
    const ip = new URL(headers[":path"], "http://x").searchParams.get("ip");
    let rule = rules[ip] ?? rules.all ?? {};

    // Node forgets the session before the stream is closed.
    const session = stream.session.number;
    if (rule.times !== undefined && rule.times-- <= 0)
        rule = {};
    tell({ event: "stream", session, id: stream.id, ip, open: ++open });
    stream.on("error", () => {});
    stream.on("close", () => {
        open--;
        tell({ event: "closed", session, id: stream.id, ip, code: stream.rstCode });
    });
    actions[rule.do ?? "answer"](stream, ip, rule, headers);
});

if (http1)
    server.on("request", (request, response) => {
        tell({ event: "http1" });
        response.end(JSON.stringify({ ret: 1, city: new URL(request.url, "http://x").searchParams.get("ip") }));
    });

server.on("sessionError", () => {});
server.listen(0, "127.0.0.1", () => tell({ port: server.address().port }));
process.stdin.on("end", () => process.exit(0)).resume();
