// One room as the page has it: its log, who types, what is unread. Its methods are what the room tells.

import { ChatLog } from './chat-log.js';

export class RoomView {
  constructor(room, stage, { changed, noticed, edge, typed }) {
    Object.assign(this, { room, changed, noticed, typed, unread: 0, replaying: false, joinedOnce: false, more: false });
    this.log = new ChatLog({ ...stage, onEdge: (where) => edge(this, where) });
    this.typists = new Map();
    this.people({ list: [], count: 0 });
  }

  joined({ nick, previousNick, wantedNick }) {
    this.replaying = true;
    this.log.held = !this.joinedOnce; // the past is drawn when all of it is here: nothing jumps
    if (previousNick && nick !== previousNick) {
      const event = wantedNick && nick !== wantedNick ? 'taken' : 'nick';
      this.log.add({ kind: 'event', event, own: true, nick, time: now() });
    }
    this.changed(this);
  }

  gap({ missed }) {
    this.log.add({ kind: 'gap', missed });
  }

  entry(entry) {
    const away = document.hidden || !this.log.shown;
    const quiet = this.replaying && !this.joinedOnce;
    if (!away) this.log.looked();
    this.log.add(entry, { quiet, away });
    this.typists.delete(entry.user);
    if (quiet || entry.own) return this.changed(this);
    if (away) this.unread += 1;
    if (away && (entry.mention || entry.to)) this.noticed(this, entry);
    this.changed(this);
  }

  replayed() {
    this.replaying = this.log.held = false;
    this.log.drawSoon();
    if (!this.joinedOnce) this.more = this.log.oldestOffset > 1;
    this.joinedOnce = true;
    this.changed(this);
  }

  event({ kind, ...event }) {
    this.log.add({ kind: 'event', event: kind, ...event, time: event.time ?? now() });
    this.changed(this);
  }

  /* A line of the page's own, for this person only. */
  say(text) {
    this.event({ kind: 'told', text });
  }

  people({ list, count }) {
    Object.assign(this, { list, count });
    this.changed(this);
  }

  outgoing(message) {
    this.log.outgoing.set(message);
    this.changed(this);
  }

  typing(detail) {
    this.typed(this, detail);
  }

  looked() {
    this.unread = 0;
    this.log.looked();
  }
}

function now() {
  return new Date().toISOString();
}
