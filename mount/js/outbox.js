// Messages of one's own from the keystroke until the room has shown them. No DOM.
//
// A message keeps its cid however often it is sent; the server answers a repeated one with the first
// number, so sending again never doubles it.

const MOST_WAITING = 50;
const MOST_TRIES = 8;
const ANSWER_MS = 20000;

export class Outbox {
  /* transmit(message, done) sends {cid, text} and returns true, or returns false while there is no
   * room to send to; done(reply) gets the server's answer, done(null) when the connection ended. */
  constructor({ clock, makeId, transmit, tell }) {
    Object.assign(this, { clock, makeId, transmit, tell });
    this.messages = new Map();
  }

  add(text, to) {
    if (this.messages.size >= MOST_WAITING) return null;
    const message = this.put(this.makeId(), text, to);
    this.show(message);
    this.push(message);
    return message.cid;
  }

  /* One from before the page was loaded anew: whether it goes out again is for its writer to say. */
  restore({ cid, text, to }) {
    this.fail(this.put(cid, text, to), 'no-answer');
  }

  put(cid, text, to) {
    const message = { cid, text, to, status: 'sending', tries: 0, inFlight: false, timer: undefined };
    this.messages.set(cid, message);
    return message;
  }

  has(cid) {
    return this.messages.has(cid);
  }

  retry(cid) {
    const message = this.messages.get(cid);
    if (message?.status !== 'failed') return;
    Object.assign(message, { status: 'sending', reason: undefined, tries: 0 });
    this.show(message);
    this.push(message);
  }

  /* Whatever waits is sent again, in order: the connection is (again) there. */
  flush() {
    for (const message of [...this.messages.values()]) {
      if (message.status !== 'failed') this.push(message);
    }
  }

  /* The connection ended: nothing in flight will be answered. */
  interrupted() {
    for (const message of this.messages.values()) this.land(message);
  }

  failAll(reason) {
    for (const message of [...this.messages.values()]) this.fail(message, reason);
  }

  remove(cid) {
    const message = this.messages.get(cid);
    if (message) this.land(message);
    this.messages.delete(cid);
  }

  push(message) {
    if (message.inFlight) return;
    this.land(message);
    message.inFlight = true;
    if (!this.transmit({ cid: message.cid, text: message.text, to: message.to }, (reply) => this.answered(message, reply))) {
      message.inFlight = false;
      return;
    }
    if (message.inFlight) message.timer = this.clock.after(ANSWER_MS, () => this.fail(message, 'no-answer'));
  }

  answered(message, reply) {
    if (this.messages.get(message.cid) !== message || !message.inFlight) return;
    this.land(message);
    if (reply === null) return;
    if (reply.type === 'ok') {
      message.status = 'sent';
      this.show(message, { time: reply.time, offset: reply.offset, delivered: reply.delivered });
    } else if (reply.temporary && !(reply.retry_after > ANSWER_MS) && ++message.tries < MOST_TRIES) {
      message.timer = this.clock.after(reply.retry_after ?? 1000, () => this.push(message));
    } else {
      this.fail(message, reply.reason);
    }
  }

  fail(message, reason) {
    this.land(message);
    Object.assign(message, { status: 'failed', reason });
    this.show(message);
  }

  land(message) {
    message.inFlight = false;
    if (message.timer !== undefined) this.clock.cancel(message.timer);
    message.timer = undefined;
  }

  show({ cid, text, to, status, reason }, more) {
    this.tell({ cid, text, to, status, reason, ...more });
  }
}

/* The outbox of a room. What it tells goes through the room, as `outgoing`. */
export function outboxOf(room) {
  const { clock, makeId } = room.connection;
  room.outbox ??= new Outbox({ clock, makeId,
    transmit(message, done) {
      if (room.refused || room.connection.state.name === 'refused') done({ reason: 'not-in-room' });
      else if (!room.isIn || room.replayLeft > 0) return false;
      else room.request({ type: 'message', ...message }, done);
      return true;
    },
    tell({ time, offset, delivered, ...outgoing }) {
      const { cid, text, to, status } = outgoing;
      room.tell('outgoing', outgoing);
      // A whisper is told to nobody else, and what is kept under a number that the room is already
      // past was shown while nobody listened here: both stand from now on as they are.
      if (status !== 'sent' || !(to || offset <= room.offset)) return;
      room.outbox.remove(cid);
      room.tell('entry', { kind: 'message', text, time: time ?? new Date(clock.now()).toISOString(), offset, nick: room.nick,
        own: true, cid, to: to && (delivered ?? [to]) });
    } });
  return room.outbox;
}
