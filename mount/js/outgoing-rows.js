// One's own messages below the conversation, until the room has shown them.

import { element, t } from './common.js';
import { bubble } from './chat-rows.js';

export class OutgoingRows {
  constructor(log, room) {
    Object.assign(this, { log, room, messages: new Map() });
  }

  set(message) {
    this.messages.set(message.cid, message);
    if (message.status === 'sending') this.log.stuck = this.log.read = true;
    this.log.held = false; // what is said is seen, even if the past never ends
    this.log.drawSoon();
  }

  draw() {
    const { list } = this.log;
    const shown = new Map([...list.querySelectorAll('[data-outgoing]')].map((row) => [row.dataset.outgoing, row]));
    for (const [cid, row] of shown) if (!this.messages.has(cid)) row.remove();
    for (const message of this.messages.values()) {
      const row = shown.get(message.cid);
      if (row?.dataset.status === message.status) continue;
      const fresh = this.row(message);
      if (row) row.replaceWith(fresh);
      else list.append(fresh);
    }
  }

  row({ cid, text, to, status, reason }) {
    const state = element('p', { className: 'status' }, to ? `${t('whisperTo', { nick: to })} · ` : null);
    const action = (key, act) => element('button', { type: 'button', className: 'link', onclick: act }, t(key));
    if (status === 'failed') {
      state.append(element('span', {}, `${t('failed')}: ${t(`reason.${reason}`, {}, reason)}`),
        action('retry', () => this.room.outbox.retry(cid)), action('discard', () => this.discard(cid)));
    } else {
      state.append(t(status));
    }
    return element('div', { className: `row own ${status}`, data: { outgoing: cid, status } }, bubble(text, this.room.nick), state);
  }

  discard(cid) {
    this.room.outbox.remove(cid);
    this.messages.delete(cid);
    this.log.draw();
  }
}
