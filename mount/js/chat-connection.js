// One WebSocket at a time, and the rooms that are joined over it. No DOM. What it is given and what it
// tells: docs/pages.md.

import { Backoff, closeVerdict } from './backoff.js';
import { ChatRoom } from './chat-room.js';

const JOIN_SECONDS = 10;
const PROBE_SECONDS = 8;
const PING_SLACK_SECONDS = 10;
const STABLE_SECONDS = 30;
const ANSWERS = ['ok', 'error', 'joined', 'participants', 'history'];

export class ChatConnection {
  constructor({ url, session, WebSocket, clock, random, makeId, tell }) {
    Object.assign(this, { url, WebSocket, clock, makeId, tell });
    this.session = session ?? null;
    this.backoff = new Backoff({ random });
    this.rooms = new Map();
    this.ownUsers = new Set();
    this.timers = {};
    this.requests = new Map();
    this.lastId = 0;
    this.socket = null;
    this.state = { name: 'idle' };
  }

  open(name, nick) {
    const room = new ChatRoom(this, name, nick);
    this.rooms.set(name, room);
    if (this.welcome && this.state.name === 'live') room.join();
    return room;
  }

  leave(room) {
    this.rooms.delete(room.name);
    if (room.isIn) this.request({ type: 'leave', room: room.name }, () => {});
  }

  /* A person asks: what was refused before is asked for again, too. */
  start() {
    if (this.socket) return;
    for (const room of this.rooms.values()) room.refused = null;
    this.enterConnecting();
  }

  /* Tries at once when waiting, and when live finds out whether the connection still is. */
  wake() {
    if (this.state.name === 'waiting') this.enterConnecting();
    else if (this.state.name === 'live') this.probe();
  }

  enter(state) {
    this.state = state;
    this.tell('state', state);
  }

  enterConnecting() {
    this.drop();
    this.enter({ name: 'connecting' });
    this.welcome = null;
    this.opened = false;
    let socket;
    try {
      socket = new this.WebSocket(this.url, 'chat-room');
    } catch {
      this.enterRefused({ reason: 'protocol' });
      return;
    }
    this.socket = socket;
    const mine = (handler) => (event) => { if (this.socket === socket) handler(event); };
    socket.onopen = mine(() => { this.opened = true; });
    socket.onmessage = mine(({ data }) => this.receive(data));
    socket.onclose = mine(({ code, reason }) => this.closed(code, reason));
    this.arm('join', JOIN_SECONDS * 1000, () => this.lost());
  }

  enterLive() {
    if (this.state.name === 'live') return;
    this.cancel('join');
    this.enter({ name: 'live' });
    this.arm('stable', STABLE_SECONDS * 1000, () => this.backoff.reset());
    this.heard();
  }

  enterWaiting(delay, reason) {
    this.drop();
    this.enter({ name: 'waiting', until: this.clock.now() + delay, reached: this.opened, reason });
    this.arm('retry', delay, () => this.enterConnecting());
  }

  /* Nothing is tried until a person asks. why: {code, text} of a close or {reason, text} of an error. */
  enterRefused(why) {
    this.drop();
    this.enter({ name: 'refused', ...why });
    for (const room of this.rooms.values()) room.outbox?.failAll('no-answer');
  }

  /* A room does not let this client in, or put it out. Without any other room nothing is left. */
  roomRefused(room, { reason, text, temporary, retry_after: wait }) {
    room.isIn = false;
    if ([...this.rooms.values()].some((other) => other !== room && !other.refused)) {
      room.refused = { name: 'refused', reason, text };
      room.outbox?.failAll('no-answer');
      this.tell('state', this.state);
    } else if (temporary) {
      this.enterWaiting(Math.max(wait ?? 0, this.backoff.next()), reason);
    } else {
      this.enterRefused({ reason, text });
    }
  }

  lost() {
    this.enterWaiting(this.backoff.next());
  }

  closed(code, text) {
    const verdict = closeVerdict(code);
    if (verdict === 'stop') this.enterRefused({ code, text });
    else this.enterWaiting(verdict === 'spread' ? this.backoff.spread() : this.backoff.next());
  }

  drop() {
    for (const name of Object.keys(this.timers)) this.cancel(name);
    const { socket } = this;
    this.socket = null;
    if (socket) {
      socket.onopen = socket.onmessage = socket.onclose = null;
      try {
        socket.close(); // without a farewell (1000), which would give the places up
      } catch { /* it is closed or was never open */ }
    }
    const unanswered = [...this.requests.values()];
    this.requests.clear();
    for (const room of this.rooms.values()) room.interrupted();
    for (const done of unanswered) done(null);
  }

  /* done(reply) or, when the connection ends first, done(null). */
  request(frame, done, id = ++this.lastId) {
    if (this.socket?.readyState !== 1) {
      done(null);
      return;
    }
    this.requests.set(id, done);
    this.socket.send(JSON.stringify({ ...frame, id }));
  }

  receive(data) {
    let frame;
    try {
      frame = JSON.parse(data);
    } catch {
      return;
    }
    if (frame === null || typeof frame !== 'object') return;
    this.heard();
    const handler = this.requests.get(frame.id);
    if (handler && ANSWERS.includes(frame.type)) {
      this.requests.delete(frame.id);
      handler(frame);
    } else if (frame.type === 'welcome') {
      this.onWelcome(frame);
    } else if (frame.type === 'ping') {
      this.socket.send('{"type":"pong"}');
    } else if (frame.type === 'error' || frame.type === 'notice') {
      this.tell('event', { kind: frame.type === 'error' ? 'problem' : 'notice', reason: frame.reason,
        text: frame.message ?? frame.text, time: frame.time }, this.rooms.get(frame.room));
    } else {
      this.rooms.get(frame.room)?.receive(frame);
    }
  }

  onWelcome(frame) {
    if (frame.protocol !== 1) {
      this.enterRefused({ reason: 'protocol' });
      return;
    }
    this.welcome = frame;
    if (frame.limits) this.tell('limits', frame.limits);
    for (const room of [...this.rooms.values()]) if (!room.refused) room.join();
  }

  /* Whoever was taken up again is who that token says; a stranger is who the greeting named. */
  known(user) {
    if (!this.session || user === this.welcome.user) this.session = this.welcome.session ?? null;
    this.ownUsers.add(user);
    if (this.ownUsers.size > 20) this.ownUsers.delete(this.ownUsers.values().next().value);
  }

  /* A page sees no WebSocket pings, so silence is broken by a question that must be answered. */
  heard() {
    const interval = this.welcome?.ping_interval;
    this.cancel('probe');
    if (interval > 0) this.arm('silence', (interval + PING_SLACK_SECONDS) * 1000, () => this.probe());
  }

  probe() {
    if (this.timers.probe !== undefined) return;
    this.arm('probe', PROBE_SECONDS * 1000, () => this.lost());
    const room = [...this.rooms.values()].find(({ isIn }) => isIn);
    this.request({ type: 'participants', room: room?.name }, (reply) => {
      if (reply?.type === 'participants') room?.takePeople(reply);
    });
  }

  arm(name, delay, action) {
    this.cancel(name);
    this.timers[name] = this.clock.after(delay, () => {
      delete this.timers[name];
      action();
    });
  }

  cancel(name) {
    if (this.timers[name] !== undefined) this.clock.cancel(this.timers[name]);
    delete this.timers[name];
  }
}
