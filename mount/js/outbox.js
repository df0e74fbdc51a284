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

  add(text) {
    if (this.messages.size >= MOST_WAITING) return null;
    const message = { cid: this.makeId(), text, status: 'sending', tries: 0, inFlight: false, timer: undefined };
    this.messages.set(message.cid, message);
    this.show(message);
    this.push(message);
    return message.cid;
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

  /* The room has shown it. */
  confirm(cid) {
    this.remove(cid);
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
    if (!this.transmit({ cid: message.cid, text: message.text }, (reply) => this.answered(message, reply))) {
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
      this.show(message, { time: reply.time, offset: reply.offset });
    } else if (reply.temporary && ++message.tries < MOST_TRIES) {
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

  show({ cid, text, status, reason }, more) {
    this.tell({ cid, text, status, reason, ...more });
  }
}
