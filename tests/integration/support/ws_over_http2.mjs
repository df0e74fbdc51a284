// A WebSocket on a stream of HTTP/2 (RFC 8441), for tests: every line of standard input is a JSON
// command, every line of standard output says what came.
//   node ws_over_http2.mjs PORT PATH [SUBPROTOCOL]
//   {"send": TEXT} {"close": CODE} {"ping": TEXT} {"reset": true} {"pause": true} {"pause": false}
import http2 from "node:http2";
import readline from "node:readline";

const [port, path, subprotocol] = process.argv.slice(2);
const say = (what) => process.stdout.write(JSON.stringify(what) + "\n");
const fail = (error) => say({ error: error.code ?? error.message });
const session = http2.connect(`https://127.0.0.1:${port}`, { rejectUnauthorized: false });

function frame(opcode, payload) {
    const length = payload.length;
    const head = length < 126 ? [0x80 | opcode, 0x80 | length]
        : [0x80 | opcode, 0x80 | 126, length >> 8, length & 255];
    const mask = [0x12, 0x34, 0x56, 0x78];

    return Buffer.concat([Buffer.from([...head, ...mask]), payload.map((b, n) => b ^ mask[n % 4])]);
}

function takeFrames(stream) {
    let buffer = Buffer.alloc(0);

    stream.on("data", (data) => {
        buffer = Buffer.concat([buffer, data]);
        while (buffer.length >= 2) {
            let length = buffer[1] & 127, at = 2;
            if (length === 126) { length = buffer.length < 4 ? Infinity : buffer.readUInt16BE(2); at = 4; }
            if (length === 127) throw new Error("larger than any fragment");
            if (buffer.length < at + length) return;
            const payload = buffer.subarray(at, at + length);
            say({ fin: buffer[0] >> 7, opcode: buffer[0] & 15,
                  ...((buffer[0] & 15) === 8 ? { code: payload.readUInt16BE(0) }
                      : { hex: payload.toString("hex") }) });
            buffer = buffer.subarray(at + length);
        }
    });
}

session.on("error", fail);
session.on("goaway", (code) => say({ goaway: code }));
session.on("close", () => process.exit());
session.on("remoteSettings", (settings) => {
    const stream = session.request({
        ":method": "CONNECT", ":protocol": "websocket", ":scheme": "https", ":path": path,
        ":authority": `127.0.0.1:${port}`, "sec-websocket-version": "13",
        ...(subprotocol ? { "sec-websocket-protocol": subprotocol } : {}),
    });

    if (!settings.enableConnectProtocol) fail(new Error("no extended CONNECT"));
    stream.on("response", (head) => say({ status: head[":status"],
                                          subprotocol: head["sec-websocket-protocol"] }));
    stream.on("error", fail);
    stream.on("close", () => { say({ closed: stream.rstCode }); session.close(); });
    takeFrames(stream);
    readline.createInterface({ input: process.stdin }).on("line", (line) => {
        const command = JSON.parse(line);
        if ("send" in command) stream.write(frame(1, Buffer.from(command.send)));
        if ("ping" in command) stream.write(frame(9, Buffer.from(command.ping)));
        if ("close" in command) stream.write(frame(8, Buffer.from([command.close >> 8, command.close & 255])));
        if ("pause" in command) stream[command.pause ? "pause" : "resume"]();
        if ("reset" in command) stream.close(http2.constants.NGHTTP2_CANCEL);
    }).on("close", () => session.destroy());
});
