// The chat as Node's ws sees it: one scenario a run, for tests.
//   node ws_client.mjs URL SCENARIO [CERTIFICATE]
// Ends with 0, or with what was wrong on standard error. NODE_PATH says where ws is.
import assert from "node:assert/strict";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

const WebSocket = createRequire(import.meta.url)("ws");
const [url, scenario, certificate] = process.argv.slice(2);
const options = certificate ? { ca: readFileSync(certificate) } : {};

class Client {
    constructor(protocol, query = "") {
        this.waiting = [];
        this.came = [];
        this.socket = new WebSocket(url + query, protocol ? [protocol] : [], options);
        this.socket.on("message", (data, isBinary) => {
            assert.equal(isBinary, false);
            this.came.push(data.toString());
            this.waiting.shift()?.();
        });
        this.closed = once(this.socket, "close");
    }

    async receive() {
        if (this.came.length === 0)
            await new Promise((resolve) => this.waiting.push(resolve));
        return this.came.shift();
    }

    async event(type) {
        for (;;) {
            const event = JSON.parse(await this.receive());
            if (event.type === "ping")
                this.send({ type: "pong" });
            if (event.type === type)
                return event;
        }
    }

    send(members) {
        this.socket.send(JSON.stringify(members));
    }

    ask(members, type) {
        this.send(members);
        return this.event(type);
    }

    async close() {
        this.socket.close(1000, "bye");
        assert.equal((await this.closed)[0], 1000);
    }
}

async function join(nick, members = {}) {
    const client = new Client("chat-room");
    client.welcome = await client.event("welcome");
    client.joined = await client.ask({ type: "join", nick, ...members }, "joined");
    return client;
}

const message = (text, cid) => ({ type: "message", id: cid, room: "lobby", text, cid });

const scenarios = {
    async conversation() {
        const ann = await join("Ann"), bob = await join("Bob");
        assert.equal(ann.socket.protocol, "chat-room");
        assert.equal((await ann.event("join")).nick, "Bob");
        const ok = await ann.ask(message("hi 中😀", "c1"), "ok");
        const said = await bob.event("message");
        assert.deepEqual([said.text, said.offset], ["hi 中😀", ok.offset]);
        await bob.close();
        assert.equal((await ann.event("leave")).reason, "left");
        await ann.close();
    },

    async lines() {
        const lee = new Client(null, "?nick=Lee&room=lines");
        assert.match(await lee.receive(), /^\[Lee\]-\[.{19}\]-进入聊天室$/);
        assert.equal(lee.socket.protocol, "");
        lee.socket.send("hello");
        assert.match(await lee.receive(), /-说：hello$/);
        await lee.close();
    },

    async compression() {
        const ann = await join("Ann");
        assert.equal(ann.socket.extensions, "");
        await ann.close();
    },

    async large() {
        const ann = await join("Ann", { history: 0 });
        const text = "\u{1f600}".repeat(65536 / 4);
        ann.send(message(text, "large"));
        assert.equal((await ann.event("message")).text, text);
        await ann.close();
    },

    async fragments() {
        const ann = await join("Ann", { history: 0 });
        const pieces = ['{"type":"message","room":"lobby","te', "", 'xt":"in pieces","cid":"f"}'];
        pieces.forEach((piece, n) => ann.socket.send(piece, { fin: n === pieces.length - 1 }));
        assert.equal((await ann.event("message")).text, "in pieces");
        await ann.close();
    },

    // The client's pings, and in text mode the server's, which ws answers by itself.
    async pings() {
        const lee = new Client("chat-room-text", "?nick=Lee&room=pings");
        await lee.receive();
        lee.socket.ping("x".repeat(125));
        assert.equal((await once(lee.socket, "pong"))[0].toString(), "x".repeat(125));
        for (let n = 0; n < 3; n++)
            await once(lee.socket, "ping");
        assert.equal(lee.socket.readyState, WebSocket.OPEN);
        await lee.close();
    },

    async closes() {
        const eve = await join("Eve");
        eve.socket.send(Buffer.from("binary"));
        assert.equal((await eve.closed)[0], 1003);
        const max = await join("Max");
        max.socket.close(4321, "mine");
        assert.equal((await max.closed)[0], 4321);
    },

    async recovery() {
        const room = { room: "recovery" };
        const ann = await join("Ann", room), bob = await join("Bob", room);
        for (const [client, cid] of [[ann, "1"], [bob, "2"], [ann, "3"]])
            await client.ask({ ...message(`no. ${cid}`, cid), ...room }, "ok");
        ann.socket.terminate();
        const again = await join("Ann", { ...room, session: ann.welcome.session,
            since: { epoch: ann.joined.epoch, offset: 1 } });
        assert.deepEqual([again.joined.recovered, again.joined.replay, again.joined.user],
            [true, 2, ann.welcome.user]);
        const replayed = [await again.event("message"), await again.event("message")];
        assert.deepEqual(replayed.map((event) => event.text), ["no. 2", "no. 3"]);
        const ok = await again.ask({ ...message("no. 3", "3"), ...room }, "ok");
        assert.equal(ok.offset, 3);
        await Promise.all([again.close(), bob.close()]);
    },
};

await scenarios[scenario]();
