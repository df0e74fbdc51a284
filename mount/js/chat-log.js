// The conversation on the screen: a bounded list of rows, drawn in batches.
//
// The rows are made from `items`, so that they can be made anew in another language. Numbered
// entries stand in their order; one's own messages that the room has not shown yet stand below them.

import { element, t, currentLanguage } from './common.js';
import { textParts } from './text-parts.js';

const MOST_ITEMS = 600;
const DROP_ITEMS = 100;
const GROUP_MS = 5 * 60 * 1000;
const NEAR_PX = 80;

export class ChatLog {
  /* box scrolls and holds list; button leads to the newest; onRetry(cid), onDiscard(cid). */
  constructor({ box, list, button, onRetry, onDiscard }) {
    Object.assign(this, { box, list, button, onRetry, onDiscard });
    this.items = [];
    this.outgoing = new Map();
    this.waiting = [];
    this.unseen = 0;
    this.stuck = true;
    this.drawn = null;
    box.addEventListener('scroll', () => this.scrolled(), { passive: true });
    button.addEventListener('click', () => this.toEnd());
    new ResizeObserver(() => { if (this.stuck) this.toEnd(); }).observe(box);
  }

  get isEmpty() {
    return this.items.length + this.waiting.length + this.outgoing.size === 0;
  }

  /* The number of the oldest message that is here, or 0. */
  get oldestOffset() {
    return [...this.items, ...this.waiting].find((item) => item.offset)?.offset ?? 0;
  }

  /* item: {kind: 'message' | 'announcement' | 'event' | 'gap', …}; quiet ones don't count as new. */
  add(item, { quiet = false } = {}) {
    if (item.cid !== undefined) this.outgoing.delete(item.cid);
    this.waiting.push(item);
    if (!quiet && !this.stuck && item.kind !== 'event' && !item.own) this.unseen += 1;
    if (this.waiting.length > MOST_ITEMS) this.waiting.splice(0, this.waiting.length - MOST_ITEMS);
    this.drawSoon();
  }

  setOutgoing(message) {
    this.outgoing.set(message.cid, message);
    if (message.status === 'sending') this.stuck = true;
    this.drawSoon();
  }

  removeOutgoing(cid) {
    this.outgoing.delete(cid);
    this.drawSoon();
  }

  /* Older messages, in order, above the others; what is being read stays where it is. */
  prepend(items) {
    this.items = [...items, ...this.items];
    const before = this.box.scrollHeight - this.box.scrollTop;
    this.redraw();
    this.box.scrollTop = this.box.scrollHeight - before;
  }

  redraw() {
    this.waiting = [...this.items, ...this.waiting];
    this.items = [];
    this.list.replaceChildren();
    this.draw();
  }

  toEnd() {
    this.stuck = true;
    this.unseen = 0;
    this.box.scrollTop = this.box.scrollHeight;
    this.showButton();
  }

  scrolled() {
    const below = this.box.scrollHeight - this.box.scrollTop - this.box.clientHeight;
    this.stuck = below < NEAR_PX;
    if (this.stuck) this.unseen = 0;
    this.showButton();
  }

  showButton() {
    this.button.hidden = this.stuck;
    this.button.textContent = t('toNewest', { n: this.unseen });
  }

  // A hidden page gets no animation frames; it is drawn more seldom, but it is drawn.
  drawSoon() {
    if (this.drawn !== null) return;
    this.drawn = true;
    const draw = () => this.draw();
    if (document.hidden) setTimeout(draw, 250);
    else requestAnimationFrame(draw);
  }

  draw() {
    this.drawn = null;
    const rows = document.createDocumentFragment();
    for (const item of this.waiting) {
      const previous = this.items.at(-1);
      if (item.time && dayOf(item.time) !== dayOf(this.lastTime(previous))) rows.append(dayRow(item.time));
      rows.append(itemRow(item, previous));
      this.items.push(item);
    }
    this.waiting = [];
    const firstOutgoing = this.list.querySelector('[data-outgoing]');
    this.list.insertBefore(rows, firstOutgoing);
    this.drawOutgoing();
    // Who reads further up keeps what is read, within reason.
    if (this.items.length > (this.stuck ? MOST_ITEMS : 5 * MOST_ITEMS)) this.forgetOldest();
    if (this.stuck) this.toEnd();
    else this.showButton();
  }

  lastTime(item) {
    if (item === undefined || item.time) return item?.time;
    return this.items.findLast?.(({ time }) => time)?.time ?? [...this.items].reverse().find(({ time }) => time)?.time;
  }

  drawOutgoing() {
    const shown = new Map([...this.list.querySelectorAll('[data-outgoing]')].map((row) => [row.dataset.outgoing, row]));
    for (const [cid, row] of shown) if (!this.outgoing.has(cid)) row.remove();
    for (const message of this.outgoing.values()) {
      const row = shown.get(message.cid);
      if (row?.dataset.status === message.status) continue;
      const fresh = this.outgoingRow(message);
      if (row) row.replaceWith(fresh);
      else this.list.append(fresh);
    }
  }

  forgetOldest() {
    this.items.splice(0, this.items.length - MOST_ITEMS + DROP_ITEMS);
    this.redraw();
  }

  outgoingRow({ cid, text, status, reason }) {
    const state = element('p', { className: 'status' });
    if (status === 'failed') {
      state.append(element('span', {}, `${t('failed')}: ${t(`reason.${reason}`, {}, reason)}`),
        element('button', { type: 'button', className: 'link', onclick: () => this.onRetry(cid) }, t('retry')),
        element('button', { type: 'button', className: 'link', onclick: () => this.onDiscard(cid) }, t('discard')));
    } else {
      state.append(t(status));
    }
    return element('div', { className: `row own ${status}`, data: { outgoing: cid, status } },
      element('div', { className: 'bubble', dir: 'auto' }, ...nodesOf(text)), state);
  }
}

function itemRow(item, previous) {
  if (item.kind === 'gap') {
    return note('gap', item.missed ? t('gapCount', { n: item.missed }) : t('gap'));
  }
  if (item.kind === 'event') return note('event', eventText(item), item.time);
  if (item.kind === 'announcement') {
    return element('div', { className: 'row announcement' }, element('strong', {}, t('announcement')),
      element('div', { dir: 'auto', className: 'text' }, ...nodesOf(item.text)), timeNode(item.time));
  }
  return messageRow(item, previous);
}

function messageRow(item, previous) {
  const goesOn = previous?.kind === 'message' && previous.user === item.user && previous.nick === item.nick
    && !item.to && !previous.to && Date.parse(item.time) - Date.parse(previous.time) < GROUP_MS
    && dayOf(item.time) === dayOf(previous.time);
  const bubble = element('div', { className: 'bubble', dir: 'auto' }, ...nodesOf(item.text));
  const row = element('div', { className: 'row message', data: { offset: item.offset ?? '' } });
  row.classList.toggle('own', item.own);
  row.classList.toggle('goes-on', goesOn);
  row.classList.toggle('whisper', Boolean(item.to));
  if (!item.own) row.append(avatar(item.nick));
  // The name is in each row, so that a screen reader hears it; where it goes on it is not seen.
  row.append(element('p', { className: 'who' }, element('bdi', {}, item.nick),
    item.to ? ` ${t('whisperFrom')}` : null), bubble, timeNode(item.time));
  return row;
}

export function avatar(nick) {
  const first = [...nick.trim()][0] ?? '·';
  return element('span', { className: `avatar hue${hueOf(nick)}`, aria: { hidden: 'true' } }, first.toUpperCase());
}

// A name keeps its colour while the page lives, and the first eight names have eight colours.
const hues = new Map();

function hueOf(nick) {
  if (!hues.has(nick)) {
    if (hues.size > 1000) hues.clear();
    hues.set(nick, (hues.size * 5) % 8);
  }
  return hues.get(nick);
}

function eventText({ event, nick, previous, reason, own, text }) {
  if (event === 'join') return t('joined', { nick });
  if (event === 'leave') return t(leaveKeys[reason] ?? 'left', { nick });
  if (event === 'nick') return own ? t('renamedYou', { nick }) : t('renamed', { nick, previous });
  if (event === 'taken') return t('nameTaken', { nick });
  if (event === 'problem') return t(`reason.${reason}`, {}, text ?? reason);
  return text ?? '';
}

const leaveKeys = { timeout: 'leftTimeout', kicked: 'leftKicked', slow: 'leftSlow' };

function note(kind, text, time) {
  return element('div', { className: `row note ${kind}` }, element('span', {}, text), time ? timeNode(time) : null);
}

function dayRow(time) {
  return element('div', { className: 'row note day' }, element('span', {}, dayName(time)));
}

function nodesOf(text) {
  return textParts(text).map((part) => (part.href
    ? element('a', { href: part.href, target: '_blank', rel: 'noopener noreferrer nofollow' }, part.text) : part.text));
}

function timeNode(time) {
  const date = new Date(time);
  if (Number.isNaN(date.getTime())) return null;
  return element('time', { dateTime: date.toISOString(), title: format(date, { dateStyle: 'full', timeStyle: 'medium' }) },
    format(date, { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' }));
}

function dayOf(time) {
  return time === undefined ? undefined : new Date(time).toDateString();
}

function dayName(time) {
  const day = new Date(time);
  const today = new Date();
  if (day.toDateString() === today.toDateString()) return t('today');
  today.setDate(today.getDate() - 1);
  if (day.toDateString() === today.toDateString()) return t('yesterday');
  return format(day, { weekday: 'long', year: 'numeric', month: 'long', day: 'numeric' });
}

function format(date, options) {
  return new Intl.DateTimeFormat(currentLanguage() === 'zh' ? 'zh-CN' : 'en-GB', options).format(date);
}
