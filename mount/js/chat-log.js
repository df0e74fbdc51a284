// The conversation of one room, and a bounded window of it as rows, drawn in batches: docs/pages.md.

import { t } from './common.js';
import { dayName, dayOf, itemRow, note } from './chat-rows.js';

export const MOST_ITEMS = 12000;
export const MOST_ROWS = 400;
export const STEP = 100;
const NEAR_PX = 80;
const AHEAD_PX = 400;

export class ChatLog {
  constructor(options) {
    Object.assign(this, options);
    this.items = [];
    this.start = this.end = 0;
    this.nodes = [];
    this.outgoing = null;
    this.unseen = 0;
    this.stuck = true;
    this.shown = this.held = false;
    this.mark = null;
  }

  get isEmpty() {
    return this.items.length === 0 && !this.outgoing?.messages.size;
  }

  /* The number of the oldest message that is here, or 0. */
  get oldestOffset() {
    return this.items.find((item) => item.offset)?.offset ?? 0;
  }

  /* quiet: it does not count as new; away: nobody is looking. */
  add(item, { quiet = false, away = false } = {}) {
    if (item.cid !== undefined) this.outgoing?.messages.delete(item.cid);
    this.items.push(item);
    if (!quiet && !item.own && item.kind !== 'event') {
      if (!this.stuck) this.unseen += 1;
      if (away || !this.stuck) this.markNew(item);
    }
    if (this.items.length > MOST_ITEMS) this.onEdge('full');
    this.drawSoon();
  }

  show() {
    this.shown = true;
    if (this.stuck) this.start = this.end = Math.max(0, this.items.length - MOST_ROWS);
    this.redrawAll();
    if (!this.stuck) this.box.scrollTop = this.top;
  }

  hide() {
    this.top = this.box.scrollTop;
    this.shown = false;
  }

  redrawAll() {
    const { end } = this;
    this.quietly(() => {
      this.list.replaceChildren();
      this.nodes = [];
      this.end = this.start;
      this.grow(end);
    });
    this.draw();
  }

  toEnd() {
    this.stuck = true;
    this.unseen = 0;
    this.draw();
  }

  scrolled() {
    const { scrollTop, scrollHeight, clientHeight } = this.box;
    const below = scrollHeight - scrollTop - clientHeight;
    const isWhole = this.end === this.items.length;
    // What is not drawn yet moves nobody.
    this.stuck = below < NEAR_PX && (isWhole || this.stuck);
    if (this.stuck) this.unseen = 0;
    if (below < AHEAD_PX && !isWhole && !this.stuck) this.onEdge('down');
    else if (scrollTop < AHEAD_PX && !this.stuck) this.onEdge('up');
    this.showButton();
  }

  /* The first of what comes while nobody looks, until it has been read and somebody is away again. */
  markNew(item) {
    if (this.mark && !this.read) return;
    const before = this.mark;
    this.mark = item;
    this.read = false;
    if (before) this.redraw(this.items.indexOf(before));
  }

  looked() {
    if (this.stuck) this.read = true;
  }

  draw() {
    this.drawn = false;
    if (!this.shown) return;
    const { length } = this.items;
    if (this.stuck && length - this.end > MOST_ROWS) {
      this.shrinkTop(this.end - this.start);
      this.start = this.end = length - MOST_ROWS;
    }
    this.grow(this.stuck ? length : Math.min(length, Math.max(this.end, this.start + MOST_ROWS)));
    this.outgoing?.draw();
    if (this.stuck) {
      if (this.end - this.start > MOST_ROWS + STEP) this.shrinkTop(this.end - this.start - MOST_ROWS);
      this.box.scrollTop = this.box.scrollHeight;
    }
    this.showButton();
  }

  grow(end) {
    const rows = document.createDocumentFragment();
    for (; this.end < end; this.end += 1) {
      const nodes = this.nodesAt(this.end);
      this.nodes.push(nodes);
      rows.append(...nodes);
    }
    this.list.insertBefore(rows, this.list.querySelector('[data-outgoing]'));
  }

  shrinkTop(count) {
    for (const nodes of this.nodes.splice(0, count)) for (const node of nodes) node.remove();
    this.start += count;
  }

  redraw(i) {
    const nodes = this.nodes[i - this.start];
    if (!nodes) return;
    const fresh = this.nodesAt(i);
    this.quietly(() => nodes[0].before(...fresh));
    for (const node of nodes) node.remove();
    this.nodes[i - this.start] = fresh;
  }

  nodesAt(i) {
    const item = this.items[i];
    const row = itemRow(item, this.items[i - 1]);
    let earlier = i - 1;
    while (earlier >= 0 && !this.items[earlier].time) earlier -= 1;
    const nodes = item === this.mark ? [note('fresh', t('newHere')), row] : [row];
    return item.time && dayOf(item.time) !== dayOf(this.items[earlier]?.time)
      ? [note('day', dayName(item.time)), ...nodes] : nodes;
  }

  // Rows that are not new are not read out.
  quietly(change) {
    this.box.setAttribute('aria-live', 'off');
    change();
    requestAnimationFrame(() => requestAnimationFrame(() => this.box.setAttribute('aria-live', 'polite')));
  }

  showButton() {
    this.button.hidden = this.stuck;
    this.button.textContent = t('toNewest', { n: this.unseen });
  }

  // A hidden page gets no animation frames; it is drawn more seldom, but it is drawn.
  drawSoon() {
    if (this.drawn || this.held) return;
    this.drawn = true;
    const draw = () => this.draw();
    if (document.hidden) setTimeout(draw, 250);
    else requestAnimationFrame(draw);
  }
}
