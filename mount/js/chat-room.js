// One room of a connection. No DOM.

export class ChatRoom {
  constructor(connection, name, nick) {
    Object.assign(this, { connection, name, nick, wantedNick: nick });
    this.outbox = null; // until something is said: see outbox.js
    this.people = new Map();
    this.count = 0;
    this.epoch = null;
    this.offset = 0;
    this.replayLeft = 0;
    this.isIn = false;
    this.refused = null;
    this.onJoined = null;
    this.pin = undefined;
  }

  tell(name, detail) {
    this.connection.tell(name, detail, this);
  }

  request(frame, done) {
    this.connection.request({ room: this.name, ...frame }, done);
  }

  comeBack() {
    if (this.connection.state.name !== 'live') {
      this.connection.start();
    } else if (this.refused) {
      this.refused = null;
      this.join();
    }
  }

  join() {
    const { wantedNick, pin, epoch, offset } = this;
    const join = { type: 'join', pin };
    if (wantedNick) join.nick = wantedNick;
    if (this.connection.session) join.session = this.connection.session;
    if (epoch !== null) join.since = { epoch, offset };
    this.request(join, (reply) => {
      if (reply?.type === 'joined') this.joined(reply);
      else if (reply) this.connection.roomRefused(this, { ...reply, text: reply.message });
    });
  }

  joined(frame) {
    this.connection.known(frame.user);
    const lost = this.epoch !== null && frame.recovered === false;
    const previousNick = this.nick;
    if (frame.epoch !== this.epoch) this.offset = 0;
    Object.assign(this, { isIn: true, user: frame.user, nick: frame.nick, epoch: frame.epoch ?? null,
      headAtJoin: frame.offset ?? 0, replayLeft: frame.replay ?? 0 });
    this.tell('joined', { nick: frame.nick, previousNick, wantedNick: this.wantedNick });
    if (lost) this.tell('gap', { missed: frame.missed ?? null });
    this.takePeople(frame);
    this.connection.enterLive();
    this.onJoined?.();
    this.onJoined = null;
    if (this.replayLeft === 0) this.replayEnded();
  }

  replayEnded() {
    this.replayLeft = 0;
    this.offset = Math.max(this.offset, this.headAtJoin);
    this.tell('replayed', {});
    this.outbox?.flush();
  }

  interrupted() {
    this.isIn = false;
    this.outbox?.interrupted();
  }

  receive(frame) {
    const { type } = frame;
    if (type === 'message' || type === 'announcement') this.onEntry(frame);
    else if (type === 'join' || type === 'leave' || type === 'nick') this.onPresence(frame);
    else if (type === 'typing') this.tell('typing', frame);
    else if (type === 'room_closed') this.connection.roomRefused(this, { reason: 'room-closed', text: frame.reason });
  }

  onEntry(frame) {
    const numbered = typeof frame.offset === 'number';
    if (!numbered || frame.offset > this.offset) {
      if (numbered) this.offset = frame.offset;
      const entry = this.entry(frame);
      if (entry.own) this.outbox?.remove(entry.cid);
      this.tell('entry', entry);
    }
    if (frame.replay && this.replayLeft > 0 && --this.replayLeft === 0) this.replayEnded();
  }

  entry({ type, from, text: said, time, offset, cid, to }) {
    const text = String(said ?? '');
    const own = this.connection.ownUsers.has(from?.user) || Boolean(cid !== undefined && this.outbox?.has(cid));
    return { kind: type === 'announcement' ? type : 'message', text, time, offset, nick: from?.nick ?? '',
      user: from?.user, own, cid, to, mention: !own && mentions(text, this.nick) };
  }

  onPresence(frame) {
    const own = this.connection.ownUsers.has(frame.user);
    if (frame.type === 'leave' && frame.user === this.user) {
      const text = frame.message ?? '';
      this.connection.roomRefused(this, { reason: text.startsWith('banned') ? 'banned' : 'kicked', text });
      return;
    }
    if (frame.type === 'leave') this.people.delete(frame.user);
    else this.people.set(frame.user, { nick: frame.nick, user: frame.user });
    if (typeof frame.count === 'number') this.count = frame.count;
    if (own && frame.type === 'nick') this.nick = frame.nick;
    this.tell('event', { kind: frame.type, nick: frame.nick, previous: frame.previous, reason: frame.reason,
      time: frame.time, own });
    this.tellPeople();
  }

  /* Who is here, as the server has just listed them: in large rooms it does not tell who comes and goes. */
  takePeople({ participants, count }) {
    this.people = new Map((participants ?? []).map((person) => [person.user, person]));
    this.count = count ?? this.people.size;
    this.tellPeople();
  }

  tellPeople() {
    this.count = Math.max(this.count, this.people.size);
    this.tell('people', { list: [...this.people.values()], count: this.count });
  }
}

/* Whether a text names somebody: Chinese stands beside a name without a space, "Ann" is not in "Anna". */
export function mentions(text, nick) {
  if (!nick) return false;
  const edge = (letter) => (/\w/.test(letter) ? '\\b' : '');
  const name = nick.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&');
  return new RegExp(edge(nick[0]) + name + edge(nick.at(-1)), 'i').test(text);
}
