// One room over one WebSocket at a time: joining, sending, coming back. No DOM.
//
// Everything it needs from outside is given to the constructor, so that it runs against a false
// clock and a false socket in tests. It tells what happens through `tell(name, detail)`:
//   state     {name, ...}: see the functions named enter… below
//   joined    {nick, previousNick, wantedNick}
//   gap       {missed}: a number, or null when nobody knows
//   entry     {kind: 'message' | 'announcement', text, time, offset, nick, user, own, cid, to}
//   replayed  {}: what came before joining, or while away, is all there
//   event     {kind: 'join' | 'leave' | 'nick' | 'notice' | 'problem', ...}
//   people    {list: [{nick, user}], count}
//   outgoing  {cid, text, status: 'sending' | 'sent' | 'failed', reason}: a message of one's own that
//             has not come back from the room yet
//   limits    {message_bytes, ...}

import { Backoff, closeVerdict } from './backoff.js';
import { Outbox } from './outbox.js';

const JOIN_SECONDS = 10;
const PROBE_SECONDS = 8;
const PING_SLACK_SECONDS = 10;
const STABLE_SECONDS = 30;

export class ChatConnection {
  /* clock: {now() in ms, after(ms, fn) → handle, cancel(handle)}; random() in [0, 1);
   * makeId() → a fresh string that nobody else has. */
  constructor({ url, room, nick, session, WebSocket, clock, random, makeId, tell }) {
    Object.assign(this, { url, room, nick, WebSocket, clock, tell });
    this.session = session ?? null;
    this.wantedNick = nick;
    this.outbox = new Outbox({ clock, makeId, transmit: (message, done) => this.transmit(message, done),
      tell: (detail) => this.tellOutgoing(detail) });
    this.backoff = new Backoff({ random });
    this.people = new Map();
    this.count = 0;
    this.ownUsers = new Set();
    this.epoch = null;
    this.offset = 0;
    this.timers = {};
    this.requests = new Map();
    this.lastId = 0;
    this.socket = null;
    this.state = { name: 'idle' };
  }

  start() {
    if (!this.socket) this.enterConnecting();
  }

  stop() {
    this.drop(1000);
    this.enter({ name: 'idle' });
  }

  /* The network is back, the page is looked at again, or a person asked: tries at once when waiting,
   * and when live finds out whether the connection still is. */
  wake() {
    if (this.state.name === 'waiting') this.enterConnecting();
    else if (this.state.name === 'live') this.probe();
  }

  /* Returns the message's cid, or null when too many wait. */
  send(text) {
    return this.outbox.add(text);
  }

  retry(cid) {
    this.outbox.retry(cid);
  }

  discard(cid) {
    this.outbox.remove(cid);
  }

  /* done(null) when the room took the name, or will be asked for it on joining; else done(reason). */
  rename(nick, done) {
    if (this.state.name !== 'live') {
      this.wantedNick = nick;
      done(null);
      this.start();
      return;
    }
    this.request({ type: 'nick', room: this.room, nick }, (reply) => {
      if (reply?.type === 'ok') this.wantedNick = nick;
      done(reply?.type === 'ok' ? null : reply?.reason ?? 'no-answer');
    });
  }

  isOwn(user) {
    return this.ownUsers.has(user);
  }

  /* done({entries, more}) with the messages just before the offset, or done(null). */
  earlier(before, done) {
    this.request({ type: 'history', room: this.room, before, limit: 50 }, (reply) => {
      done(reply?.type === 'history'
        ? { entries: reply.messages.map((message) => this.entry(message)), more: Boolean(reply.more) } : null);
    });
  }

  // States

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
    this.cancel('join');
    this.enter({ name: 'live' });
    this.arm('stable', STABLE_SECONDS * 1000, () => this.backoff.reset());
    this.heard();
    if (this.replayLeft === 0) this.replayEnded();
  }

  enterWaiting(delay, reason) {
    this.drop();
    this.enter({ name: 'waiting', until: this.clock.now() + delay, reached: this.opened, reason });
    this.arm('retry', delay, () => this.enterConnecting());
  }

  /* Nothing is tried any more until a person asks: {code, text} of a close or {reason} of an error. */
  enterRefused(why) {
    this.drop();
    this.enter({ name: 'refused', ...why });
    this.outbox.failAll('no-answer');
  }

  lost() {
    this.enterWaiting(this.backoff.next());
  }

  closed(code, text) {
    const verdict = closeVerdict(code);
    if (verdict === 'stop') this.enterRefused({ code, text });
    else this.enterWaiting(verdict === 'spread' ? this.backoff.spread() : this.backoff.next());
  }

  drop(code) {
    for (const name of Object.keys(this.timers)) this.cancel(name);
    const { socket } = this;
    this.socket = null;
    if (socket) {
      socket.onopen = socket.onmessage = socket.onclose = null;
      try {
        // Only a farewell (1000) gives the place in the room up at once.
        if (code) socket.close(code);
        else socket.close();
      } catch { /* it is closed or was never open */ }
    }
    const unanswered = [...this.requests.values()];
    this.requests.clear();
    this.outbox.interrupted();
    for (const done of unanswered) done(null);
  }

  // Frames

  transmit(message, done) {
    if (this.state.name !== 'live' || this.replayLeft > 0) return false;
    this.request({ type: 'message', room: this.room, ...message }, done);
    return true;
  }

  /* done(reply) or, when the connection ends first, done(null). */
  request(frame, done) {
    if (!this.socket || this.socket.readyState !== 1) {
      done(null);
      return;
    }
    const id = ++this.lastId;
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
    if (handler && ['ok', 'error', 'joined', 'participants', 'history'].includes(frame.type)) {
      this.requests.delete(frame.id);
      handler(frame);
    } else if (Object.hasOwn(frames, frame.type)) {
      frames[frame.type](this, frame);
    }
  }

  onWelcome(frame) {
    if (frame.protocol !== 1) {
      this.enterRefused({ reason: 'protocol' });
      return;
    }
    this.welcome = frame;
    if (frame.limits) this.tell('limits', frame.limits);
    const join = { type: 'join', room: this.room };
    if (this.wantedNick) join.nick = this.wantedNick;
    if (this.session) join.session = this.session;
    if (this.epoch !== null) join.since = { epoch: this.epoch, offset: this.offset };
    this.askedSince = this.epoch !== null;
    this.request(join, (reply) => {
      if (reply?.type === 'joined') this.onJoined(reply);
      else if (reply?.temporary) this.enterWaiting(Math.max(reply.retry_after ?? 0, this.backoff.next()), reply.reason);
      else if (reply) this.enterRefused({ reason: reply.reason, text: reply.message });
    });
  }

  onJoined(frame) {
    // Whoever was taken up again is who that token says; a stranger is who the greeting named.
    if (!this.session || frame.user === this.welcome.user) this.session = this.welcome.session ?? null;
    this.addOwnUser(frame.user);
    const previousNick = this.nick;
    this.nick = frame.nick;
    const lost = this.askedSince && frame.recovered === false;
    if (frame.epoch !== this.epoch) this.offset = 0;
    this.epoch = frame.epoch ?? null;
    this.headAtJoin = frame.offset ?? 0;
    this.replayLeft = frame.replay ?? 0;
    this.people = new Map((frame.participants ?? []).map((person) => [person.user, person]));
    this.count = frame.count ?? this.people.size;
    this.tell('joined', { nick: frame.nick, previousNick, wantedNick: this.wantedNick });
    if (lost) this.tell('gap', { missed: frame.missed ?? null });
    this.tellPeople();
    this.enterLive();
  }

  replayEnded() {
    this.replayLeft = 0;
    this.offset = Math.max(this.offset, this.headAtJoin);
    this.tell('replayed', {});
    this.outbox.flush();
  }

  onEntry(frame) {
    const numbered = typeof frame.offset === 'number';
    if (!numbered || frame.offset > this.offset) {
      if (numbered) this.offset = frame.offset;
      const entry = this.entry(frame);
      if (entry.own) this.outbox.confirm(entry.cid);
      this.tell('entry', entry);
    }
    if (frame.replay && this.replayLeft > 0 && --this.replayLeft === 0) this.replayEnded();
  }

  entry(frame) {
    const { nick, user } = frame.from ?? {};
    const own = this.ownUsers.has(user) || (frame.cid !== undefined && this.outbox.has(frame.cid));
    return { kind: frame.type === 'announcement' ? 'announcement' : 'message', text: String(frame.text ?? ''),
      time: frame.time, offset: frame.offset, nick: nick ?? '', user, own, cid: frame.cid, to: frame.to };
  }

  tellOutgoing({ time, offset, ...outgoing }) {
    this.tell('outgoing', outgoing);
    // Kept under a number that the room is already past: it was shown while nobody listened here.
    if (outgoing.status === 'sent' && offset <= this.offset) {
      this.outbox.confirm(outgoing.cid);
      this.tell('entry', { kind: 'message', text: outgoing.text, time, offset, nick: this.nick, own: true,
        cid: outgoing.cid });
    }
  }

  onPresence(frame) {
    if (frame.type === 'leave') this.people.delete(frame.user);
    else this.people.set(frame.user, { nick: frame.nick, user: frame.user });
    if (typeof frame.count === 'number') this.count = frame.count;
    const own = this.ownUsers.has(frame.user);
    if (own && frame.type === 'nick') this.nick = frame.nick;
    this.tell('event', { kind: frame.type, nick: frame.nick, previous: frame.previous, reason: frame.reason,
      time: frame.time, own });
    this.tellPeople();
  }

  onError(frame) {
    this.tell('event', { kind: 'problem', reason: frame.reason, text: frame.message, time: frame.time });
  }

  tellPeople() {
    this.tell('people', { list: [...this.people.values()], count: Math.max(this.count, this.people.size) });
  }

  addOwnUser(user) {
    this.ownUsers.add(user);
    if (this.ownUsers.size > 20) this.ownUsers.delete(this.ownUsers.values().next().value);
  }

  // Is anybody there?

  /* A page sees no WebSocket pings, so silence is broken by a question that must be answered. */
  heard() {
    const interval = this.welcome?.ping_interval;
    this.cancel('probe');
    if (interval > 0) this.arm('silence', (interval + PING_SLACK_SECONDS) * 1000, () => this.probe());
  }

  probe() {
    if (this.timers.probe !== undefined) return;
    this.arm('probe', PROBE_SECONDS * 1000, () => this.lost());
    this.request({ type: 'participants', room: this.room }, () => {});
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

const frames = {
  welcome: (connection, frame) => connection.onWelcome(frame),
  message: (connection, frame) => connection.onEntry(frame),
  announcement: (connection, frame) => connection.onEntry(frame),
  join: (connection, frame) => connection.onPresence(frame),
  leave: (connection, frame) => connection.onPresence(frame),
  nick: (connection, frame) => connection.onPresence(frame),
  ping: (connection) => connection.socket.send('{"type":"pong"}'),
  error: (connection, frame) => connection.onError(frame),
  notice: (connection, frame) => connection.tell('event', { kind: 'notice', text: frame.text, time: frame.time }),
  room_closed: (connection, frame) => connection.enterRefused({ reason: 'room-closed', text: frame.reason }),
};
