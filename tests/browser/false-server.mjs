// A false server and a false clock for the connection of the chat page.
import { load } from './page-modules.mjs';

const { ChatConnection } = await load('chat-connection.js');
const { outboxOf } = await load('outbox.js');

class Clock {
  time = 0;
  waiting = new Map();
  last = 0;
  now = () => this.time;
  after = (ms, action) => {
    this.waiting.set(++this.last, { at: this.time + ms, action });
    return this.last;
  };
  cancel = (handle) => this.waiting.delete(handle);
  advance(ms) {
    const end = this.time + ms;
    for (;;) {
      const due = [...this.waiting].filter(([, { at }]) => at <= end).sort((a, b) => a[1].at - b[1].at)[0];
      if (!due) break;
      this.waiting.delete(due[0]);
      this.time = due[1].at;
      due[1].action();
    }
    this.time = end;
  }
}

// One conversation with the connection under test: `sockets` are the WebSockets that it opened,
// `told` is what it told, `sent()` what it sent on the newest socket.
export function begin(options = {}) {
  const clock = new Clock();
  const sockets = [];
  const told = [];
  class Socket {
    readyState = 0;
    sent = [];
    constructor(url, protocol) {
      Object.assign(this, { url, protocol });
      sockets.push(this);
    }
    send(text) { this.sent.push(JSON.parse(text)); }
    close(code) { Object.assign(this, { readyState: 3, closedWith: code ?? null }); }
  }
  let cids = 0;
  const connection = new ChatConnection({ url: 'ws://x/chat', WebSocket: Socket, clock,
    random: () => 0.5, makeId: () => `c${++cids}`, tell: (name, detail) => told.push([name, detail]), ...options });
  const room = connection.open('tea', 'Ada');
  const talk = {
    clock, sockets, told, connection, room,
    send: (text, to) => outboxOf(room).add(text, to),
    socket: () => sockets.at(-1),
    sent: (type) => sockets.at(-1).sent.filter((frame) => type === undefined || frame.type === type),
    receive: (frame) => sockets.at(-1).onmessage({ data: JSON.stringify(frame) }),
    all: (name) => told.filter(([told]) => told === name).map(([, detail]) => detail),
    texts: () => talk.all('entry').map(({ text }) => text),
    // Each connection is greeted as somebody new, with a token of its own: 's7' is that of user 'u7'.
    open(session = 's1') {
      talk.socket().readyState = 1;
      talk.socket().onopen();
      talk.receive({ type: 'welcome', protocol: 1, session, user: session.replace('s', 'u'), ping_interval: 25, limits: { message_bytes: 4096 } });
    },
    join(members = {}) {
      talk.receive({ type: 'joined', id: talk.sent('join')[0].id, room: 'tea', nick: 'Ada', user: 'u1', epoch: 'e1', offset: 0,
        replay: 0, participants: [{ nick: 'Ada', user: 'u1' }], count: 1, ...members });
    },
    live(members) {
      talk.open();
      talk.join(members);
    },
    say(offset, text, more) {
      talk.receive({ type: 'message', room: 'tea', offset, time: '2026-11-23T10:00:00.000Z', from: { nick: 'Bob', user: 'u2' },
        text, ...more });
    },
    hangUp: (code = 1006, reason = '') => talk.socket().onclose({ code, reason }),
    state: () => connection.state.name,
    clockTo: (ms) => clock.advance(ms),
  };
  connection.start();
  return talk;
}
